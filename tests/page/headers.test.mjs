// What the emulator answers for the page, its parts and its neighbours: headers, policy, types, caches.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Emulator } from './support/emulator.mjs';

const PATHS = ['/emulator/', '/emulator/page/page.js', '/emulator/page/page.css'];
const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

/** The headers of the page and its parts. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
    "trusted-types 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

let emulator;
before(async () => (emulator = await Emulator.start()));
after(() => emulator?.end());

const get = (path, headers = {}, method = 'GET') =>
  emulator.send(method, path, { headers: { accept: HTML, ...headers } });

for (const path of PATHS) {
  test(`${path} has the headers of the page`, async () => {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers, text } = await get(path, {}, method);
      assert.equal(status, 200);
      for (const [name, value] of Object.entries(HEADERS)) assert.equal(headers[name], value, name);
      assert.equal(headers['access-control-allow-origin'], undefined);
      assert.equal(headers['set-cookie'], undefined);
      assert.equal(text.length > 0, method === 'GET');
    }
  });

  test(`${path} never allows pages of other origins to read it`, async () => {
    for (const origin of ['http://localhost:3000', 'https://evil.example', emulator.origin]) {
      const { headers } = await get(path, { origin });
      assert.equal(headers['access-control-allow-origin'], undefined, origin);
    }
  });
}

test('parts are asked for again, and not sent again', async () => {
  for (const path of PATHS.slice(1)) {
    const first = await get(path);
    assert.equal(first.headers['cache-control'], 'no-cache');
    assert.match(first.headers.etag, /^"[^"]+"$/);
    const again = await get(path, { 'if-none-match': first.headers.etag });
    assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', first.headers.etag]);
    const other = await get(path, { 'if-none-match': '"another"' });
    assert.deepEqual([other.status, other.text], [200, first.text]);
  }
});

test('the types say what is sent', async () => {
  const types = await Promise.all(PATHS.map(async (path) => (await get(path)).headers['content-type']));
  assert.deepEqual(types, [
    'text/html; charset=utf-8',
    'text/javascript; charset=utf-8',
    'text/css; charset=utf-8',
  ]);
});

test('a program gets the list of endpoints where a browser gets the page', async () => {
  for (const accept of ['*/*', 'application/json']) {
    const { status, headers, json } = await get('/emulator/', { accept });
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^application\/json/);
    assert.match(headers.vary, /\baccept\b/i);
    assert.ok(Object.keys(json()).length > 0);
  }
  const { headers, text } = await get('/emulator/');
  assert.match(headers.vary, /\baccept\b/i);
  assert.match(text, /^<!doctype html>/i);
});

test('the path without its last slash leads to the page', async () => {
  const { status, headers } = await get('/emulator');
  assert.equal(status, 308);
  assert.equal(new URL(headers.location, `${emulator.origin}/emulator`).href, emulator.page);
  const list = await get('/emulator', { accept: '*/*' });
  assert.equal(list.status, 200);
});

test('secrets and codes are not kept by caches', async () => {
  const bearer = { authorization: `Bearer ${emulator.secret}`, 'content-type': 'application/json' };
  const code = await emulator.send('POST', '/emulator/page/code', { headers: bearer });
  const { code: text } = code.json();
  const session = await emulator.send('POST', '/emulator/page/session', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: text }),
  });
  const secret = await emulator.send('GET', '/emulator/page/secret', { headers: bearer });
  assert.deepEqual(session.json(), { secret: emulator.secret });
  assert.deepEqual(secret.json(), { secret: emulator.secret });
  for (const { status, headers } of [code, session, secret]) {
    assert.equal(status, 200);
    assert.match(headers['cache-control'], /\bno-store\b/);
    assert.equal(headers['set-cookie'], undefined);
  }
});

test('the page has no part that is not its own', async () => {
  for (const path of PATHS) {
    const { text } = await get(path);
    const outside = [...text.matchAll(/\b(?:src|href|url|import|from)\s*[=(]?\s*["'(]?(?:https?:)?\/\/[\w.]+/g)];
    assert.deepEqual(
      outside.map(([found]) => found),
      [],
      path,
    );
  }
});
