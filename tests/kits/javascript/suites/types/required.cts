// The kit in CommonJS. The compiler alone reads this file.
import kit = require("az-communication/testing");

export async function active(token: string): Promise<boolean> {
  const emulator: kit.Emulator = await kit.startEmulator();
  try {
    return await emulator.isActive(token);
  } finally {
    await emulator.close();
  }
}
