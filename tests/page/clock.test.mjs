// The clock of the service: what it shows, and what changes it.
import assert from 'node:assert/strict';
import { accessible } from './support/forms.mjs';
import { eventually, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { once, byBothHands, byMouse } = suite();

const HOUR = 3600;
const DAY = 24 * HOUR;

const button = (page, name) => page.getByRole('button', { name, exact: true });
const shown = (page) => page.locator('.clock-now');
const fact = (page, name) => page.locator('dl > div', { hasText: name }).locator('dd');

/** Reads a time such as `2030-01-31 09:00:00 UTC`, in seconds. */
async function secondsOf(locator) {
  const text = (await locator.innerText()).replace(/\s*UTC/, '').replace(/\s+/, 'T');
  const time = Date.parse(`${text}Z`);
  assert.ok(Number.isFinite(time), `'${text}' is not a time.`);
  return time / 1000;
}

/** Waits until the clock of the service is so far from the machine's, and the page shows it. */
async function isAhead({ page, emulator }, seconds) {
  await eventually(async () => {
    const { offsetSeconds } = await emulator.control('GET', 'clock');
    assert.ok(Math.abs(offsetSeconds - seconds) <= 1, `The offset is ${offsetSeconds}.`);
    const [service, machine] = [await secondsOf(shown(page)), await secondsOf(fact(page, 'Machine’s time'))];
    assert.ok(Math.abs(service - machine - seconds) <= 2, `The page shows ${service - machine}.`);
  });
}

/** Notes each text of an element, and when it came in seconds, until it has changed so often. */
function changesOf(locator, count) {
  return locator.evaluate(
    (element, count) =>
      new Promise((done) => {
        const now = () => performance.now() / 1000;
        const notes = [{ text: element.innerText, at: now() }];
        const observer = new MutationObserver(() => {
          const text = element.innerText;
          if (notes.at(-1).text !== text) notes.push({ text, at: now() });
          if (notes.length <= count) return;
          observer.disconnect();
          done(notes);
        });
        observer.observe(element, { subtree: true, childList: true, characterData: true });
      }),
    count,
  );
}

once('the clock runs second by second, and shows the time of the machine', async (world) => {
  const { page } = world;
  await world.signIn('clock');
  await see(shown(page));
  const notes = await changesOf(shown(page), 4);
  const timeOf = ({ text }) => Date.parse(`${text.replace(/\s*UTC/, '').replace(/\s+/, 'T')}Z`) / 1000;
  // When the first text came is not known. A busy machine draws some seconds late, and leaves some out.
  for (const [before, after] of [2, 3, 4].map((n) => [notes[n - 1], notes[n]])) {
    const step = timeOf(after) - timeOf(before);
    const passed = after.at - before.at;
    assert.ok(step >= 1 && Math.abs(step - passed) < 2, `The clock jumped: ${JSON.stringify(notes)}.`);
  }
  await isAhead(world, 0);
  assert.equal(await fact(page, 'Offset').innerText(), 'none');
});

byBothHands('a clock that is frozen stands still, and runs on', async (world) => {
  const { page, hand, emulator } = world;
  await world.signIn('clock');
  await hand.press(button(page, 'Freeze'));
  await see(button(page, 'Resume'));
  const stands = await shown(page).innerText();
  await changesOf(fact(page, 'Machine’s time'), 2);
  assert.equal(await shown(page).innerText(), stands);
  const { frozen, now } = await emulator.control('GET', 'clock');
  assert.equal(frozen, true);
  assert.equal(await secondsOf(shown(page)), Math.floor(Date.parse(now) / 1000));
  await hand.press(button(page, 'Resume'));
  await see(button(page, 'Freeze'));
  await changesOf(shown(page), 1);
  assert.equal((await emulator.control('GET', 'clock')).frozen, false);
});

byBothHands('buttons move the clock forward and back', async (world) => {
  const { page, hand } = world;
  await world.signIn('clock');
  let ahead = 0;
  for (const [name, by] of [
    ['+1 h', HOUR],
    ['+1 d', DAY],
    ['+10 min', 600],
    ['−1 d', -DAY],
    ['−10 min', -600],
    ['−1 h', -HOUR],
    ['−1 h', -HOUR],
  ]) {
    ahead += by;
    await hand.press(button(page, name));
    await isAhead(world, ahead);
  }
  assert.equal(await fact(page, 'Offset').innerText(), '1 h behind');
});

byBothHands('a duration moves the clock', async (world) => {
  const { page, hand } = world;
  await world.signIn('clock');
  const field = page.getByLabel('Move by a duration');
  await hand.fill(field, '2h');
  await hand.press(button(page, 'Move the clock'));
  await isAhead(world, 2 * HOUR);
  await hand.fill(field, 'PT90M');
  await page.keyboard.press('Enter');
  await isAhead(world, 2 * HOUR + 5400);
  await see(page.getByText('It was moved by PT90M.'));
});

byMouse('a duration that is not one is refused at its field', async (world) => {
  const { page, hand, watch } = world;
  await world.signIn('clock');
  watch.expect(/status of 400/);
  const field = page.getByLabel('Move by a duration');
  await hand.fill(field, '2');
  await hand.press(button(page, 'Move the clock'));
  await see(page.locator('.field-error', { hasText: 'must be a duration with a unit' }));
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await isAhead(world, 0);
});

byBothHands('the clock is set to a time', async (world) => {
  const { page, hand, emulator } = world;
  await world.signIn('clock');
  await hand.press(button(page, 'Freeze'));
  await hand.fill(page.getByLabel('Time (UTC)', { exact: true }), '2030-01-31 09:00');
  assert.equal(await page.getByLabel('Pick the time (UTC)').inputValue(), '2030-01-31T09:00');
  await hand.press(button(page, 'Set the clock'));
  await eventually(async () => assert.match(await shown(page).innerText(), /2030-01-31\s+09:00:00\s+UTC/));
  assert.equal((await emulator.control('GET', 'clock')).now, '2030-01-31T09:00:00.0000000+00:00');
});

once('a time is picked, too', async (world) => {
  const { page, hand } = world;
  await world.signIn('clock');
  await page.getByLabel('Pick the time (UTC)').fill('2031-02-03T04:05:06');
  assert.equal(await page.getByLabel('Time (UTC)', { exact: true }).inputValue(), '2031-02-03 04:05:06');
  await hand.press(button(page, 'Set the clock'));
  await eventually(async () => assert.match(await shown(page).innerText(), /2031-02-03\s+04:05:0\d/));
});

byBothHands('the clock is reset to the time of the machine', async (world) => {
  const { page, hand, emulator } = world;
  await emulator.control('POST', 'clock/set', { now: '2040-01-01T00:00:00Z' });
  await emulator.control('POST', 'clock/freeze');
  await world.signIn('clock');
  await see(page.locator('.badge', { hasText: 'frozen' }));
  await hand.press(button(page, 'Reset to the machine’s time'));
  await see(page.locator('.badge', { hasText: 'running' }));
  await isAhead(world, 0);
});

once('a time that the clock cannot show is refused with the range', async (world) => {
  const { page, hand, watch } = world;
  await world.signIn('clock');
  watch.expect(/status of 4\d\d/);
  await hand.fill(page.getByLabel('Move by a duration'), '-36500d');
  await hand.press(button(page, 'Move the clock'));
  await see(page.getByText(/clock can show times from 1970/));
  await isAhead(world, 0);
});

once('a change from elsewhere is shown', async (world) => {
  const { page, emulator } = world;
  await world.signIn('clock');
  await isAhead(world, 0);
  await emulator.control('POST', 'clock/advance', { by: '25h' });
  await isAhead(world, 25 * HOUR);
  assert.equal(await fact(page, 'Offset').innerText(), '1 d 1 h ahead');
});

once('what a change does to tokens is said before it is made', async (world) => {
  await world.signIn('clock');
  await see(world.page.getByText('access tokens expire when the clock passes their end'));
  await see(world.page.getByText('A revoked one stays revoked.'));
});

once('the view is accessible in all forms, also with faults and errors', async (world) => {
  const { page, hand, emulator, watch } = world;
  await emulator.control('POST', 'clock/advance', { by: '26h' });
  const throttled = { operation: 'issueAccessToken,createIdentity', status: 429, retryAfter: 1, times: 3 };
  for (const fault of [throttled, { delayMilliseconds: 2000, probability: 0.3 }, { tokenExpiresInSeconds: -60 }]) {
    await emulator.control('POST', 'faults', fault);
  }
  await world.signIn('clock');
  await see(page.getByText('Retry-After 1 s'));
  watch.expect(/status of 400/);
  await hand.press(page.locator('summary'));
  await hand.fill(page.getByLabel('Only every n-th'), 'x');
  await hand.press(button(page, 'Add the fault'));
  await see(page.locator('.field-error'));
  await accessible(page, 'clock and faults');
});
