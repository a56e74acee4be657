// The view Start: how to connect, what the emulator does, and which clients trust it.
import assert from 'node:assert/strict';
import { Emulator } from './support/emulator.mjs';
import { accessible } from './support/forms.mjs';
import { picture } from './support/pictures.mjs';
import { copied, eventually, gone, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';
import { Terminal } from './support/terminal.mjs';

const { once, byBothHands } = suite();

const button = (page, name) => page.getByRole('button', { name, exact: true });
const tile = (page, name) =>
  page.locator('.tile').filter({ has: page.getByRole('heading', { name, exact: true }) });
const value = (page, name) => tile(page, name).locator('.tile-value').textContent();
const row = (page, name) =>
  page.locator('.client').filter({ has: page.getByRole('heading', { name, exact: true }) });
const refusals = (page) => page.locator('.refusals');

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
    assert.equal(await value(page, 'Fault rules'), '1');
    assert.equal(await value(page, 'Requests answered'), (answered + 2).toLocaleString('en'));
    assert.equal(await value(page, 'Time of the service'), '04:05:06');
    assert.match(await tile(page, 'Time of the service').innerText(), /2031-02-03 UTC, frozen/);
  });
  const about = page.locator('.card').filter({ hasText: 'This emulator' });
  for (const text of [version, resourceId, 'Memory']) await see(about.getByText(text));
  for (const [name, view] of [
    ['Identities', 'identities'],
    ['Requests answered', 'requests'],
    ['Fault rules', 'clock'],
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

/** How clients call the emulator. Each prints the status of the answer, or fails. */
const CLIENTS = [
  { name: 'curl', title: 'curl', words: (url) => ['curl', '-sS', '-o', 'answer', '-w', '%{http_code}', url] },
  {
    name: 'Node.js',
    title: 'Node.js',
    words: (url) => [process.execPath, '-e', `fetch('${url}').then((answer) => console.log(answer.status))`],
  },
  {
    name: 'Python',
    title: 'Python',
    words: (url) => [
      process.env.AZ_TEST_PYTHON,
      '-c',
      `import requests; print(requests.get("${url}").status_code)`,
    ],
  },
];

const quoted = (words) => words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');

for (const { name, title, words } of CLIENTS) {
  byBothHands(`the command for ${name} makes it trust the certificate`, async (world) => {
    const { emulator, page } = world;
    const terminal = await Terminal.open();
    // Each test has an emulator that no client has called.
    const other = await Emulator.start();
    try {
      world.watch.allow(other.origin);
      await world.signIn('start', page, other);
      await see(page.getByText('No client has refused the certificate since the start.'));
      await see(row(page, title).getByText('has not called'));
      const call = words(`${other.ready.endpoint}/health`);
      const refused = await terminal.run(call);
      assert.notEqual(refused.code, 0, refused.stdout);
      await see(refusals(page).getByText(/A client refused the certificate at/));
      await see(row(page, title).getByText('has not called'));
      const command = await copy(world, `the command for ${title}`);
      const trusted = await terminal.run(['bash', '-c', `${command}\n${quoted(call)}`]);
      assert.equal(trusted.stdout.trim(), '200', trusted.stderr);
      await see(row(page, title).getByText('trusts it'));
      await see(row(page, title).getByText(/last seen \d{4}-/));
    } finally {
      await Promise.all([terminal.close(), other.end()]);
    }
    assert.ok(emulator.ready);
  });
}

once('the command for Java makes it trust the certificate', async (world) => {
  const { emulator, page } = world;
  const terminal = await Terminal.open();
  try {
    await world.signIn();
    const command = await copy(world, 'the command for Java');
    // A command that makes a trust store comes with the options that name it.
    const words = await row(page, 'Java').innerText();
    const options = /start Java with (.*)\.$/m.exec(words)?.[1] ?? '';
    const program = `import java.net.URI;
      import java.net.http.*;
      public class Call {
        public static void main(String[] args) throws Exception {
          var request = HttpRequest.newBuilder(URI.create("${emulator.ready.endpoint}/health")).build();
          System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
        }
      }`;
    const file = await terminal.save('Call.java', program);
    const { stdout, stderr } = await terminal.run(['bash', '-c', `${command} && java ${options} '${file}'`]);
    assert.match(stdout, /^200$/m, stderr);
    await see(row(page, 'Java').getByText('trusts it'));
  } finally {
    await terminal.close();
  }
});

once('hostile texts of clients are shown as text', async (world) => {
  const { emulator, page } = world;
  const hostile = `<img src=x onerror=alert(1)>\u202e\u0000${'x'.repeat(10_000)}`;
  const time = '2030-01-31T09:00:00.0000000Z';
  const trust = {
    ...(await emulator.control('GET', 'trust')),
    clients: ['python', 'other'].map((client) => ({ client, lastSeen: time, userAgent: hostile })),
    refused: [1, 2].map(() => ({ time, peer: hostile, reason: hostile })),
  };
  await page.route('**/emulator/trust', (route) => route.fulfill({ json: trust }));
  await world.signIn();
  for (const place of [row(page, 'Python'), row(page, 'Others'), refusals(page)]) {
    await see(place.getByText(/<img src=x onerror=alert\(1\)>\\u\{202e\}\\u\{0\}x/).first());
  }
  await page.locator('summary').click();
  const main = page.locator('main');
  assert.equal(await main.locator('img').count(), 0);
  assert.doesNotMatch(await main.evaluate((part) => part.textContent), /[\u202e\u0000]|x{1000}/);
  await accessible(page, 'the view Start with hostile clients');
});

byBothHands('an error is shown, and can be tried again', async (world) => {
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
  await picture(page, 'start');
  await page.setViewportSize({ width: 2560, height: 1300 });
  const cards = await page
    .locator('.start > *')
    .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect()));
  assert.equal(new Set(cards.map(({ top }) => top)).size, 1);
  assert.ok(Math.max(...cards.map(({ right }) => right)) > 2500);
  assert.ok(Math.min(...cards.map(({ width }) => width)) > 400);
});
