// The examples of docs/kits/javascript.md, each in its runner, and that of the README of the package.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Project, nodes } from "./support/project.mjs";

const read = (path) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const page = read("docs/kits/javascript.md");
const examples = [...page.matchAll(/<!-- file: (\S+) -->\n```\w+\n(.*?)```/gs)].map(([, name, text]) => ({ name, text }));

test("the examples of the manual", async (context) => {
  const project = Project.for(context);
  // `npm init -y` writes this type.
  project.write("package.json", JSON.stringify({ name: "project", private: true, type: "commonjs" }));
  for (const { name, text } of examples) {
    project.write(name, text);
  }
  const runs = [
    ["tokens.test.mjs", nodes.machine, ["--test"]],
    ["server.test.mjs", nodes.machine, ["--test"]],
    ["tokens.test.ts", nodes.newest, ["node_modules/vitest/vitest.mjs", "run"]],
    ["clock.test.ts", nodes.newest, ["node_modules/vitest/vitest.mjs", "run"]],
    ["tokens.test.cjs", nodes.machine, ["node_modules/jest/bin/jest.js", "--cacheDirectory=cache"]],
  ];
  for (const [name, node, words] of runs) {
    const { status, said } = project.run([...words, name], { node });
    assert.equal(status, 0, said);
  }
  const text = `import { startEmulator } from "az-communication/testing"; import { connect } from "./client.mjs";
    const { connectionString, clientOptions } = await startEmulator();
    console.log((await connect(connectionString, clientOptions).createUser()).communicationUserId);`;
  assert.match(project.module(text), /^8:acs:/);
  const run = [...runs.map(([name]) => name), "client.mjs"];
  assert.deepEqual(examples.map(({ name }) => name).sort(), run.sort());
  assert.equal(examples.length, [...page.matchAll(/```(javascript|typescript)\n/g)].length);
  await project.nothingIsLeft();
});

test("the example of the README of the package", async (context) => {
  const project = Project.for(context);
  const [, text] = /```javascript\n(.*?)```/s.exec(project.read("node_modules/az-communication/README.md"));
  assert.equal(project.module(text), "false");
  await project.nothingIsLeft();
});
