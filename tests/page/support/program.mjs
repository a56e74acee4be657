// The program under test: AZ_TEST_PROGRAM, or the one that cargo has built last.
import { existsSync, statSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

export const program = process.env.AZ_TEST_PROGRAM || newest();

function newest() {
  const host = /^host: (.*)$/m.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))[1];
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
  const built = ['release', 'debug'].map((profile) => join(target, host, profile, 'az')).filter(existsSync);
  if (built.length === 0) throw new Error(`There is no program in ${target}. Run: cargo build -p az-communication`);
  return built.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}
