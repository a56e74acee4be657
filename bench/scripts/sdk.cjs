// Gets one token with the JavaScript SDK.
const { createRequire } = require("node:module");
const packages = createRequire(`${process.env.AZ_TEST_NODE_PACKAGES}/package.json`);
const { CommunicationIdentityClient } = packages("@azure/communication-identity");

const client = new CommunicationIdentityClient(process.env.AZURE_COMMUNICATION_CONNECTION_STRING);
client
  .getToken({ communicationUserId: process.env.BENCH_USER }, ["chat"])
  .then(({ token }) => console.log(token));
