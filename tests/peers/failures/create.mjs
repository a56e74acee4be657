// Creates a user with the JavaScript SDK and its defaults. Prints the seconds until the error, and the error.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The packages are installed outside the tree.
const require = createRequire(pathToFileURL(`${process.env.AZ_TEST_NODE_PACKAGES}/package.json`));
const { CommunicationIdentityClient } = require("@azure/communication-identity");

const client = new CommunicationIdentityClient(process.argv[2]);
const started = performance.now();
try {
  await client.createUser();
} catch (error) {
  const text = `${error.name}: ${error.message}`.replaceAll(/\s+/g, " ");
  console.log(`${((performance.now() - started) / 1000).toFixed(1)}\t${text}`);
}
