// The official JavaScript SDK under faults of the emulator that `az communication emulator run` started.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, test } from "node:test";

// The packages are installed outside the tree.
const require = createRequire(pathToFileURL(`${process.env.AZ_TEST_NODE_PACKAGES}/package.json`));
const { CommunicationIdentityClient } = require("@azure/communication-identity");
const { AzureCommunicationTokenCredential } = require("@azure/communication-common");

const client = new CommunicationIdentityClient(process.env.AZURE_COMMUNICATION_CONNECTION_STRING);

const emulator = (...words) => {
  const said = execFileSync("az", ["communication", "emulator", ...words, "-o", "json"], { encoding: "utf8" });
  return said ? JSON.parse(said) : undefined;
};

// The statuses of the service's operations, in their order.
const statuses = () =>
  emulator("request", "list").filter(({ path }) => !path.includes("emulator")).map(({ status }) => status);

beforeEach(() => emulator("request", "clear"));
afterEach(() => emulator("fault", "clear"));

test("after 429 the SDK waits as long as Retry-After says", async () => {
  const user = await client.createUser();
  emulator("fault", "add", "--operation", "issueAccessToken", "--status", "429", "--retry-after", "1", "--times", "2");
  const started = performance.now();
  const { token } = await client.getToken(user, ["chat"]);
  assert.ok(performance.now() - started >= 1990);
  assert.ok(token);
  assert.deepEqual(statuses(), [201, 429, 429, 200]);
});

test("a credential refreshes a token that is about to expire", async () => {
  const user = await client.createUser();
  emulator("fault", "add", "--operation", "issueAccessToken", "--token-expires-in", "4s", "--times", "1");
  const first = await client.getToken(user, ["chat"]);
  assert.ok(first.expiresOn.getTime() - Date.now() < 5000);
  let refreshed = 0;
  const credential = new AzureCommunicationTokenCredential({
    token: first.token,
    refreshProactively: true,
    tokenRefresher: async () => {
      refreshed += 1;
      return (await client.getToken(user, ["chat"])).token;
    },
  });
  try {
    assert.equal((await credential.getToken()).token, first.token);
    await sleep(3000);
    const { token, expiresOnTimestamp } = await credential.getToken();
    assert.notEqual(token, first.token);
    assert.ok(expiresOnTimestamp > Date.now() + 60_000);
    assert.equal(refreshed, 1);
  } finally {
    credential.dispose();
  }
});

test("a credential refreshes an expired token at the next use", async () => {
  const user = await client.createUser();
  emulator("fault", "add", "--operation", "issueAccessToken", "--token-expires-in=-1m", "--times", "1");
  const { token: expired } = await client.getToken(user, ["chat"]);
  const credential = new AzureCommunicationTokenCredential({
    token: expired,
    tokenRefresher: async () => (await client.getToken(user, ["chat"])).token,
  });
  try {
    assert.notEqual((await credential.getToken()).token, expired);
  } finally {
    credential.dispose();
  }
});
