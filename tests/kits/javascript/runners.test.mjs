// 50 tests in parallel in each runner, one more that fails and leaves its emulator, and a process that is killed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Project, nodes } from "./support/project.mjs";

const VITEST = ["node_modules/vitest/vitest.mjs", "run", "--reporter=default", "--reporter=json", "--outputFile=report.json", "--max-concurrency=50"];
/** One that all share, twenty of their own, one that is left, and that of the process that is killed. */
const EMULATORS = 23;

/** Checks a report, which Vitest and Jest write in the same form. */
function passes(project, said, more = 0) {
  const report = JSON.parse(project.read("report.json"));
  assert.deepEqual([report.numPassedTests, report.numFailedTests], [50 + more, 1], said);
  const failed = report.testResults.flatMap((file) => file.assertionResults).filter(({ status }) => status === "failed");
  assert.match(failed[0].failureMessages[0], /^Error: as it should/);
}

test("node:test", async (context) => {
  const project = Project.for(context);
  const { status, stdout } = project.run(["--test", "--test-reporter=tap", "suites/node/fifty.test.mjs", "suites/node/killed.test.mjs"]);
  assert.equal(status, 1, stdout);
  assert.match(stdout, /\n# pass 50\n# fail 2\n/);
  assert.match(stdout, /signal: 'SIGKILL'/);
  assert.equal(await project.nothingIsLeft(), EMULATORS);
});

test("Vitest with forks", async (context) => {
  const project = Project.for(context);
  const { status, said } = project.run([...VITEST, "--pool=forks", "suites/vitest"], { node: nodes.newest });
  assert.equal(status, 1, said);
  assert.match(said, /Worker exited unexpectedly with signal SIGKILL/);
  passes(project, said);
  assert.equal(await project.nothingIsLeft(), EMULATORS);
});

test("Vitest with threads", async (context) => {
  const project = Project.for(context);
  const threads = [...VITEST, "--pool=threads"];
  const { status, said } = project.run([...threads, "suites/vitest/fifty"], { node: nodes.newest });
  assert.equal(status, 1, said);
  passes(project, said);
  // A thread cannot be killed without its process.
  assert.equal(project.run([...threads, "suites/vitest/killed"], { node: nodes.newest }).signal, "SIGKILL");
  assert.equal(await project.nothingIsLeft(), EMULATORS);
});

test("Jest", async (context) => {
  const project = Project.for(context);
  const words = ["node_modules/jest/bin/jest.js", "--json", "--outputFile=report.json", "--cacheDirectory=cache"];
  const { status, said } = project.run([...words, "--maxConcurrency=50", "--maxWorkers=2", "suites/jest/"]);
  assert.equal(status, 1, said);
  assert.match(said, /A jest worker process .* was terminated by another process: signal=SIGKILL/);
  // Jest says so where a test has left something that keeps its process from ending.
  assert.doesNotMatch(said, /did not exit|failed to exit gracefully/);
  passes(project, said, 1);
  assert.equal(await project.nothingIsLeft(), EMULATORS + 1);
});
