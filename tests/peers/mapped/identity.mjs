// The official JavaScript SDK on another machine, with only a connection string and a downloaded certificate.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The packages are installed outside the tree.
const require = createRequire(pathToFileURL(`${process.env.AZ_TEST_NODE_PACKAGES}/package.json`));
const { CommunicationIdentityClient } = require("@azure/communication-identity");

const client = new CommunicationIdentityClient(process.env.AZURE_COMMUNICATION_CONNECTION_STRING);
const { user, token } = await client.createUserAndToken(["chat"]);
assert.equal(token.split(".").length, 3);
console.log(user.communicationUserId);
