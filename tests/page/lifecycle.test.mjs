// What happens to the emulator while the page is open: the page says it, and goes on.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { eventually, gone, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

// The seed gives the emulator the same resource id at each start, and one identity.
const folder = mkdtempSync(join(tmpdir(), 'page-seed-'));
const seed = join(folder, 'seed.json');
const writeSeed = (resourceId) =>
  writeFileSync(seed, JSON.stringify({ resourceId, identities: [{ customId: 'seeded' }] }));
writeSeed('1f0e2d3c-0000-4000-8000-000000000001');
const { once, byMouse } = suite(['--seed', seed]);
after(() => rmSync(folder, { recursive: true, force: true }));

const button = (page, name) => page.getByRole('button', { name, exact: true });
const identities = (page, count) => page.getByRole('link', { name: `Identities ${count}`, exact: true });
const SILENT =
  'The emulator does not answer. It may have been stopped. This page goes on as soon as it answers again.';

/** Browsers write each request without an answer to the console. */
const NO_ANSWER = /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_SOCKET_NOT_CONNECTED/;

once('stopped: the page says it, and goes on when the emulator is started again', async (world) => {
  const { page, emulator, watch } = world;
  await emulator.identity('alice');
  await world.signIn('clock');
  await see(identities(page, 1));
  watch.expect(NO_ANSWER);
  await emulator.stop();
  await see(page.getByRole('alert').filter({ hasText: SILENT }));
  // The clock stands still, because nobody knows what it shows.
  const clock = page.locator('.clock-now');
  const stands = await clock.innerText();
  await page.waitForEvent('requestfailed');
  await page.waitForEvent('requestfailed');
  assert.equal(await clock.innerText(), stands);
  await emulator.start();
  await see(page.getByText('The emulator was started again. The page shows what it holds now.'));
  await gone(page.getByText(SILENT));
  await eventually(async () => assert.notEqual(await clock.innerText(), stands));
  // The seed has one identity, and the former one is gone with the memory.
  await emulator.identity('bob');
  await see(identities(page, 2));
});

byMouse('stopped: an action says that there is no answer, and works later', async (world) => {
  const { page, hand, emulator, watch } = world;
  await world.signIn('clock');
  await see(button(page, 'Freeze'));
  watch.expect(NO_ANSWER);
  await emulator.stop();
  await see(page.getByText(SILENT));
  await hand.press(button(page, 'Freeze'));
  await see(page.locator('.clock-card').getByText('The emulator does not answer.'));
  await emulator.start();
  await gone(page.getByText(SILENT));
  await hand.press(button(page, 'Freeze'));
  await see(button(page, 'Resume'));
  assert.equal((await emulator.control('GET', 'clock')).frozen, true);
  await gone(page.locator('.clock-card').getByText('The emulator does not answer.'));
});

once('another emulator at the same address is named as such', async (world) => {
  const { page, emulator, watch } = world;
  await world.signIn('state');
  watch.expect(NO_ANSWER);
  await emulator.stop();
  await see(page.getByText(SILENT));
  writeSeed(randomUUID());
  await emulator.start();
  await see(page.getByText('Another emulator runs at this address now. The page shows what it holds.'));
});

byMouse('a new control secret: the page says why it signs in again, and does so', async (world) => {
  const { page, hand, emulator, watch } = world;
  await world.signIn('state');
  watch.expect(NO_ANSWER);
  watch.expect(/status of 401/);
  await emulator.stop();
  await see(page.getByText(SILENT));
  emulator.secret = randomUUID();
  await emulator.start();
  await see(page.getByText('The emulator does not know the control secret of this page.'));
  await hand.fill(page.getByLabel('Connection string'), emulator.connectionString);
  await hand.press(button(page, 'Sign in'));
  await see(page.getByRole('navigation', { name: 'Views' }));
  assert.deepEqual(await page.evaluate(() => Object.values(sessionStorage)), [emulator.secret]);
});

once('reset elsewhere: the page says it, and shows that there is nothing', async (world) => {
  const { page, emulator } = world;
  await emulator.identity('alice');
  await emulator.control('POST', 'faults', { status: 500, operation: 'describe' });
  await world.signIn('clock');
  await see(page.locator('table.faults'));
  await emulator.control('POST', 'reset');
  await see(page.getByText('The emulator was reset: all identities and assignments were deleted.'));
  await see(page.getByText('No faults'));
  await see(identities(page, 0));
});

once('imported elsewhere: the page says it, and shows the state', async (world) => {
  const { page, emulator } = world;
  await emulator.identity('alice');
  const headers = { authorization: `Bearer ${emulator.secret}` };
  const { text } = await emulator.send('GET', '/emulator/export', { headers });
  await emulator.control('POST', 'reset');
  await world.signIn('state');
  await see(identities(page, 0));
  const answer = await emulator.send('POST', '/emulator/import', { headers, body: text });
  assert.equal(answer.status, 200, answer.text);
  await see(page.getByText('A state was imported. The page shows it now.'));
  await see(identities(page, 1));
});

once('a key regenerated elsewhere: the page says it, and shows the new key', async (world) => {
  const { page, hand, emulator } = world;
  await world.signIn('state');
  const { secondaryKey } = await emulator.control('POST', 'list-keys');
  await hand.press(button(page, 'Show the secondary key'));
  await see(page.getByText(secondaryKey, { exact: true }));
  const after = await emulator.control('POST', 'regenerate-key', { keyType: 'Secondary' });
  await see(page.getByText('An access key was regenerated. Tokens that were issued with it are revoked.'));
  await see(page.getByText(after.secondaryKey, { exact: true }));
  await gone(page.getByText(secondaryKey, { exact: true }));
});

once('what the page did itself and what was done elsewhere are told apart', async (world) => {
  const { page, hand, emulator } = world;
  await world.signIn('state');
  await hand.press(button(page, 'Reset the emulator…'));
  await hand.press(page.getByRole('dialog').getByRole('button', { name: 'Reset the emulator' }));
  await see(page.getByText('The emulator was reset. 0 identities'));
  const { history } = await emulator.control('GET', 'status');
  await emulator.control('POST', 'reset');
  assert.equal((await emulator.control('GET', 'status')).history.resets, history.resets + 1);
  await see(page.getByText('The emulator was reset: all identities and assignments were deleted.'));
});
