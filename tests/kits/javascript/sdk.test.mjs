// What docs/kits/javascript.md says of the official SDK.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Project } from "./support/project.mjs";

test("what the official SDK does with faults, with a fake Date, and without the options", (context) => {
  const said = Project.for(context).module(`
    import { mock } from "node:test";
    import { CommunicationIdentityClient } from "@azure/communication-identity";
    import { startEmulator } from "az-communication/testing";
    const emulator = await startEmulator();
    const connect = (options) => new CommunicationIdentityClient(emulator.connectionString, options);
    const quick = connect({ ...emulator.clientOptions, retryOptions: { retryDelayInMs: 1, maxRetryDelayInMs: 1 } });
    for (const status of [503, 429]) {
      await emulator.faults.add({ status });
      await quick.createUser().catch((error) => console.log(error.statusCode));
      console.log((await emulator.requests()).length);
      await emulator.reset();
    }
    mock.timers.enable({ apis: ["Date"], now: Date.now() + 24 * 3600_000 });
    await quick.createUser().catch((error) => console.log(error.statusCode));
    mock.timers.reset();
    await connect({ retryOptions: { maxRetries: 0 } }).createUser().catch((error) => console.log(error.code));`);
  assert.deepEqual(said.split("\n"), ["503", "4", "429", "1", "401", "SELF_SIGNED_CERT_IN_CHAIN"]);
});
