const { startEmulator } = require("az-communication/testing");
const fifty = require("../fifty.cjs");

jest.useFakeTimers();

test("the timers of a test do not affect the kit, and nobody closes the emulator", async () => {
  const emulator = await fifty({ startEmulator }).start();
  expect(await emulator.isActive("eyJ")).toBe(false);
});
