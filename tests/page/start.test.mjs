// The view Start: how to connect, and what the emulator does.
import assert from 'node:assert/strict';
import { Emulator } from './support/emulator.mjs';
import { accessible } from './support/forms.mjs';
import { copied, eventually, gone, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { once, byBothHands, byMouse } = suite();

const button = (page, name) => page.getByRole('button', { name, exact: true });
const tile = (page, name) =>
  page.locator('.tile').filter({ has: page.getByRole('heading', { name, exact: true }) });
const value = (page, name) => tile(page, name).locator('.tile-value').textContent();

/** Copies something, and returns it. */
async function copy({ page, hand }, what) {
  await hand.press(button(page, `Copy ${what}`));
  await see(page.getByText(`Copied ${what}`));
  return copied(page);
}

byBothHands('the endpoint and the connection string are copied', async (world) => {
  const { emulator, page } = world;
  await world.signIn();
  assert.equal(await copy(world, 'the endpoint'), emulator.ready.endpoint);
  assert.equal(await copy(world, 'the connection string'), emulator.connectionString);
  // Everybody knows this key.
  await see(page.getByText(emulator.connectionString, { exact: true }));
  assert.equal(await button(page, 'Show the access key').count(), 0);
});

/** Regenerates the primary key, and returns it with its connection string. */
async function regenerate(emulator) {
  const { primaryKey } = await emulator.control('POST', 'regenerate-key', { keyType: 'Primary' });
  return { key: primaryKey, connectionString: `endpoint=${emulator.ready.endpoint}/;accesskey=${primaryKey}` };
}

byBothHands('an access key that is a secret is shown on demand', async (world) => {
  const { page, hand, watch } = world;
  const other = await Emulator.start();
  try {
    watch.allow(other.origin);
    const { key, connectionString } = await regenerate(other);
    await world.signIn('start', page, other);
    await see(page.getByText(/;accesskey=…$/));
    const markup = () => page.evaluate(() => document.documentElement.outerHTML);
    assert.ok(!(await markup()).includes(key));
    assert.equal(await copy(world, 'the connection string'), connectionString);
    assert.ok((await copy(world, 'the program for Python')).includes(connectionString));
    assert.ok(!(await markup()).includes(key));
    await hand.press(button(page, 'Show the access key'));
    await see(page.getByText(connectionString, { exact: true }));
    await see(page.getByRole('region', { name: 'Program for Python' }).getByText(key));
    await hand.press(button(page, 'Hide the access key'));
    await gone(page.getByText(key));
    // The page knows it when the key is regenerated again.
    const next = await regenerate(other);
    await see(page.getByText(/An access key was regenerated/));
    await eventually(async () => assert.equal(await copy(world, 'the connection string'), next.connectionString));
    assert.ok(!(await markup()).includes(next.key));
    // The page asks no more when its emulator has ended.
    await page.goto('about:blank');
  } finally {
    await other.end();
  }
});

byBothHands('counts follow the emulator, and lead to their views', async (world) => {
  const { emulator, page, hand } = world;
  await world.signIn();
  const { answered, version, resourceId } = await emulator.control('GET', 'status');
  await emulator.identity('ann');
  await emulator.identity('bob');
  await emulator.control('POST', 'faults', { status: 503, operation: 'deleteIdentity' });
  await emulator.control('POST', 'clock/freeze');
  await emulator.control('POST', 'clock/set', { now: '2031-02-03T04:05:06Z' });
  await eventually(async () => {
    assert.equal(await value(page, 'Identities'), '2');
    assert.equal(await value(page, 'Faults'), '1');
    assert.equal(await value(page, 'Requests answered'), (answered + 2).toLocaleString('en'));
    assert.equal(await value(page, 'Time of the service'), '04:05:06');
    assert.match(await tile(page, 'Time of the service').innerText(), /2031-02-03 UTC, frozen/);
  });
  const about = page.locator('.card').filter({ hasText: 'This emulator' });
  for (const text of [version, resourceId, 'Memory']) await see(about.getByText(text));
  for (const [name, view] of [
    ['Identities', 'identities'],
    ['Requests answered', 'requests'],
    ['Faults', 'clock'],
  ]) {
    await hand.press(tile(page, name).getByRole('link'));
    await see(page.locator(`nav a[aria-current=page][href="#/${view}"]`));
    await hand.press(page.locator('nav a[href="#/start"]'));
    await see(tile(page, name));
  }
});

once('requests per second go up and back to 0, and nothing moves', async (world) => {
  const { emulator, page } = world;
  await world.signIn();
  await see(page.locator('.client'));
  await eventually(async () => assert.equal(await value(page, 'Requests per second'), '0'));
  const places = () =>
    page
      .locator('.tile, .card')
      .evaluateAll((parts) => parts.map((part) => JSON.stringify(part.getBoundingClientRect())));
  const before = await places();
  const chart = page.getByRole('img', { name: /^Requests per second in the last 60 seconds/ });
  const bars = () => chart.locator('path').getAttribute('d');
  const empty = await bars();
  for (let n = 0; n < 1200; n += 1) await emulator.send('GET', '/identities');
  await eventually(async () => assert.ok(Number((await value(page, 'Requests per second')).replace(',', '')) > 20));
  assert.notEqual(await bars(), empty);
  assert.match(await chart.getAttribute('aria-label'), /The highest number is [1-9][\d,]*\.$/);
  assert.deepEqual(await places(), before);
  await eventually(async () => assert.equal(await value(page, 'Requests per second'), '0'));
  assert.deepEqual(await places(), before);
  // Another view does not end it.
  const seen = await bars();
  await page.goto(`${emulator.page}#/state`);
  await page.goto(`${emulator.page}#/start`);
  await see(chart);
  assert.equal((await bars()).split('M').length, seen.split('M').length);
});

byMouse('an error is shown, and can be tried again', async (world) => {
  const { page, hand, watch } = world;
  watch.expect(/status of 500/);
  const message = 'The files cannot be read. Look at the log.';
  const body = JSON.stringify({ error: { code: 'InternalError', message } });
  await page.route('**/emulator/list-keys', (route) =>
    route.fulfill({ status: 500, contentType: 'application/json', body }),
  );
  await world.signIn();
  await see(page.getByRole('alert').getByText(message));
  // What is known is shown all the same.
  await eventually(async () => assert.match(await value(page, 'Identities'), /^\d/));
  await page.unroute('**/emulator/list-keys');
  await hand.press(button(page, 'Try again'));
  await see(button(page, 'Copy the connection string'));
  await gone(page.getByRole('alert'));
  await page.locator('main').focus();
});

once('the view is accessible, and uses the whole width', async (world) => {
  const { page } = world;
  await world.signIn();
  await see(page.locator('.client'));
  await accessible(page, 'the view Start');
  for (const title of ['JavaScript', '.NET', 'Java', 'Rust', 'curl']) {
    await page.getByRole('tab', { name: title, exact: true }).click();
    await accessible(page, `the program for ${title}`);
  }
  await page.getByRole('tab', { name: 'Python', exact: true }).click();
  await page.setViewportSize({ width: 2560, height: 1300 });
  const cards = await page
    .locator('.start > *')
    .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect()));
  assert.equal(new Set(cards.map(({ top }) => top)).size, 1);
  assert.ok(Math.max(...cards.map(({ right }) => right)) > 2500);
  assert.ok(Math.min(...cards.map(({ width }) => width)) > 400);
});
