// The view of the requests with much to show: how fast it is, and how much memory it takes. Times are those of the
// processor, so that other programs do not count. AZ_LONG=1 stays for an hour.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { askMany, field, line, row, rows } from '../support/requests.mjs';
import { eventually, see } from '../support/see.mjs';
import { isLong, suite } from '../support/suite.mjs';

const { once } = suite();

const SECONDS = isLong ? 3600 : 20;
const RATE = 500;
/** By how much the page may grow, in bytes. */
const MOST_GROWTH = 20e6;
/** The longest task of the page, in milliseconds. */
const LONGEST = 100;

/** Returns the bytes that the scripts of a page hold, without garbage. */
async function heapOf(session) {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}

/** Runs work, and returns the tasks of the page that took the processor longer than allowed, in milliseconds. */
async function longTasks(browser, page, work) {
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  const traceConfig = { includedCategories: ['toplevel', '__metadata', 'blink.user_timing'] };
  await session.send('Tracing.start', { traceConfig });
  await page.evaluate(() => performance.mark('this is the page'));
  await work();
  const complete = new Promise((done) => session.once('Tracing.tracingComplete', done));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const own = events.find(({ name }) => name === 'this is the page');
  const tasks = events.filter(
    ({ ph, pid, tid, tdur }) => ph === 'X' && tdur > 0 && pid === own.pid && tid === own.tid,
  );
  assert.ok(tasks.length > 0);
  return tasks.filter(({ tdur }) => tdur > LONGEST * 1000).map(({ name, tdur }) => `${name}: ${tdur / 1000} ms`);
}

/** Sends requests at an even rate, until the time is over. */
async function askEvenly(emulator, seconds) {
  const began = performance.now();
  let sent = 0;
  for (;;) {
    const passed = (performance.now() - began) / 1000;
    if (passed >= seconds) return sent;
    const due = Math.min(Math.floor(passed * RATE), sent + 200);
    await askMany(emulator, 'even', sent + 1, due);
    sent = Math.max(sent, due);
    await sleep(10);
  }
}

once('10,000 requests: the first view, a search, and scrolling', async (world) => {
  const { browser, emulator, page } = world;
  await askMany(emulator, 'old', 1, 10_050);
  await world.signIn();
  const took = await page.evaluate(async () => {
    const began = performance.now();
    location.hash = '#/requests';
    while (!document.querySelector('[role=gridcell]')) await new Promise((done) => requestAnimationFrame(done));
    return performance.now() - began;
  });
  assert.ok(took < 500, `The first view took ${took} ms.`);
  // The log has some of the control API, too.
  await see(line(page).getByText(/^(10,000|9,9\d\d) requests/));
  const search = await page.evaluate(async () => {
    const field = document.querySelector('[role=search] input');
    const began = performance.now();
    field.value = 'old-777';
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    while (document.querySelectorAll('.virtual-row').length > 15)
      await new Promise((done) => requestAnimationFrame(done));
    return performance.now() - began;
  });
  assert.ok(search < 400, `The search took ${search} ms.`);
  await see(row(page, 'old-7777').first());
  await field(page, 'Search').fill('');
  await eventually(async () => assert.ok((await rows(page).count()) > 20));
  const long = await longTasks(browser, page, async () => {
    await page.getByRole('grid').hover();
    for (let n = 0; n < 60; n += 1) await page.mouse.wheel(0, n % 2 ? 4000 : 700);
    await page.getByRole('grid').focus();
    for (const key of ['End', 'PageUp', 'Home', 'PageDown']) await page.keyboard.press(key);
  });
  assert.deepEqual(long, []);
});

once(`${RATE} requests per second for ${SECONDS} s`, async (world) => {
  const { browser, emulator, page, context } = world;
  await world.signIn('requests');
  await see(page.getByText('No requests yet'));
  const session = await context.newCDPSession(page);
  const before = await heapOf(session);
  const asked = [];
  page.on('response', (response) => response.url().includes('/emulator/requests') && asked.push(performance.now()));
  let sent = 0;
  const work = async () => {
    sent += await askEvenly(emulator, 15);
  };
  // A trace of an hour does not fit into memory, so the first and the last seconds are looked at.
  const long = await longTasks(browser, page, work);
  if (isLong) sent += await askEvenly(emulator, SECONDS - 30);
  asked.length = Math.min(asked.length, 1000);
  long.push(...(await longTasks(browser, page, work)));
  await see(row(page, `even-`).first());
  assert.ok(sent > RATE * 15, `Only ${sent} requests were sent.`);
  assert.deepEqual(long, []);
  const gaps = asked.slice(1).map((time, index) => time - asked[index]);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  assert.ok(mean >= 290, `The page asked each ${mean} ms.`);
  const grown = (await heapOf(session)) - before;
  console.log(`${sent} requests: the page grew by ${(grown / 1e6).toFixed(1)} MB.`);
  assert.ok(grown < MOST_GROWTH, `The page grew by ${grown} bytes.`);
});

once('a page that was left behind by 10,000 requests goes on with the last ones, and says so', async (world) => {
  const { emulator, page } = world;
  await askMany(emulator, 'old', 1, 5);
  await world.signIn('requests');
  await see(row(page, 'old-5').first());
  await page.keyboard.press('p');
  await see(line(page).getByText('Paused'));
  await askMany(emulator, 'later', 1, 10_500);
  await see(line(page).getByText(/10,000\+ new/));
  await page.keyboard.press('p');
  await see(row(page, 'later-10500').first());
  await see(line(page).getByText(/^[5-9]\d\d not shown: they came faster/));
  await see(line(page).getByText(/^(10,000|9,9\d\d) requests/));
});
