// The view of the requests: live, filtered, paused, with the details of each.
import assert from 'node:assert/strict';
import { once as onceOf } from 'node:events';
import net from 'node:net';
import { accessible } from './support/forms.mjs';
import { signed } from './support/http.mjs';
import { eventually, gone, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const VERSION = 'api-version=2025-03-02-preview';

const { once, byBothHands } = suite();

const rows = (page) => page.getByRole('row').filter({ has: page.getByRole('gridcell') });
const row = (page, text) => rows(page).filter({ hasText: text });
const details = (page) => page.getByRole('complementary');
const line = (page) => page.locator('.live-line');
const field = (page, name) => page.getByRole('search').getByLabel(name);
const button = (page, name) => page.getByRole('button', { name, exact: true });

/** Waits until the list has these rows, by a text of each, the newest first. */
const lists = (page, texts) =>
  eventually(async () => {
    const found = await rows(page).allInnerTexts();
    assert.equal(found.length, texts.length, found.join('\n'));
    texts.forEach((text, index) => assert.ok(found[index].includes(text), `${found[index]} has no ${text}`));
  });

/** Sends a request with a user agent by which a test knows it. */
const ask = (emulator, agent, method = 'POST', path = '/identities', body = {}) =>
  emulator.service(method, path, method === 'GET' ? undefined : body, { 'user-agent': agent });

/** Sends many requests whose user agents are numbered. Only a few are under way at a time. */
async function askMany(emulator, name, from, to) {
  let next = from;
  const worker = async () => {
    while (next <= to) {
      const number = next;
      next += 1;
      await emulator.send('GET', '/identities/x', { headers: { 'user-agent': `${name}-${number}` } });
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

/** Sends a request that signs another text than it should. */
function askSignedWrongly(emulator, change) {
  const target = `/identities?${VERSION}`;
  const right = { key: emulator.accessKey, method: 'POST', target };
  const { key, method, target: other } = { ...right, ...change };
  const headers = { ...signed(key, emulator.host, method, other, '{}'), 'content-type': 'application/json' };
  return emulator.send('POST', target, { headers: { ...headers, 'user-agent': 'wrong' }, body: '{}' });
}

/** Opens a request of the list: by a click, or by arrows and Enter. */
async function openRow({ page, hand }, target) {
  if (hand.name === 'mouse') return target.click();
  await hand.reach(page.getByRole('grid'));
  await page.keyboard.press('Home');
  for (let n = 0; n < 40; n += 1) {
    if (await target.evaluate((row) => row.classList.contains('active'))) return page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }
  throw new Error(`${target} is not reached by arrows.`);
}

once('requests are listed as they are answered, the newest first', async (world) => {
  const { emulator, page } = world;
  await ask(emulator, 'before');
  await world.signIn('requests');
  await lists(page, ['before']);
  await ask(emulator, 'first');
  await ask(emulator, 'second', 'GET', '/identities/8:acs:none');
  await lists(page, ['second', 'first', 'before']);
  const shown = await rows(page).nth(1).innerText();
  assert.match(shown, /^\d\d:\d\d:\d\d\.\d{3}\s+POST\s+\/identities\s+201\s+createIdentity\s+[\d.]+ (µs|ms)\s+Primary key\s+first$/);
  await see(line(page).getByText('Live', { exact: true }));
});

once('an empty log says what to do', async (world) => {
  await world.signIn('requests');
  await see(world.page.getByText('No requests yet'));
  await ask(world.emulator, 'first');
  await lists(world.page, ['first']);
});

byBothHands('the list is paused, counts what comes, and goes on', async (world) => {
  const { emulator, page, hand } = world;
  await ask(emulator, 'first');
  await world.signIn('requests');
  await lists(page, ['first']);
  await hand.press(button(page, 'Pause'));
  await see(line(page).getByText('Paused'));
  await ask(emulator, 'second');
  await ask(emulator, 'third');
  await see(line(page).getByText('2 new'));
  await lists(page, ['first']);
  await hand.press(button(page, 'Resume'));
  await lists(page, ['third', 'second', 'first']);
});

once('the key p pauses, except where text is written', async (world) => {
  const { page } = world;
  await world.signIn('requests');
  await page.keyboard.press('p');
  await see(button(page, 'Resume'));
  await page.keyboard.press('p');
  await see(button(page, 'Pause'));
  await page.keyboard.press('/');
  await page.keyboard.type('p/p');
  assert.equal(await field(page, 'Search').inputValue(), 'p/p');
  await see(button(page, 'Pause'));
});

byBothHands('the list is filtered by text, status, operation and identity, and by a link', async (world) => {
  const { emulator, page, hand } = world;
  const id = await emulator.identity('my-user');
  await ask(emulator, 'creates');
  await ask(emulator, 'Issues-One', 'POST', `/identities/${encodeURIComponent(id)}/:issueAccessToken`, { scopes: ['chat'] });
  await ask(emulator, 'fails', 'POST', '/identities/8:acs:none/:issueAccessToken', { scopes: ['chat'] });
  await world.signIn('requests');
  await lists(page, ['fails', 'Issues-One', 'creates', '/identities']);

  await hand.fill(field(page, 'Search'), 'issues-o');
  await lists(page, ['Issues-One']);
  assert.match(page.url(), /#\/requests\?text=issues-o$/);
  await hand.fill(field(page, 'Search'), 'ACCESSTOKEN');
  await lists(page, ['fails', 'Issues-One']);
  await hand.fill(field(page, 'Search'), 'NotOwned');
  await lists(page, ['fails']);
  await hand.fill(field(page, 'Search'), '');

  await hand.fill(field(page, 'Status'), '4xx');
  await lists(page, ['fails']);
  await hand.fill(field(page, 'Status'), '4x');
  await see(page.getByText('Write 404, 4xx or dropped.'));
  await hand.fill(field(page, 'Status'), '200');
  await lists(page, ['Issues-One']);

  await hand.press(button(page, 'Reset filters'));
  await lists(page, ['fails', 'Issues-One', 'creates', '/identities']);
  await hand.choose(field(page, 'Operation'), 'issueAccessToken');
  await lists(page, ['fails', 'Issues-One']);
  await hand.choose(field(page, 'Operation'), 'All operations');

  await hand.fill(field(page, 'Identity'), 'my-user');
  await lists(page, ['Issues-One', '/identities']);
  await hand.fill(field(page, 'Identity'), id);
  await lists(page, ['Issues-One', '/identities']);
  await ask(emulator, 'elsewhere');
  await ask(emulator, 'revokes', 'POST', `/identities/${encodeURIComponent(id)}/:revokeAccessTokens`);
  await lists(page, ['revokes', 'Issues-One', '/identities']);
  await hand.fill(field(page, 'Identity'), 'nobody');
  await see(page.getByText('No request matches the filters'));
  await hand.press(button(page, 'Show all requests'));

  await page.goto(`${emulator.page}#/requests?identity=${encodeURIComponent(id)}&status=4xx`);
  await see(page.getByText('No request matches the filters'));
  assert.equal(await field(page, 'Identity').inputValue(), id);
  assert.equal(await field(page, 'Status').inputValue(), '4xx');
});

byBothHands('requests of the control API are shown if they are wanted', async (world) => {
  const { emulator, page, hand } = world;
  await ask(emulator, 'first');
  await emulator.control('GET', 'clock');
  await world.signIn('requests');
  await lists(page, ['first']);
  await hand.press(page.getByLabel('With the control API'));
  await see(row(page, 'showClock').first());
  await hand.press(page.getByLabel('With the control API'));
  await lists(page, ['first']);
  // Named, it is shown anyway.
  await hand.choose(field(page, 'Operation'), 'showClock');
  await lists(page, ['showClock']);
});

byBothHands('a request is opened, and its identity leads on', async (world) => {
  const { emulator, page, hand } = world;
  const id = await emulator.identity();
  await ask(emulator, 'revokes', 'POST', `/identities/${encodeURIComponent(id)}/:revokeAccessTokens`);
  await ask(emulator, 'later');
  await world.signIn('requests');
  await lists(page, ['later', 'revokes', '/identities']);
  await openRow(world, row(page, 'revokes'));
  const opened = details(page);
  for (const text of ['revokeAccessTokens', '2025-03-02-preview', 'Primary key', '127.0.0.1:', id]) {
    await see(opened.getByText(text).first());
  }
  assert.match(page.url(), /#\/requests\/\d+$/);
  await hand.press(opened.getByRole('link', { name: 'All requests of this identity' }));
  await lists(page, ['revokes', '/identities']);
  await page.goBack();
  await see(opened);
  await hand.press(opened.getByRole('link', { name: id }));
  await eventually(() => assert.equal(page.url(), `${emulator.page}#/identities/${encodeURIComponent(id)}`));
});

once('a request is opened and closed by keys, and the focus returns to the list', async (world) => {
  const { emulator, page, hand } = world;
  await ask(emulator, 'first');
  await ask(emulator, 'second');
  await world.signIn('requests');
  await lists(page, ['second', 'first']);
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await see(details(page).getByText('first'));
  await page.keyboard.press('Escape');
  await gone(details(page));
  await eventually(async () => assert.ok(await page.getByRole('grid').evaluate((grid) => grid === document.activeElement)));
  assert.match(page.url(), /#\/requests$/);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await see(details(page).getByText('second'));
  await hand.press(button(page, 'Close the details'));
  await gone(details(page));
});

byBothHands('a refused signature is explained line by line', async (world) => {
  const { emulator, page, hand } = world;
  await askSignedWrongly(emulator, { target: '/identities' });
  await askSignedWrongly(emulator, { key: Buffer.from('another key').toString('base64') });
  await world.signIn('requests');
  await lists(page, ['wrong', 'wrong']);
  await openRow(world, rows(page).nth(1));
  const opened = details(page);
  await see(opened.getByRole('heading', { name: 'The query is missing queryMissing' }));
  await see(opened.getByText('The client signed the path without the query.', { exact: true }));
  await see(opened.getByText('What to do: Sign the path with the query'));
  const lines = await opened.locator('.to-sign li').allInnerTexts();
  assert.equal(lines.length, 3);
  assert.match(lines[0], /^POST\s*LF\s+The method/);
  assert.ok(lines[1].startsWith(`/identities?${VERSION}`), lines[1]);
  assert.match(lines[1], /LF\s+The path and query/);
  assert.match(lines[2], /^\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT\s*;\s+The date/);
  assert.ok(lines[2].includes(`${emulator.host}`) && lines[2].includes('RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o='));
  if (hand.name === 'keyboard') await page.keyboard.press('Escape');
  else await hand.press(button(page, 'Close the details'));
  await openRow(world, rows(page).nth(0));
  await see(opened.getByRole('heading', { name: /no known mistake explains it/ }));
  await see(opened.getByText('Compare the connection string'));
});

once('a dropped request and the fault rule that hit it', async (world) => {
  const { emulator, page } = world;
  const { id } = await emulator.control('POST', 'faults', { operation: 'createIdentity', drop: 'before', times: 1 });
  await assert.rejects(ask(emulator, 'hit'));
  await world.signIn('requests?status=dropped');
  await lists(page, ['dropped']);
  await rows(page).first().click();
  await see(details(page).getByText('The connection ended without a response'));
  const link = details(page).getByRole('link', { name: `Fault ${id}`, exact: true });
  assert.equal(await link.getAttribute('href'), `#/clock/${id}`);
});

once('a request whose head could not be read', async (world) => {
  const { emulator, page } = world;
  const socket = net.connect(emulator.port, 'localhost');
  socket.write('NOT HTTP\r\n\r\n');
  socket.resume();
  await onceOf(socket, 'close');
  await world.signIn('requests');
  await lists(page, ['400']);
  await rows(page).first().click();
  await see(details(page).getByText('The head of the request could not be read'));
});

once('a link opens a request, or says that it is not kept', async (world) => {
  const { emulator, page } = world;
  await ask(emulator, 'first');
  const { value } = await emulator.control('GET', 'requests?control=false');
  await world.signIn(`requests/${value[0].number}`);
  await see(details(page).getByText('first'));
  await page.goto(`${emulator.page}#/requests/999999999`);
  await see(page.getByText('The emulator does not keep this request any more'));
});

byBothHands('the log is cleared after a question', async (world) => {
  const { emulator, page, hand } = world;
  await ask(emulator, 'first');
  await world.signIn('requests');
  await lists(page, ['first']);
  await hand.press(button(page, 'Clear…'));
  const dialog = page.getByRole('dialog', { name: 'Clear the log of requests?' });
  await hand.close(dialog);
  await gone(dialog);
  await lists(page, ['first']);
  await hand.press(button(page, 'Clear…'));
  await hand.press(button(page, 'Clear the log'));
  await see(page.getByText('No requests yet'));
  const { value } = await emulator.control('GET', 'requests?control=false');
  assert.deepEqual(value, []);
  await ask(emulator, 'second');
  await lists(page, ['second']);
});

byBothHands('rows stay where they are while the list is scrolled down', async (world) => {
  const { emulator, page, hand } = world;
  await askMany(emulator, 'old', 1, 120);
  await world.signIn('requests');
  await see(line(page).getByText('120 requests'));
  const body = page.getByRole('rowgroup');
  if (hand.name === 'mouse') {
    await body.hover();
    await page.mouse.wheel(0, 900);
  } else {
    await hand.reach(page.getByRole('grid'));
    for (let n = 0; n < 30; n += 1) await page.keyboard.press('ArrowDown');
  }
  const inSight = () =>
    body.evaluate((body) => {
      const { top, bottom } = body.getBoundingClientRect();
      const cells = [...body.querySelectorAll('[role=row]')].filter((row) => {
        const box = row.getBoundingClientRect();
        return box.top >= top && box.bottom <= bottom;
      });
      return cells.map((row) => [row.innerText.match(/old-\d+/)?.[0], Math.round(row.getBoundingClientRect().top)].join());
    });
  let before;
  await eventually(async () => {
    assert.ok(await body.evaluate((body) => body.scrollTop > 300));
    const seen = await inSight();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    assert.deepEqual(await inSight(), seen);
    before = seen.sort();
  });
  await askMany(emulator, 'new', 1, 30);
  await see(button(page, 'Show 30 new'));
  assert.deepEqual((await inSight()).sort(), before);
  await hand.press(button(page, 'Show 30 new'));
  await see(row(page, 'new-30').first());
  await eventually(async () => assert.equal(await body.evaluate((body) => body.scrollTop), 0));
  await ask(emulator, 'newest');
  await eventually(async () => assert.match(await rows(page).first().innerText(), /newest/));
});

once('requests that were overwritten before the page read them are counted', async (world) => {
  const { emulator, page } = world;
  await ask(emulator, 'first');
  await world.signIn('requests');
  await lists(page, ['first']);
  // The emulator says so, as it does after 10,000 further requests.
  let isTold = false;
  await page.route('**/emulator/requests?*after=*', async (route) => {
    // The test may end while the response waits.
    const response = await route.fetch().catch(() => undefined);
    if (!response) return;
    const json = await response.json();
    if (!isTold && json.value.length > 0) {
      isTold = true;
      json.dropped = 1234;
    }
    await route.fulfill({ response, json });
  });
  // The poll that waits already is not changed by the test.
  await ask(emulator, 'second');
  await lists(page, ['second', 'first']);
  await ask(emulator, 'third');
  await see(line(page).getByText('1,234 not shown: they came faster than this page reads'));
});

once('a hidden page asks for nothing, and catches up when it is seen again', async (world) => {
  const { emulator, page } = world;
  await ask(emulator, 'first');
  await world.signIn('requests');
  await lists(page, ['first']);
  const asked = [];
  page.on('request', (request) => request.url().includes('/emulator/requests') && asked.push(request.url()));
  const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('wait='));
  const show = (state) =>
    page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await show('hidden');
  await ended;
  asked.length = 0;
  await askMany(emulator, 'hidden', 1, 20);
  assert.deepEqual(asked, []);
  await show('visible');
  await see(row(page, 'hidden-20').first());
});

once('another view asks for no requests', async (world) => {
  const { page } = world;
  await world.signIn('requests');
  await see(page.getByText('No requests yet'));
  const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('wait='));
  await page.getByRole('link', { name: 'State' }).click();
  await ended;
});

once('after a stop and a start, the list shows the requests of the new one', async (world) => {
  const { emulator, page, watch } = world;
  watch.expect(/ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|CONNECTION_RESET)/);
  await askMany(emulator, 'old', 1, 5);
  await world.signIn('requests');
  await see(row(page, 'old-5').first());
  await emulator.stop();
  await see(page.getByText('The emulator does not answer.').first());
  await emulator.start();
  await ask(emulator, 'new');
  await lists(page, ['new']);
});

once('hostile paths and user agents are texts', async (world) => {
  const { emulator, page } = world;
  const hostile = '<img src=x onerror=alert(1)> \u202egnp.exe';
  const agent = `<img src=x onerror=alert(1)>${'x'.repeat(7000)}`;
  page.on('dialog', () => assert.fail('A script ran.'));
  await ask(emulator, agent, 'GET', `/identities/${encodeURIComponent(hostile)}%00`);
  await world.signIn('requests');
  await see(rows(page).first());
  const shown = rows(page).getByText('<img src=x onerror=alert(1)>').filter({ visible: true });
  await see(shown.first());
  await rows(page).first().click();
  await see(details(page).getByText('<img src=x onerror=alert(1)>').first());
  assert.equal(await page.locator('img').count(), 0);
  assert.ok(!(await page.locator('body').innerText()).includes('\u202e'));
});

once('the view is accessible', async (world) => {
  const { emulator, page } = world;
  await world.signIn('requests');
  await see(page.getByText('No requests yet'));
  await accessible(page, 'the empty list');
  await askSignedWrongly(emulator, { target: '/identities' });
  await ask(emulator, 'first');
  await lists(page, ['first', 'wrong']);
  await page.keyboard.press('p');
  await accessible(page, 'the list');
  await row(page, 'wrong').click();
  await see(details(page).getByText('What to do:'));
  await accessible(page, 'the details');
});
