// What the kit takes, and what it says of other values.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Project } from "./support/project.mjs";

const START = 'import { startEmulator } from "az-communication/testing";\n';

test("a wrong value is named, and what is possible", (context) => {
  const said = Project.for(context).module(`${START}
    const say = (error) => console.log(error.name + ": " + error.message);
    await startEmulator({ seed: { identities: [] } }).catch(say);
    await startEmulator({ revocationDelay: 5 }).catch(say);
    await startEmulator({ revocationDelay: "5" }).catch(say);
    await startEmulator({ args: "--token-endpoint" }).catch(say);
    await startEmulator({ clock: new Date("soon") }).catch(say);
    const emulator = await startEmulator();
    await emulator.clock.advance(25).catch(say);
    await emulator.clock.set(25).catch(say);
    await emulator.clock.set(new Date("soon")).catch(say);
    await emulator.faults.add({ status: 503, identity: { user: { communicationUserId: "8:acs:1" } } }).catch(say);
    await emulator.faults.delete(undefined).catch(say);
    await emulator.requests({ identity: 7 }).catch(say);`);
  const date = "RangeError: The time is an invalid Date: its text could not be read when it was made.";
  const hint = "Pass a raw id, a custom id, or the user that createUser() returned.";
  assert.deepEqual(said.split("\n"), [
    "TypeError: seed takes the path of a file in YAML or JSON, but got an object.",
    "TypeError: revocationDelay takes a duration with a unit, such as '30s' or '5m', but got 5.",
    "TypeError: revocationDelay takes a duration with a unit, such as '30s' or '5m', but got '5'.",
    "TypeError: args takes an array, such as ['--token-endpoint'], but got '--token-endpoint'.",
    date,
    "TypeError: clock.advance takes a duration with a unit, such as '25h' or '-1d', but got 25.",
    "TypeError: A time is a Date or a text such as '2030-01-31T09:00:00Z', but got 25.",
    date,
    `TypeError: faults.add, in its member 'identity', takes an identity, but got an object. ${hint}`,
    "TypeError: faults.delete takes what faults.add returned, or its id, but got undefined.",
    `TypeError: requests, in its member 'identity', takes an identity, but got 7. ${hint}`,
  ]);
});

test("the user of the SDK is an identity for requests and faults", (context) => {
  const said = Project.for(context).module(`${START}
    import { CommunicationIdentityClient } from "@azure/communication-identity";
    const emulator = await startEmulator();
    const client = new CommunicationIdentityClient(emulator.connectionString, emulator.clientOptions);
    const [ann, bob] = [await client.createUser(), await client.createUser()];
    await emulator.faults.add({ identity: ann, status: 403 });
    for (const user of [ann, bob]) {
      await client.getToken(user, ["chat"]).catch(() => {});
    }
    const requests = await emulator.requests({ identity: ann });
    console.log(requests.map(({ status }) => status).join());
    const of = async (filter) => (await emulator.requests(filter)).map(({ number }) => number).join();
    console.log(await of({ after: requests[1].number }) === await of({ last: 1 }));`);
  assert.equal(said, "201,403\ntrue");
});

test("environment() is enough for an app in a process of its own", (context) => {
  const project = Project.for(context);
  project.write("app.mjs", `import { CommunicationIdentityClient } from "@azure/communication-identity";
    const client = new CommunicationIdentityClient(process.env.AZURE_COMMUNICATION_CONNECTION_STRING);
    console.log((await client.createUser()).communicationUserId);`);
  const said = project.module(`${START}
    import { execFileSync } from "node:child_process";
    const emulator = await startEmulator();
    const variables = emulator.environment();
    const env = { ...process.env, HTTPS_PROXY: "http://127.0.0.1:9", ...variables };
    const user = execFileSync(process.execPath, ["app.mjs"], { env, encoding: "utf8" }).trim();
    console.log((await emulator.requests({ identity: user })).length, variables.NO_PROXY, variables.AZURE_COMMUNICATION_ENDPOINT === emulator.endpoint);`,
    { env: { NO_PROXY: "example.com" } });
  assert.equal(said, "1 example.com,localhost true");
});
