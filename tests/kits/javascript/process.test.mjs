// How emulators start and end, and what the kit says if they do not.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import { Project, nodes } from "./support/project.mjs";

const START = 'import { EmulatorError, startEmulator } from "az-communication/testing";\n';
/** Prints the sentence of an error. */
const SAY = `const say = (error) => console.log(error instanceof EmulatorError || error instanceof TypeError ? error.message : error);\n`;

test("an emulator that nobody closes does not keep its process from ending, in every Node.js", async (context) => {
  const project = Project.for(context);
  for (const node of Object.values(nodes)) {
    const endpoint = project.module(`${START} const { endpoint } = await startEmulator(); console.log(endpoint);`, { node });
    project.write("seen", `${project.read("seen")}${endpoint}\n`);
  }
  assert.equal(await project.nothingIsLeft(), 3);
});

test("the first test is ready within 500 ms of its process", (context) => {
  const project = Project.for(context);
  const times = [];
  // Other tests may use the processors at the same time, so the start is measured until the machine had time for it.
  while (times.length < 30 && !times.some((time) => time < 500)) {
    times.push(Number(project.module(`${START} await startEmulator(); console.log(performance.now());`)));
  }
  context.diagnostic(`ready after ${times.map(Math.round).join(", ")} ms`);
  assert.ok(Math.min(...times) < 500, `${times}`);
});

test("the kit in CommonJS and in an ES module is the same", (context) => {
  const project = Project.for(context);
  const text = `${START} import { createRequire } from "node:module";
    const required = createRequire(import.meta.url)("az-communication/testing");
    console.log(required.startEmulator === startEmulator, required.EmulatorError === EmulatorError);`;
  for (const node of Object.values(nodes)) {
    assert.equal(project.module(text, { node }), "true true");
  }
});

