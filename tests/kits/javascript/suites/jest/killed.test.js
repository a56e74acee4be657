const { startEmulator } = require("az-communication/testing");
const fifty = require("../fifty.cjs");

test("is killed", async () => {
  await fifty({ startEmulator }).start();
  process.kill(process.pid, "SIGKILL");
});
