import assert from "node:assert";
import { test } from "node:test";
import { CommunicationIdentityClient } from "@azure/communication-identity";

test("a user gets a token for chat", async () => {
  const client = new CommunicationIdentityClient(process.env.AZURE_COMMUNICATION_CONNECTION_STRING);
  const { user, token } = await client.createUserAndToken(["chat"]);
  assert.match(user.communicationUserId, /^8:acs:/);
  assert.equal(token.split(".").length, 3);
  await client.deleteUser(user);
});
