const { CommunicationIdentityClient } = require("@azure/communication-identity");
const { startEmulator } = require("az-communication/testing");
const fifty = require("../fifty.cjs");

const { start, close, tests } = fifty({ startEmulator, CommunicationIdentityClient });
afterAll(close);

test.concurrent.each(tests)("%s", async (name, run) => run());
test.concurrent("fails, and leaves its emulator", async () => {
  await start();
  throw new Error("as it should");
});
