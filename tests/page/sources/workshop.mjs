// A copy of the page's sources beside the npm packages that build it, which are installed outside the tree.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const page = join(root, 'crates/acs-identity-emulator/page');

const tools = process.env.AZ_TEST_PAGE_TOOLS;
if (!tools) throw new Error('AZ_TEST_PAGE_TOOLS is not set. Run: cargo xtask test page');

export class Workshop {
  #home;

  /** Copies the sources. `end` removes the copy. */
  static async open() {
    const workshop = new Workshop();
    workshop.#home = await mkdtemp(join(tmpdir(), 'page-sources-'));
    workshop.folder = join(workshop.#home, 'page');
    const isSource = (path) => !/\/(built|node_modules)$/.test(path);
    await cp(page, workshop.folder, { recursive: true, filter: isSource });
    // The page contains the names of the operations.
    await cp(join(page, '../src/openapi.json'), join(workshop.#home, 'src/openapi.json'));
    await symlink(join(tools, 'node_modules'), join(workshop.folder, 'node_modules'));
    return workshop;
  }

  end() {
    return rm(this.#home, { recursive: true, force: true });
  }

  /** Runs a script with node in the copy. Fails with what the script says. */
  node(...words) {
    return run(process.execPath, words, { cwd: this.folder }).catch(({ message, stdout, stderr }) => {
      throw new Error(`${message}\n${stdout}${stderr}`);
    });
  }
}

/** Returns the path of a program in an npm package. */
export const tool = (path) => join(tools, 'node_modules', path);
