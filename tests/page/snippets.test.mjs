// The programs of the view Start run as they are pasted.
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './support/program.mjs';
import { copied, see } from './support/see.mjs';
import { isLong, suite } from './support/suite.mjs';
import { Terminal } from './support/terminal.mjs';

const { once, byMouse } = suite();

const TITLES = ['Python', 'JavaScript', '.NET', 'Java', 'Rust', 'curl'];

/** A build of the crates that the program needs, on a busy machine. */
const LONG = 1_200_000;

/** What the example of the crate has where the page has what belongs to the emulator. */
const EXAMPLE = {
  connectionString: 'endpoint=https://localhost:10100/;accesskey=a2V5',
  certificate: '/path/to/ca.pem',
};

const tab = (page, title) => page.getByRole('tab', { name: title, exact: true });
const copy = (page, title) => page.getByRole('button', { name: `Copy the program for ${title}`, exact: true });
const program = (page, title) => page.getByRole('region', { name: `Program for ${title}`, exact: true });

/** Copies the program of a language from the page. */
async function paste({ page, hand }, title) {
  await hand.press(tab(page, title));
  await see(program(page, title));
  await hand.press(copy(page, title));
  await see(page.getByText(`Copied the program for ${title}`));
  return copied(page);
}

/** Checks that the output has a token that the emulator has issued, and that its user exists. */
async function check({ emulator }, { code, stdout, stderr }) {
  assert.equal(code, 0, stdout + stderr);
  const [token] = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(stdout) ?? [];
  assert.ok(token, stdout + stderr);
  const { skypeid } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  const id = `8:${skypeid}`;
  assert.ok(stdout.includes(id), stdout);
  const found = await emulator.control('GET', `identities/${encodeURIComponent(id)}`);
  assert.equal(found.id, id);
}

/** Declares a test that pastes the program of a language and runs it in a terminal. */
function runs(title, run, timeout) {
  const name = `the program for ${title} runs`;
  const work = async (world) => {
    const terminal = await Terminal.open();
    try {
      await world.signIn();
      const text = await paste(world, title);
      assert.equal(await program(world.page, title).textContent(), text);
      await check(world, await run(terminal, text));
    } finally {
      await terminal.close();
    }
  };
  once(name, work, timeout);
}

runs('Python', async (terminal, text) => {
  assert.match(text, /^# pip install azure-communication-identity\n/);
  const file = await terminal.save('create_user.py', text);
  return terminal.run([variable('AZ_TEST_PYTHON'), file]);
});

runs('JavaScript', async (terminal, text) => {
  assert.match(text, /^\/\/ npm install @azure\/communication-identity\n/);
  const file = await terminal.save('create-user.mjs', text);
  await symlink(join(variable('AZ_TEST_NODE_PACKAGES'), 'node_modules'), join(terminal.folder, 'node_modules'));
  return terminal.run([process.execPath, file]);
});

runs('Java', async (terminal, text) => terminal.run(['java', await terminal.save('CreateUser.java', text)]));

runs('curl', async (terminal, text) => terminal.run(['bash', await terminal.save('create-user.sh', text)]));

// This takes minutes where the crates are not built, so the other test of the program for Rust stands for it.
if (isLong) {
  runs(
    'Rust',
    async (terminal, text) => {
      // The comment has the lines of Cargo.toml. This repository stands for its address.
      const crate = JSON.stringify(join(root, 'crates/acs-identity'));
      const [, dependencies] = /^\/\/ (\[dependencies\]\n(?:\/\/ .*\n)+)/m.exec(text);
      const lines = dependencies.replaceAll('// ', '').replace(/\bgit = "https:[^"]*"/, `path = ${crate}`);
      assert.ok(lines.includes(crate), lines);
      // It is built as the workspace is, so that most crates are there already.
      const folder = join(root, 'target/page-snippet');
      const profiles = (await readFile(join(root, 'Cargo.toml'), 'utf8')).match(/^\[profile\.dev[^[]*/gm).join('');
      const about = '[package]\nname = "create-user"\nedition = "2024"\n\n[workspace]\n\n';
      await mkdir(join(folder, 'src'), { recursive: true });
      await copyFile(join(root, 'Cargo.lock'), join(folder, 'Cargo.lock'));
      await writeFile(join(folder, 'Cargo.toml'), `${about}${lines}\n${profiles}`);
      await writeFile(join(folder, 'src/main.rs'), text);
      const { CARGO_HOME, RUSTUP_HOME, CARGO_TARGET_DIR, HOME } = process.env;
      const env = {
        CARGO_HOME: CARGO_HOME ?? `${HOME}/.cargo`,
        RUSTUP_HOME: RUSTUP_HOME ?? `${HOME}/.rustup`,
        CARGO_TARGET_DIR: CARGO_TARGET_DIR ?? join(root, 'target'),
      };
      return terminal.run(['cargo', 'run', '--quiet', '--offline'], { cwd: folder, env, timeout: LONG });
    },
    LONG,
  );
}

once('the program for Rust is the example that cargo test compiles', async (world) => {
  await world.signIn();
  const { connectionString, ready } = world.emulator;
  const text = (await paste(world, 'Rust'))
    .replace(JSON.stringify(connectionString), JSON.stringify(EXAMPLE.connectionString))
    .replace(JSON.stringify(ready.caCertificate), JSON.stringify(EXAMPLE.certificate));
  const path = join(root, 'crates/acs-identity/examples/emulator_page/program.rs');
  if (process.env.AZ_WRITE_DOCS === '1') await writeFile(path, text);
  assert.equal(text, await readFile(path, 'utf8'), `${path} is another program. AZ_WRITE_DOCS=1 writes it anew.`);
});

once('the program for .NET has what the others have', async (world) => {
  await world.signIn();
  const text = await paste(world, '.NET');
  assert.ok(text.includes(JSON.stringify(world.emulator.connectionString)), text);
  assert.ok(text.includes(JSON.stringify(world.emulator.ready.caCertificate)), text);
  assert.match(text, /^\/\/ dotnet add package Azure\.Communication\.Identity$/m);
});

byMouse('a program is copied for a client that has not the files of the emulator', async (world) => {
  const { page, hand, emulator } = world;
  const terminal = await Terminal.open();
  try {
    await world.signIn();
    await hand.press(page.getByLabel('The emulator runs in a container or on another machine'));
    const text = await paste(world, 'curl');
    assert.ok(text.includes(`curl -o ca.pem ${emulator.origin}/emulator/ca.pem\n`), text);
    assert.ok(!text.includes(emulator.ready.caCertificate), text);
    await check(world, await terminal.run(['bash', await terminal.save('create-user.sh', text)]));
  } finally {
    await terminal.close();
  }
});

once('arrow keys, Home and End open the tabs', async (world) => {
  const { page } = world;
  await world.signIn();
  await tab(page, 'Python').focus();
  for (const [key, title] of [
    ['ArrowRight', 'JavaScript'],
    ['ArrowLeft', 'Python'],
    ['ArrowLeft', 'curl'],
    ['ArrowRight', 'Python'],
    ['End', 'curl'],
    ['Home', 'Python'],
  ]) {
    await page.keyboard.press(key);
    await see(program(page, title));
    const open = await page.getByRole('tab', { selected: true }).allTextContents();
    assert.deepEqual(open, [title], key);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), title, key);
  }
  // All of them take the same place.
  const heights = new Set();
  for (const title of TITLES) {
    await tab(page, title).click();
    heights.add((await program(page, title).boundingBox()).height);
  }
  assert.equal(heights.size, 1);
});

function variable(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. Run: cargo xtask test page`);
  return value;
}
