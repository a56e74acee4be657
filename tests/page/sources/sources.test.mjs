// The committed page is that of the sources, and small enough. The sources are typed and formatted.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Workshop, page, root, tool } from './workshop.mjs';

/** The most that the page may have in all, and its framework alone, in bytes compressed by gzip. */
const MOST = 100_000;
const MOST_OF_FRAMEWORK = 20_000;

let workshop;

before(async () => (workshop = await Workshop.open()));
after(() => workshop?.end());

const compressed = (content) => gzipSync(content, { level: 9 }).length;

test('the committed page is the one that the sources give', async () => {
  const built = join(workshop.folder, 'built');
  await workshop.node('build.mjs', built);
  const names = (await readdir(built)).sort();
  assert.deepEqual(names, (await readdir(join(page, 'built'))).sort());
  for (const name of names) {
    const [anew, committed] = await Promise.all([readFile(join(built, name)), readFile(join(page, 'built', name))]);
    assert.ok(anew.equals(committed), `built/${name} is not that of the sources. Run: node build.mjs`);
  }
});

test('the page has at most 100 kB compressed', async () => {
  const sizes = {};
  for (const name of await readdir(join(page, 'built'))) {
    sizes[name] = compressed(await readFile(join(page, 'built', name)));
  }
  const sum = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  console.log(`The page has ${sum} bytes compressed: ${JSON.stringify(sizes)}`);
  assert.ok(sum <= MOST, `The page has ${sum} bytes compressed, and may have ${MOST}: ${JSON.stringify(sizes)}`);
});

test('the framework has at most 20 kB compressed', async () => {
  // All entries of Preact that the sources name, each whole.
  const files = await readdir(join(page, 'src'), { recursive: true });
  const texts = await Promise.all(
    files.filter((name) => /\.tsx?$/.test(name)).map((name) => readFile(join(page, 'src', name), 'utf8')),
  );
  const named = texts.flatMap((text) => [...text.matchAll(/from '(preact[^']*)'/g)].map(([, name]) => name));
  const entries = [...new Set([...named, 'preact/jsx-runtime'])].sort();
  assert.ok(entries.includes('preact/hooks'), entries.join());
  const script = `
    import { build } from 'esbuild';
    const entries = ${JSON.stringify(entries)};
    const contents = entries.map((entry, n) => 'export * as part' + n + ' from ' + JSON.stringify(entry) + ';').join('');
    const options = { bundle: true, minify: true, format: 'esm', write: false };
    const { outputFiles } = await build({ ...options, stdin: { contents, resolveDir: process.cwd() } });
    process.stdout.write(outputFiles[0].text);`;
  const { stdout } = await workshop.node('--input-type=module', '--eval', script);
  const size = compressed(stdout);
  console.log(`The framework has ${size} bytes compressed: ${entries.join(', ')}`);
  assert.ok(
    size <= MOST_OF_FRAMEWORK,
    `${entries.join(', ')} have ${size} bytes compressed, and may have ${MOST_OF_FRAMEWORK}`,
  );
});

test('the types are right', async () => {
  await workshop.node(tool('typescript/bin/tsc'), '--noEmit', '--pretty', 'false');
});

test('the sources and these tests are formatted', async () => {
  await workshop.node(tool('prettier/bin/prettier.cjs'), '--check', '.', join(root, 'tests/page'));
});

/** The folders of the sources. A file refers to files of its folder and of those before it. */
const FOLDERS = ['base', 'api', 'state', 'parts', 'views', 'app'];

test('the folders of the sources refer to those before them only', async () => {
  const src = join(page, 'src');
  const files = (await readdir(src, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  const wrong = [];
  for (const name of files.filter((name) => name.includes('/'))) {
    const text = await readFile(join(src, name), 'utf8');
    for (const [, path] of text.matchAll(/from '(\.[^']+)'/g)) {
      const folder = join(name, '..', path).split('/')[0];
      assert.ok(FOLDERS.includes(folder), `${name} refers to ${folder}`);
      if (FOLDERS.indexOf(folder) > FOLDERS.indexOf(name.split('/')[0])) wrong.push(`${name} -> ${path}`);
    }
  }
  assert.ok(files.length > 50);
  assert.deepEqual(wrong, []);
});
