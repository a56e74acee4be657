// All members of the kit, in an ES module. The compiler alone reads this file.
import { EmulatorError, startEmulator, type AddedFault, type Emulator, type Fault, type LoggedRequest } from "az-communication/testing";

const emulator: Emulator = await startEmulator({ clock: new Date(0), revocationDelay: "5s", throttle: true, args: ["--log-requests"] });
const texts: string[] = [emulator.connectionString, emulator.endpoint, emulator.caCertificate, emulator.clientOptions.tlsOptions.ca];
const times: Date[] = [
  await emulator.clock.now(),
  await emulator.clock.set("2030-01-31T09:00:00Z"),
  await emulator.clock.set(new Date(0)),
  await emulator.clock.advance("25h"),
  await emulator.clock.freeze(),
  await emulator.clock.resume(),
  await emulator.clock.reset(),
];
const fault: Fault = { operation: "createIdentity", status: 429, retryAfter: 1, until: new Date(0) };
const added: AddedFault = await emulator.faults.add(fault);
const hits: number[] = (await emulator.faults.list()).map((one) => one.hits);
await emulator.faults.delete(added);
await emulator.faults.delete(added.id);
await emulator.faults.clear();
await emulator.faults.add({ identity: { communicationUserId: "8:acs:1" }, status: 503 });
const identity: string | undefined = added.identity;
const variables: Record<string, string> = emulator.environment();
const active: boolean = await emulator.isActive("eyJ");
const requests: LoggedRequest[] = await emulator.requests({ operation: "aNewerOne", status: 404, last: 5, after: 1, identity: { communicationUserId: "8:acs:1" } });
await emulator.reset();
await emulator.close();
await emulator[Symbol.asyncDispose]();
const code: string | undefined = new EmulatorError("").code;

// @ts-expect-error: the option is misspelled.
await startEmulator({ sed: "seed.json" });
// @ts-expect-error: a duration has a unit.
await emulator.clock.advance(25);
// @ts-expect-error: there is no such member.
await emulator.faults.add({ retryafter: 1 });
// @ts-expect-error: it is an object, and its member token is meant.
await emulator.isActive({ token: "eyJ" });

export { active, code, hits, identity, requests, texts, times, variables };