test("the SDK trusts the emulator and asks no proxy, in every Node.js", (context) => {
  const project = Project.for(context);
  const text = `${START} import { CommunicationIdentityClient } from "@azure/communication-identity";
    const emulator = await startEmulator({ clock: "2030-01-31T09:00:00Z", args: ["--access-key", "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo="] });
    const client = new CommunicationIdentityClient(emulator.connectionString, emulator.clientOptions);
    const { token, expiresOn } = await client.createUserAndToken(["chat"]);
    console.log(await emulator.isActive(token), expiresOn.getFullYear(), emulator.connectionString.split("accesskey=")[1]);`;
  const env = { HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9", NODE_USE_ENV_PROXY: "1" };
  // The SDK needs the global crypto, which is an option of Node.js 18.
  const oldest = { node: nodes.oldest, env: { ...env, NODE_OPTIONS: "--experimental-global-webcrypto" } };
  for (const options of [oldest, { env }, { node: nodes.newest, env }]) {
    assert.equal(project.module(text, options), "true 2030 YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo=");
  }
});

test("variables of the emulator do not change it", (context) => {
  const env = {
    AZURE_COMMUNICATION_EMULATOR_DATA_DIR: "/nowhere",
    AZURE_COMMUNICATION_EMULATOR_DETACH: "yes",
    AZURE_COMMUNICATION_EMULATOR_CLOCK: "2030-01-31T09:00:00Z",
    AZURE_CORE_OUTPUT: "none",
  };
  const text = `${START} const emulator = await startEmulator(); console.log((await emulator.clock.now()) - Date.now() < 60_000);`;
  assert.equal(Project.for(context).module(text, { env }), "true");
});

test("the kit says what is wrong", (context) => {
  const project = Project.for(context);
  const said = project.module(`${START} ${SAY}
    await startEmulator({ sed: "seed.json" }).catch(say);
    await startEmulator({ seed: "seed.json" }).catch(say);
    await startEmulator({ program: "./nothing" }).catch(say);
    const emulator = await startEmulator();
    await emulator.isActive({ token: "eyJ" }).catch(say);
    await emulator.clock.advance("soon").catch(say);
    await emulator.faults.add({ operation: "createIdentity" }).catch(say);
    await emulator.faults.delete("7").catch((error) => console.log(error.status, error.code));
    await emulator.requests({ stat: 404 }).catch(say);
    await Promise.all([emulator.close(), emulator.close()]);
    await emulator.clock.now().catch(say);`);
  assert.deepEqual(said.split("\n"), [
    "startEmulator has no option 'sed'. Its options are seed, clock, revocationDelay, throttle, strictApiVersion, args, program.",
    "The emulator ended with exit code 1. It said:",
    "ERROR: --seed names 'seed.json', which cannot be read: No such file or directory.",
    "The emulator cannot be started: spawn ./nothing ENOENT.",
    "isActive takes the text of an access token, but got an object. getToken() returns an object: pass its member token.",
    "The emulator refused POST /emulator/clock/advance with 400. ValidationError: 'by' must be a duration with a unit, for example " +
      "2h, -1d or PT90M.",
    "The emulator refused POST /emulator/faults with 400. ValidationError: 'status' must be given, or one of drop, truncateBodyAt, " +
      "delayMilliseconds, tokenExpiresInSeconds and shiftSeconds.",
    "404 FaultNotFound",
    "The emulator refused GET /emulator/requests?last=10000&control=false&stat=404 with 400. ValidationError: The operation has no " +
      "query parameter 'stat'. Its parameters: status, identity, operation, control, last, after, wait.",
    "The emulator was closed. Start another one with startEmulator().",
  ]);
});

test("the kit says how an emulator ended by itself, and what it printed", async (context) => {
  const project = Project.for(context);
  const said = project.module(`${START} ${SAY}
    import { readFileSync } from "node:fs";
    const emulator = await startEmulator({ args: ["--log-requests"] });
    await emulator.clock.now();
    const [pid] = readFileSync(\`/proc/self/task/\${process.pid}/children\`, "utf8").split(" ");
    process.kill(Number(pid), "SIGTERM");
    // It answers until it has seen the signal.
    while (await emulator.clock.now().catch(say));
    await emulator.clock.now().catch(say);
    await emulator.close();`);
  const end = /The emulator at https:\/\/localhost:\d+ ended with exit code 0\. It said:\n.*\/emulator\/clock.*/;
  assert.match(said, new RegExp(`^${end.source}\n${end.source}$`, "s"));
  await project.nothingIsLeft();
});

test("without the program, the kit says how to get it", (context) => {
  const project = Project.for(context);
  rmSync(project.path("node_modules/@az-communication"), { recursive: true });
  const [what, hint] = project.module(`${START} ${SAY} await startEmulator().catch(say);`).split("\n");
  assert.equal(what, "The program of az-communication is not installed: the optional dependency @az-communication/linux-x64 is missing.");
  assert.match(hint, /^Install again without --omit=optional /);
});

test("a worker thread gets the certificate, because clientOptions cannot be sent to it", (context) => {
  const project = Project.for(context);
  project.write("worker.mjs", `import { parentPort, workerData } from "node:worker_threads";
    import { CommunicationIdentityClient } from "@azure/communication-identity";
    const { connectionString, ca } = workerData;
    const client = new CommunicationIdentityClient(connectionString, { tlsOptions: { ca } });
    parentPort.postMessage((await client.createUser()).communicationUserId);`);
  const said = project.module(`${START}
    import { once } from "node:events";
    import { Worker } from "node:worker_threads";
    const emulator = await startEmulator();
    const { connectionString, caCertificate: ca, clientOptions } = emulator;
    try {
      structuredClone(clientOptions);
    } catch ({ name }) {
      console.log(name);
    }
    const [identity] = await once(new Worker("./worker.mjs", { workerData: { connectionString, ca } }), "message");
    console.log((await emulator.requests({ identity })).length);`);
  assert.equal(said, "DataCloneError\n1");
});
