import { test } from "vitest";
import { startEmulator } from "az-communication/testing";
import fifty from "../fifty.cjs";

test("is killed", async () => {
  await fifty({ startEmulator }).start();
  process.kill(process.pid, "SIGKILL");
});
