import { afterAll, test } from "vitest";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { startEmulator } from "az-communication/testing";
import fifty from "../fifty.cjs";

const { start, close, tests } = fifty({ startEmulator, CommunicationIdentityClient });
afterAll(close);

for (const [name, run] of tests) {
  test.concurrent(name, run);
}
test.concurrent("fails, and leaves its emulator", async () => {
  await start();
  throw new Error("as it should");
});
