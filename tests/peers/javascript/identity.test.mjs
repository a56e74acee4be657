// The official JavaScript SDK against the emulator that `az communication emulator run` started.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { test } from "node:test";

// The packages are installed outside the tree.
const require = createRequire(pathToFileURL(`${process.env.AZ_TEST_NODE_PACKAGES}/package.json`));
const { CommunicationIdentityClient } = require("@azure/communication-identity");
const { ClientSecretCredential, DefaultAzureCredential, EnvironmentCredential, ManagedIdentityCredential } =
  require("@azure/identity");

const connectionString = process.env.AZURE_COMMUNICATION_CONNECTION_STRING;
const endpoint = process.env.AZURE_COMMUNICATION_ENDPOINT;
// The credentials use only the variables that `emulator run` sets.
const clients = {
  "key": () => new CommunicationIdentityClient(connectionString),
  "managed identity": () => new CommunicationIdentityClient(endpoint, new ManagedIdentityCredential()),
  "client secret": () => new CommunicationIdentityClient(endpoint, new EnvironmentCredential()),
  "default": () => new CommunicationIdentityClient(endpoint, new DefaultAzureCredential()),
};
const appId = "22222222-2222-2222-2222-222222222222";
const userId = "11111111-1111-1111-1111-111111111111";

const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
const entraToken = () =>
  execFileSync("az", ["communication", "emulator", "entra-token", "--oid", userId, "--appid", appId], {
    encoding: "utf8",
  }).trim();

for (const [way, connect] of Object.entries(clients)) {
  const client = connect();

  test(`${way}: create, issue, revoke, delete`, async () => {
    const user = await client.createUser();
    assert.match(user.communicationUserId, /^8:acs:/);
    const { token, expiresOn } = await client.getToken(user, ["chat", "voip"]);
    assert.equal(claims(token).acsScope, "chat,voip");
    assert.equal(claims(token).exp, Math.floor(expiresOn.getTime() / 1000));
    await client.revokeTokens(user);
    await client.deleteUser(user);
    await assert.rejects(client.getToken(user, ["chat"]), { statusCode: 404 });
  });

  test(`${way}: create user and token with a lifetime`, async () => {
    const { user, token } = await client.createUserAndToken(["chat"], { tokenExpiresInMinutes: 60 });
    assert.equal(`8:${claims(token).skypeid}`, user.communicationUserId);
    assert.equal(claims(token).exp - claims(token).iat, 3600);
    await assert.rejects(client.createUserAndToken(["chat"], { tokenExpiresInMinutes: 59 }), { statusCode: 400 });
  });

  test(`${way}: no scopes`, async () => {
    const user = await client.createUser();
    await assert.rejects(client.getToken(user, []), /Invalid scopes - Scopes field is required./);
  });

  test(`${way}: a user of another resource`, async () => {
    const id = "00000000-0000-0000-0000-000000000000";
    await assert.rejects(client.deleteUser({ communicationUserId: `8:acs:${id}_${id}` }), { statusCode: 401 });
  });

  test(`${way}: Teams exchange`, async () => {
    const teamsUserAadToken = entraToken();
    const { token } = await client.getTokenForTeamsUser({ teamsUserAadToken, clientId: appId, userObjectId: userId });
    assert.equal(claims(token).exp, claims(teamsUserAadToken).exp);
  });
}

test("a wrong key", async () => {
  const wrong = connectionString.replace(/accesskey=.*/, "accesskey=d3Jvbmcga2V5");
  await assert.rejects(new CommunicationIdentityClient(wrong).createUser(), { statusCode: 401 });
});

test("a wrong client secret", async () => {
  const wrong = new ClientSecretCredential(process.env.AZURE_TENANT_ID, process.env.AZURE_CLIENT_ID, "wrong");
  await assert.rejects(wrong.getToken("https://communication.azure.com//.default"), /AADSTS7000215/);
});
