// Builds the page into a folder: `node build.mjs [FOLDER]`. Without a folder, into built/, which is committed, so that
// `cargo install` needs no Node.js. The same sources give the same bytes.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, 'built');

// The operations that the emulator knows, with their paths. The page does not ask for them: the question would be logged.
const { paths } = JSON.parse(readFileSync(join(here, '../src/openapi.json'), 'utf8'));
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.values(methods).flatMap(({ operationId }) => (operationId ? [[operationId, path]] : [])),
);

mkdirSync(folder, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { page: 'src/main.tsx' },
  outdir: folder,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { OPERATIONS: JSON.stringify(operations) },
  banner: { js: '/* Built by build.mjs. It contains Preact and @noble/hashes (MIT licence). */' },
  logLevel: 'warning',
  metafile: true,
});
copyFileSync(join(here, 'src/page.html'), join(folder, 'page.html'));
writeFileSync(join(folder, 'packages.json'), `${JSON.stringify(packages(), undefined, 2)}\n`);

/** The npm packages in the page with their licence texts, for releases. */
function packages() {
  const folders = Object.keys(metafile.inputs).map((path) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  return [...new Set(folders.filter(Boolean))].sort().map((path) => {
    const of = join(here, path);
    const { name, version, license, repository } = JSON.parse(readFileSync(join(of, 'package.json'), 'utf8'));
    const file = readdirSync(of).find((file) => /^licen[cs]e/i.test(file));
    const source = `https://www.npmjs.com/package/${name}/v/${version}`;
    return {
      name,
      version,
      licence: license,
      source,
      repository: repository.url ?? repository,
      file,
      text: readFileSync(join(of, file), 'utf8'),
    };
  });
}
