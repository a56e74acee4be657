import { after, describe, it } from "node:test";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { startEmulator } from "az-communication/testing";
import fifty from "../fifty.cjs";

const { start, close, tests } = fifty({ startEmulator, CommunicationIdentityClient });
after(close);

describe("in parallel", { concurrency: true }, () => {
  for (const [name, run] of tests) {
    it(name, run);
  }
  it("fails, and leaves its emulator", async () => {
    await start();
    throw new Error("as it should");
  });
});
