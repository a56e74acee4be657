// The rules of faults: what they are, their hits, adding and removing them.
import assert from 'node:assert/strict';
import { eventually, gone, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { once, byBothHands, byMouse } = suite();

const button = (page, name) => page.getByRole('button', { name, exact: true });
const rows = (page) => page.locator('table.faults tbody tr');

/** Returns the rules of the emulator, without their ids and hits. */
async function rules(emulator) {
  const { value } = await emulator.control('GET', 'faults');
  return value.map(({ id, hits, ...rule }) => rule);
}

const THROTTLED = { operation: 'createIdentity', status: 429, retryAfter: 1, times: 3 };

once('without faults, the view says what to do', async (world) => {
  await world.signIn('clock');
  await see(world.page.getByText('No faults'));
  await see(world.page.getByText('Add a fault to see how a client takes an error.'));
  assert.equal(await button(world.page, 'Clear all…').count(), 0);
});

byBothHands('each preset adds its rule', async (world) => {
  const { page, hand, emulator } = world;
  await world.signIn('clock');
  const presets = {
    'Throttled: 429 three times': { status: 429, retryAfter: 1, times: 3 },
    'Slow: 2 s': { delayMilliseconds: 2000 },
    'Cut before the work': { drop: 'before', times: 1 },
    'Cut after the work': { drop: 'after', times: 1 },
    'Expired tokens': { tokenExpiresInSeconds: -60 },
    '500 every third': { every: 3, status: 500 },
  };
  for (const [at, name] of Object.keys(presets).entries()) {
    await hand.press(button(page, name));
    await hand.press(button(page, 'Add the fault'));
    await eventually(async () => assert.equal(await rows(page).count(), at + 1));
  }
  assert.deepEqual(await rules(emulator), Object.values(presets));
});

byBothHands('a rule can have every member', async (world) => {
  const { page, hand, emulator } = world;
  await world.signIn('clock');
  const fill = (label, text) => hand.fill(page.getByLabel(label, { exact: true }), text);
  await fill('Status', '503');
  await fill('Code', 'Busy');
  await fill('Message', 'Come back later.');
  await fill('Retry-After (s)', '7');
  await fill('Delay (ms)', '1500');
  await fill('Shift of all times (s)', '-7200');
  await hand.press(page.locator('summary'));
  await hand.press(page.getByRole('checkbox', { name: 'issueAccessToken' }));
  await hand.press(page.getByRole('checkbox', { name: 'createIdentity' }));
  await hand.choose(page.getByLabel('Method'), 'POST');
  await fill('Path', '/identities/**');
  await fill('Identity', 'alice');
  await fill('Only every n-th', '2');
  await fill('Probability', '0.5');
  await fill('Seed', '9');
  await hand.press(page.getByRole('checkbox', { name: 'Hit requests before they authenticate' }));
  await fill('Times', '4');
  await fill('Until (UTC)', '2100-01-31 09:00');
  await hand.press(button(page, 'Add the fault'));
  await see(rows(page));
  assert.deepEqual(await rules(emulator), [
    {
      operation: 'createIdentity,issueAccessToken',
      method: 'POST',
      path: '/identities/**',
      identity: 'alice',
      every: 2,
      probability: 0.5,
      seed: 9,
      status: 503,
      code: 'Busy',
      message: 'Come back later.',
      retryAfter: 7,
      delayMilliseconds: 1500,
      shiftSeconds: -7200,
      times: 4,
      until: '2100-01-31T09:00:00.0000000+00:00',
      includeUnauthenticated: true,
    },
  ]);
  const text = (await rows(page).innerText()).replace(/\s+/g, ' ');
  for (const part of [
    'createIdentity issueAccessToken POST /identities/** of alice every 2nd 50 % by chance (seed 9)',
    'also without authentication',
    'waits 1.5 s 503 Busy “Come back later.” Retry-After 7 s times 2 h behind',
    '4 times until 2100-01-31 09:00:00',
  ]) {
    assert.ok(text.includes(part), `'${part}' is not in '${text}'.`);
  }
});

byMouse('an answer can be cut, and tokens can expire', async (world) => {
  const { page, hand, emulator } = world;
  await world.signIn('clock');
  await hand.choose(page.getByLabel('Answer'), 'A cut body');
  await hand.fill(page.getByLabel('Cut after (bytes)'), '10');
  await hand.fill(page.getByLabel('Tokens expire in (s)'), '30');
  await hand.press(button(page, 'Add the fault'));
  await see(rows(page));
  assert.deepEqual(await rules(emulator), [{ truncateBodyAt: 10, tokenExpiresInSeconds: 30 }]);
});

once('all operations that the emulator knows can be chosen', async (world) => {
  const { page, hand, emulator } = world;
  const headers = { authorization: `Bearer ${emulator.secret}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ operation: 'none', status: 500 });
  const refused = await emulator.send('POST', '/emulator/faults', { headers, body });
  const [, known] = /must be one of (.*), but it is/.exec(refused.json().error.message);
  await world.signIn('clock');
  await hand.press(page.locator('summary'));
  const offered = await page.locator('.operations-list label').allInnerTexts();
  assert.deepEqual(offered.map((name) => name.trim()).sort(), known.split(', ').sort());
});

once('hits are shown as they come, and a rule that is used up has ended', async (world) => {
  const { page, emulator } = world;
  await emulator.control('POST', 'faults', THROTTLED);
  await world.signIn('clock');
  const hits = rows(page).locator('.fault-hits');
  await eventually(async () => assert.equal(await hits.innerText(), '0'));
  for (const [at, status] of [429, 429, 429, 201].entries()) {
    assert.equal((await emulator.service('POST', '/identities', {})).status, status);
    await eventually(async () => assert.equal(await hits.innerText(), String(Math.min(at + 1, 3))));
  }
  await see(rows(page).locator('.badge', { hasText: 'ended' }));
});

byBothHands('a rule is deleted', async (world) => {
  const { page, hand, emulator } = world;
  for (const status of [500, 501, 502]) await emulator.control('POST', 'faults', { status });
  await world.signIn('clock');
  await see(rows(page));
  for (const left of [[500, 502], [500], []]) {
    // The middle one, then the last one, then the only one.
    const at = left.length === 2 ? 1 : left.length;
    await hand.press(
      rows(page)
        .nth(at)
        .getByRole('button', { name: /^Delete fault/ }),
    );
    await eventually(async () => assert.equal(await rows(page).count(), left.length));
    assert.deepEqual(
      await rules(emulator),
      left.map((status) => ({ status })),
    );
  }
  await see(page.getByText('No faults'));
});

byBothHands('all rules are cleared after a question', async (world) => {
  const { page, hand, emulator } = world;
  for (const status of [500, 501]) await emulator.control('POST', 'faults', { status });
  await world.signIn('clock');
  await hand.press(button(page, 'Clear all…'));
  const dialog = page.getByRole('dialog', { name: 'Clear all faults?' });
  await see(dialog.getByText('All 2 faults are deleted.'));
  await hand.close(dialog);
  await gone(dialog);
  assert.equal((await rules(emulator)).length, 2);
  await hand.press(button(page, 'Clear all…'));
  await hand.press(dialog.getByRole('button', { name: 'Clear all faults' }));
  await see(page.getByText('No faults'));
  assert.deepEqual(await rules(emulator), []);
});

byMouse('an error of the emulator stands at the field that it names', async (world) => {
  const { page, hand, emulator, watch } = world;
  await world.signIn('clock');
  watch.expect(/status of 400/);
  for (const [label, text, words] of [
    ['Status', '200', /must be a status from 400 to 599/],
    ['Only every n-th', 'x', /must be a whole number/],
    ['Probability', '2', /at most 1/],
    ['Seed', '4', /needs 'probability'/],
    ['Path', 'identities', /must begin with/],
    ['Times', '0', /must be at least 1/],
    ['Until (UTC)', 'tomorrow', /must be a time/],
    ['Delay (ms)', '300001', /must be at most 300000/],
  ]) {
    const field = page.getByLabel(label, { exact: true });
    const before = await field.inputValue();
    await hand.fill(field, text);
    await hand.press(button(page, 'Add the fault'));
    await see(page.locator('.field', { has: field }).locator('.field-error', { hasText: words }));
    assert.equal(await page.locator('.field-error').count(), 1, label);
    // The focus is at the field, so that it can be mended at once.
    await eventually(async () =>
      assert.ok(await field.evaluate((element) => element === document.activeElement), label),
    );
    await hand.fill(field, before);
  }
  await hand.choose(page.getByLabel('Answer'), 'As usual');
  await hand.press(button(page, 'Add the fault'));
  const answer = page.locator('.field', { has: page.getByLabel('Answer') });
  await see(answer.locator('.field-error', { hasText: 'must be given' }));
  assert.deepEqual(await rules(emulator), []);
});

once('a rule from elsewhere is shown, and its texts do nothing', async (world) => {
  const { page, emulator } = world;
  await world.signIn('clock');
  await see(page.getByText('No faults'));
  const text = '<img src=x onerror=document.title=1>\u202e\u0000';
  await emulator.control('POST', 'faults', { identity: text, status: 500, code: text, message: text });
  const shown = page.locator('table.faults bdi', {
    hasText: '<img src=x onerror=document.title=1>\\u{202e}\\u{0}',
  });
  await eventually(async () => assert.equal(await shown.count(), 3));
  assert.equal(await page.locator('table.faults img').count(), 0);
  await emulator.control('DELETE', 'faults');
  await see(page.getByText('No faults'));
});
