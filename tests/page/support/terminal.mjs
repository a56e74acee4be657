// A terminal of a user, in a folder of its own: commands and programs run there with few variables.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Longer than any client waits for an answer. */
const TIMEOUT = 50_000;

export class Terminal {
  static async open() {
    const terminal = new Terminal();
    terminal.folder = await mkdtemp(join(tmpdir(), 'page-terminal-'));
    return terminal;
  }

  close() {
    return rm(this.folder, { recursive: true, force: true });
  }

  /** Saves a file, and returns its path. */
  async save(name, text) {
    const path = join(this.folder, name);
    await writeFile(path, text);
    return path;
  }

  /** Runs a program. Returns its exit code and what it printed. */
  async run(words, { env = {}, cwd = this.folder, timeout = TIMEOUT } = {}) {
    const [program, ...rest] = words;
    const child = spawn(program, rest, {
      cwd,
      env: { PATH: process.env.PATH, HOME: this.folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
    });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (piece) => (said[name] += piece));
    const [code, signal] = await once(child, 'close');
    return { code: code ?? signal, ...said };
  }
}
