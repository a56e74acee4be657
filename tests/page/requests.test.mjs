// The view of the requests: live, paused, scrolled, cleared.
import assert from 'node:assert/strict';
import { rows, row, line, field, button, lists, ask, askMany } from './support/requests.mjs';
import { eventually, gone, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { once, byBothHands, byMouse } = suite();

once('requests are listed as they are answered, the newest first', async (world) => {
  const { emulator, page } = world;
  await ask(emulator, 'before');
  await world.signIn('requests');
  await lists(page, ['before']);
  await ask(emulator, 'first');
  await ask(emulator, 'second', 'GET', '/identities/8:acs:none');
  await lists(page, ['second', 'first', 'before']);
  const shown = await rows(page).nth(1).innerText();
  assert.match(
    shown,
    /^\d\d:\d\d:\d\d\.\d{3}\s+POST\s+\/identities\s+201\s+createIdentity\s+[\d.]+ (µs|ms)\s+Primary key\s+first$/,
  );
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

byMouse('rows stay where they are while the list is scrolled down', async (world) => {
  const { emulator, page, hand } = world;
  await askMany(emulator, 'old', 1, 120);
  await world.signIn('requests');
  await see(line(page).getByText('120 requests'));
  const body = page.getByRole('grid');
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
      return cells.map((row) =>
        [row.innerText.match(/old-\d+/)?.[0], Math.round(row.getBoundingClientRect().top)].join(),
      );
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
