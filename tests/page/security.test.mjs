// What the page keeps, and what pages of other origins can do: nothing.
import assert from 'node:assert/strict';
import { Emulator } from './support/emulator.mjs';
import { signed } from './support/http.mjs';
import { Intruder } from './support/intruder.mjs';
import { eventually, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { once } = suite();

/** Everything of the emulator that a request could change, as text. */
async function everything(emulator) {
  const text = async (path, method = 'GET') => {
    const headers = { authorization: `Bearer ${emulator.secret}` };
    return (await emulator.send(method, `/emulator/${path}`, { headers })).text;
  };
  const { startedAt, identities, faults, history, clock } = await emulator.control('GET', 'status');
  const status = { startedAt, identities, faults, history, frozen: clock.frozen, offset: clock.offsetSeconds };
  // The first and the last line of an export say when it was made.
  const lines = (await text('export')).split('\n').filter((line) => !/^{"kind":"(head|end)"/.test(line));
  return [JSON.stringify(status), ...lines, await text('faults'), await text('list-keys', 'POST')].join('\n');
}

/** Requests that would change or show something if they were allowed. */
async function calls(emulator) {
  const id = await emulator.identity('ann');
  await emulator.control('POST', 'faults', { status: 503, operation: 'deleteIdentity' });
  const { code } = await emulator.control('POST', 'page/code');
  const url = (path) => `${emulator.origin}/emulator/${path}`;
  const at = `identities/${encodeURIComponent(id)}`;
  const list = [
    ['POST', 'identities', { customId: 'intruder' }],
    ['POST', `${at}/token`, { scopes: ['chat'] }],
    ['POST', `${at}/revoke`],
    ['DELETE', at],
    ['POST', 'page/session', { code }],
    ['POST', 'page/code'],
    ['GET', 'page/secret'],
    ['POST', 'clock/freeze'],
    ['POST', 'clock/advance', { by: '1h' }],
    ['POST', 'faults', { status: 500 }],
    ['DELETE', 'faults'],
    ['DELETE', 'requests'],
    ['POST', 'regenerate-key', { keyType: 'Primary' }],
    ['POST', 'list-keys'],
    ['POST', 'entra-token', { oid: '1', appid: '2' }],
    ['POST', 'import?replace=true'],
    ['POST', 'inspect', { token: 'x' }],
    ['POST', 'reset'],
    ['POST', 'stop'],
    ...['status', 'identities', at, 'requests', 'export', 'faults', 'clock', 'certificates', 'trust'].map(
      (path) => ['GET', path],
    ),
  ];
  return {
    code,
    calls: list.map(([method, path, body]) => ({ method, url: url(path), body: body && JSON.stringify(body) })),
  };
}

once('the page keeps its secret in sessionStorage only, and nothing else', async ({ emulator, page }) => {
  const sent = [];
  page.on('request', (request) => sent.push(request));
  const link = await emulator.link();
  const code = new URL(link).hash.replace('#code=', '');
  await page.goto(link);
  await see(page.getByRole('navigation', { name: 'Views' }));
  const kept = await page.evaluate(async () => ({
    session: { ...sessionStorage },
    local: { ...localStorage },
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    cookies: document.cookie,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    url: location.href,
    entries: history.length,
    markup: document.documentElement.outerHTML,
  }));
  const { session, url, markup, entries, ...others } = kept;
  assert.deepEqual(others, { local: {}, databases: [], caches: [], cookies: '', workers: 0 });
  const [[key, value], ...rest] = Object.entries(session);
  assert.deepEqual([value, rest], [emulator.secret, []]);
  assert.ok(key.includes(String(emulator.port)), key);
  assert.ok(!url.includes(code), url);
  assert.ok(!markup.includes(emulator.secret));
  // about:blank, and the page: the URL with the code is not in the history.
  assert.equal(entries, 2);
  const urls = sent.map((request) => request.url()).filter((url) => url.includes(emulator.secret));
  assert.deepEqual(urls, []);
  for (const request of sent) assert.equal((await request.allHeaders()).cookie, undefined);
});

once('two emulators in one browser do not disturb each other', async (world) => {
  const { emulator, context, page, watch } = world;
  const other = await Emulator.start();
  try {
    watch.allow(other.origin);
    const second = await context.newPage();
    await emulator.identity('ann');
    await Promise.all([other.identity('bob'), other.identity('bea')]);
    await world.signIn('identities');
    await world.signIn('identities', second, other);
    await see(page.getByText('ann', { exact: true }));
    await see(second.getByText('bob', { exact: true }));
    assert.equal(await page.getByText('bob', { exact: true }).count(), 0);
    assert.equal(await second.getByText('ann', { exact: true }).count(), 0);
    // One is reset. The other page still shows what it has.
    await other.control('POST', 'reset');
    await see(second.getByText(/was reset/));
    assert.equal(await page.getByText(/was reset/).count(), 0);
    await see(page.getByText('ann', { exact: true }));
    // One is signed out. The other stays signed in, also when it is loaded again.
    await second.getByRole('button', { name: 'Sign out' }).click();
    await see(second.getByLabel('Connection string'));
    await page.reload();
    await see(page.getByText('ann', { exact: true }));
    // The same tab goes from one emulator to the other and back.
    await page.goto(other.page);
    await see(page.getByLabel('Connection string'));
    await page.goBack();
    await see(page.getByText('ann', { exact: true }));
  } finally {
    await other.end();
  }
});

for (const host of ['localhost', '127.0.0.1']) {
  once(`a page on another port of ${host} changes and reads nothing`, async (world) => {
    const { emulator, browser } = world;
    await world.signIn('identities');
    const { calls: all, code } = await calls(emulator);
    const before = await everything(emulator);
    const intruder = await Intruder.open(browser, host);
    try {
      // Not even with the control secret, and also not by a signature that every page can make.
      const secret = { authorization: `Bearer ${emulator.secret}` };
      for (const headers of [undefined, secret, { 'x-emulator-control': emulator.secret }]) {
        assert.deepEqual(await intruder.fetch(all, headers), []);
      }
      const posts = all.filter(({ method }) => method === 'POST').map(({ url }) => url);
      await intruder.postForms(posts, `{"code":"${code}","rest":"=1"}`);
      const gets = all.filter(({ method }) => method === 'GET').map(({ url }) => url);
      assert.deepEqual(await intruder.loadParts([...gets, emulator.page]), []);
    } finally {
      await intruder.close();
    }
    assert.equal(await everything(emulator), before);
    // The requests did arrive, and each was refused.
    const { value } = await emulator.control('GET', 'requests?control=true&last=10000');
    const refused = value.filter(({ path, status }) => status === 403 && path.startsWith('/emulator/'));
    const paths = new Set(refused.map(({ method, path }) => `${method} ${path.split('?')[0]}`));
    // A preflight goes before a DELETE, and a read of the log is not in the log.
    const unlisted = ({ method, url }) => method === 'DELETE' || (method === 'GET' && url.endsWith('/requests'));
    const arrived = ({ method, url }) => paths.has(`${method} ${new URL(url).pathname}`);
    const missing = all.filter((call) => !unlisted(call) && !arrived(call));
    assert.deepEqual(
      missing.map(({ method, url }) => `${method} ${url}`),
      [],
    );
    // The code was not used up.
    const answer = await emulator.send('POST', '/emulator/page/session', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    assert.equal(answer.status, 200);
  });
}

once(
  'a page of another origin cannot show the page in a frame, nor reach a window of it',
  async ({ emulator, browser }) => {
    const intruder = await Intruder.open(browser);
    try {
      const link = await emulator.link();
      await intruder.page.evaluate((url) => {
        document.body.append(Object.assign(document.createElement('iframe'), { src: url }));
      }, link);
      const frame = await eventually(() => {
        const found = intruder.page.frames().find((frame) => frame.url().startsWith('chrome-error:'));
        if (!found) throw new Error(`The frame shows ${intruder.page.frames().at(-1).url()}.`);
        return found;
      });
      assert.equal(await frame.getByRole('navigation').count(), 0);
      const [opened] = await Promise.all([
        intruder.context.waitForEvent('page'),
        intruder.page.evaluate((url) => void (window.opened = window.open(url)), link),
      ]);
      await see(opened.getByRole('navigation', { name: 'Views' }));
      assert.equal(await opened.evaluate(() => window.opener), null);
      assert.equal(await intruder.page.evaluate(() => window.opened.closed), true);
    } finally {
      await intruder.close();
    }
  },
);

once(
  'a name that leads to this machine does not help a page that knows the well-known key',
  async ({ emulator }) => {
    // The owner of a name makes it resolve to 127.0.0.1. To the browser, the page is then of the same origin.
    const host = `evil.example:${emulator.port}`;
    const target = '/emulator/page/secret';
    const web = { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' };
    const refused = await emulator.send('GET', target, {
      headers: { ...signed(emulator.accessKey, host, 'GET', target), ...web },
    });
    assert.equal(refused.status, 403, refused.text);
    assert.match(refused.text, /The access key is the well-known key, which web pages know, too/);
    assert.ok(!refused.text.includes(emulator.secret));
    const own = { origin: emulator.origin, 'sec-fetch-site': 'same-origin' };
    const allowed = await emulator.send('GET', target, {
      headers: { ...signed(emulator.accessKey, emulator.host, 'GET', target), ...own },
    });
    assert.deepEqual(allowed.json(), { secret: emulator.secret });
  },
);
