// What the kit says, and what it leaves, if something is wrong with the machine, its options, or the emulator.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync } from "node:fs";
import { test } from "node:test";
import { Project } from "./support/project.mjs";

const START = 'import { startEmulator } from "az-communication/testing";\n';
/** Prints an error, and its cause if it has one. */
const SAY = `const say = ({ name, message, cause }) =>
  console.log(name + ": " + message + (cause === undefined ? "" : " <- " + cause.code));\n`;
/** Returns the process id of the emulator that a module has started. */
const PID = `import { readFileSync } from "node:fs";
  const pid = () => Number(readFileSync(\`/proc/self/task/\${process.pid}/children\`, "utf8").split(" ")[0]);\n`;

test("a folder for temporary files that cannot be used is named, and the emulator ends", async (context) => {
  const project = Project.for(context);
  for (const TMPDIR of ["/nonexistent", "relative"]) {
    const said = project.module(`${START} ${SAY} await startEmulator().catch(say);`, { env: { TMPDIR } });
    assert.match(said, /^EmulatorError: The emulator has no file with its certificate, .* in TMPDIR cannot .*\nWARNING: .*$/);
    await project.nothingIsLeft();
  }
});

test("paths are absolute, also if the folder for temporary files is not", (context) => {
  const project = Project.for(context);
  mkdirSync(project.path("relative"));
  const text = `${START} import { isAbsolute } from "node:path";
    const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE } = (await startEmulator()).environment();
    console.log(isAbsolute(NODE_EXTRA_CA_CERTS), isAbsolute(SSL_CERT_FILE));`;
  assert.equal(project.module(text, { env: { TMPDIR: "relative" } }), "true true");
});

test("a program without a ready line is ended", async (context) => {
  const project = Project.for(context);
  const lines = { other: "[1]", lost: '{"controlEndpoint":"https://localhost:1/","caCertificate":"/nowhere/ca.pem"}' };
  for (const [name, line] of Object.entries(lines)) {
    project.write(name, `#!/bin/sh\necho '${line}'\nexec cat\n`);
    chmodSync(project.path(name), 0o755);
  }
  const said = project.module(`${START} ${SAY}
    await startEmulator({ program: "./other" }).catch(say);
    await startEmulator({ program: "./lost" }).catch(say);`);
  assert.match(said, /^EmulatorError: The emulator printed something else than its ready line: .*\n/);
  assert.match(said, /\nEmulatorError: The emulator has a certificate that cannot be read: ENOENT.*\. <- ENOENT$/);
  await project.nothingIsLeft();
});

test("a wrong option is named, and what is possible", (context) => {
  const said = Project.for(context).module(`${START} ${SAY}
    await startEmulator(null).catch(say);
    await startEmulator("--throttle").catch(say);
    await startEmulator({ throttle: "no" }).catch(say);
    await startEmulator({ program: 5 }).catch(say);
    await startEmulator({ args: ["-o", "tsv"] }).catch(say);
    await startEmulator({ args: ["--output=none"] }).catch(say);
    await startEmulator({ args: ["--query", "endpoint"] }).catch(say);
    await startEmulator({ args: ["--help"] }).catch(say);
    await startEmulator({ revocationDelay: "-5s" }).catch(({ message }) => console.log(message.split("\\n")[1]));
    const emulator = await startEmulator({ throttle: false, strictApiVersion: true });
    await emulator.requests(null).catch(say);
    await emulator.faults.add().catch(say);`);
  const prints = (option) => `TypeError: args has '${option}', which changes what the emulator prints for this kit. Leave it out.`;
  assert.deepEqual(said.split("\n"), [
    "TypeError: startEmulator takes an object such as { throttle: true }, but got null.",
    "TypeError: startEmulator takes an object such as { throttle: true }, but got '--throttle'.",
    "TypeError: throttle takes true or false, but got 'no'.",
    "TypeError: program takes the path of a program, but got 5.",
    prints("-o"),
    prints("--output=none"),
    prints("--query"),
    prints("--help"),
    "ERROR: --revocation-delay must be a duration from 0s to 15m, but it is '-5s'.",
    "TypeError: requests takes an object such as { status: 429 }, but got null.",
    "TypeError: faults.add takes an object such as { status: 503 }, but got undefined.",
  ]);
});

test("the folder of an emulator that was killed is removed", async (context) => {
  const project = Project.for(context);
  const said = project.module(`${START} ${PID}
    const emulator = await startEmulator();
    process.kill(pid(), "SIGKILL");
    await emulator.close();
    console.log("closed");`);
  assert.equal(said, "closed");
  await project.nothingIsLeft();
});

test("an emulator that does not react is named in time, killed when it is closed, and leaves nothing", async (context) => {
  const project = Project.for(context);
  // The limits of the kit are a tenth of the usual ones here, and those of connections are not.
  const [message, milliseconds] = project.module(`${PID}
    import timers from "node:timers";
    const { setTimeout } = timers;
    timers.setTimeout = (call, milliseconds) => setTimeout(call, milliseconds / 10);
    const { startEmulator } = await import("az-communication/testing");
    const emulator = await startEmulator();
    process.kill(pid(), "SIGSTOP");
    const start = performance.now();
    await emulator.clock.now().catch(({ message }) => console.log(message));
    await emulator.close();
    console.log(performance.now() - start);`).split("\n");
  assert.match(message, /did not answer GET \/emulator\/clock: there was no answer within 10 s$/);
  assert.ok(Number(milliseconds) < 9000, milliseconds);
  await project.nothingIsLeft();
});

test("Ctrl-C does not end an emulator whose tests go on", (context) => {
  const project = Project.for(context);
  project.write("tests.mjs", `${START} ${PID}
    import { once } from "node:events";
    const emulator = await startEmulator();
    const seen = once(process, "SIGINT");
    // The terminal sends it to all processes of the group.
    process.kill(0, "SIGINT");
    const waits = setInterval(() => {}, 1000);
    await seen;
    clearInterval(waits);
    await emulator.clock.now();
    const group = readFileSync(\`/proc/\${pid()}/stat\`, "utf8").split(") ")[1].split(" ")[2];
    console.log(Number(group) === pid());
    await emulator.close();`);
  const said = project.module(`import { spawn } from "node:child_process";
    spawn(process.execPath, ["tests.mjs"], { detached: true, stdio: "inherit" });`);
  assert.equal(said, "true");
});

test("fifty calls while the emulator is closed cause no warning", (context) => {
  const said = Project.for(context).module(`${START}
    process.on("warning", ({ name }) => console.log(name));
    const emulator = await startEmulator();
    const calls = Array.from({ length: 50 }, () => emulator.clock.now());
    await emulator.close();
    await Promise.allSettled(calls);
    console.log("closed");`);
  assert.equal(said, "closed");
});
