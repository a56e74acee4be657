// The compiler makes JavaScript of this file for Node.js without `await using`.
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { startEmulator, type Emulator } from "az-communication/testing";

let gone: Emulator;
{
  await using emulator = await startEmulator();
  gone = emulator;
  const client = new CommunicationIdentityClient(emulator.connectionString, emulator.clientOptions);
  const { token } = await client.createUserAndToken(["chat"]);
  console.log(await emulator.isActive(token));
}
await gone.clock.now().catch((error: Error) => console.log(error.message));
