// The types of the kit, with the compiler in strict mode.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Project, nodes } from "./support/project.mjs";

/** Compiles files of the suite with these options. */
function compile(project, files, options) {
  const compilerOptions = { strict: true, target: "es2022", module: "nodenext", types: [], rootDir: "suites", outDir: "out", ...options };
  project.write("tsconfig.json", JSON.stringify({ compilerOptions, files: files.map((file) => `suites/types/${file}`) }));
  const { status, said } = project.run(["node_modules/typescript/bin/tsc", "--project", "."]);
  assert.equal(status, 0, said);
}

test("the types need no other types, and the library esnext.disposable only for await using", (context) => {
  const project = Project.for(context);
  for (const lib of [["es2022"], ["es2022", "esnext.disposable"], ["esnext"]]) {
    compile(project, ["members.mts", "required.cts"], { lib, noEmit: true });
  }
  compile(project, ["members.mts"], { lib: ["es2022"], noEmit: true, module: "esnext", moduleResolution: "bundler" });
});

test("await using is compiled for older versions, and its emulator has ended behind it", async (context) => {
  const project = Project.for(context);
  // The types of the SDK need those of Node.js and of browsers.
  const lib = ["es2022", "dom", "esnext.disposable"];
  compile(project, ["using.mts"], { lib, types: ["node"], skipLibCheck: true });
  assert.doesNotMatch(project.read("out/types/using.mjs"), /await using emulator/);
  compile(project, ["using.mts"], { lib, types: ["node"], skipLibCheck: true, target: "esnext", outDir: "new" });
  assert.match(project.read("new/types/using.mjs"), /await using emulator/);
  const expected = "true\nThe emulator was closed. Start another one with startEmulator().\n";
  assert.equal(project.run(["out/types/using.mjs"]).stdout, expected);
  assert.equal(project.run(["new/types/using.mjs"], { node: nodes.newest }).stdout, expected);
  await project.nothingIsLeft();
});
