// Signing in: by a link that works once, and by a connection string.
import assert from 'node:assert/strict';
import { newContext } from './support/browser.mjs';
import { accessible } from './support/forms.mjs';
import { gone, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';
import { Watch } from './support/watch.mjs';

const { once, byBothHands, byMouse } = suite();

const views = (page) => page.getByRole('navigation', { name: 'Views' });
const field = (page) => page.getByLabel('Connection string');
const button = (page) => page.getByRole('button', { name: 'Sign in', exact: true });
const problem = (page) => page.getByRole('alert');

once('a link signs in, and its code is removed from the URL', async ({ emulator, page }) => {
  await page.goto(await emulator.link());
  await see(views(page));
  assert.equal(new URL(page.url()).hash.includes('code'), false);
  // The tab stays signed in.
  await page.reload();
  await see(views(page));
});

once('a link works once, and the page says so', async ({ emulator, page, browser, watch }) => {
  const link = await emulator.link();
  await page.goto(link);
  await see(views(page));
  const context = await newContext(browser);
  try {
    const later = new Watch(context, [emulator.origin]);
    const other = await context.newPage();
    await other.goto(link);
    await see(other.getByText(/This link was used before/));
    await see(other.getByText('az communication emulator open'));
    assert.ok(!other.url().includes('code='), other.url());
    later.expect(/status of 401/);
    await later.check();
    // Another link is opened in the same tab: only the fragment changes.
    await other.goto(await emulator.link());
    await see(views(other));
  } finally {
    await context.close();
  }
  // The first page is not disturbed.
  await see(views(page));
});

once('a code that was never given is refused', async ({ emulator, page, watch }) => {
  watch.expect(/status of 401/);
  await page.goto(`${emulator.page}#code=AAAAAAAAAAAAAAAAAAAAAA`);
  await see(page.getByText(/This link was used before/));
  assert.deepEqual(await page.evaluate(() => ({ ...sessionStorage })), {});
});

byBothHands(
  'a connection string signs in, and its key is neither sent nor kept',
  async ({ emulator, page, hand }) => {
    // The page shows the well-known key, which is not a secret. So the emulator gets another one.
    await emulator.control('POST', 'regenerate-key', { keyType: 'Primary' });
    emulator.accessKey = (await emulator.control('POST', 'list-keys')).primaryKey;
    const sent = [];
    page.on('request', (request) => sent.push(request));
    await page.goto(emulator.page);
    await hand.fill(field(page), emulator.connectionString);
    await hand.press(button(page));
    await see(views(page));
    const texts = sent.map((request) =>
      [request.url(), request.postData(), JSON.stringify(request.headers())].join(' '),
    );
    assert.ok(sent.length > 3);
    assert.deepEqual(
      texts.filter((text) => text.includes(emulator.accessKey)),
      [],
    );
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...sessionStorage }, { ...localStorage }, history.state]),
    );
    assert.ok(!kept.includes(emulator.accessKey));
    assert.ok(!(await page.content()).includes(emulator.accessKey.slice(0, 20)));
    await page.reload();
    await see(views(page));
  },
);

byMouse('what is wrong with a connection string is explained', async ({ emulator, page, hand, watch }) => {
  watch.expect(/status of 401/);
  await page.goto(emulator.page);
  const otherKey = Buffer.from('another key').toString('base64');
  for (const [text, pattern] of [
    ['hello', /This is not a connection string/],
    ['endpoint=https://localhost:10100/', /This is not a connection string/],
    [emulator.connectionString.slice(0, -3), /is not base64\. It may have been cut/],
    [`endpoint=https://localhost:10100/;accesskey=${otherKey}`, /does not accept this access key/],
  ]) {
    await hand.fill(field(page), text);
    await hand.press(button(page));
    await see(problem(page).filter({ hasText: pattern }));
  }
  // The text is still there, and can be mended.
  await hand.fill(field(page), `  "${emulator.connectionString}"  `);
  await hand.press(button(page));
  await see(views(page));
});

byBothHands('signing out forgets the secret', async (world) => {
  const { page, hand } = world;
  await world.signIn();
  await hand.press(page.getByRole('button', { name: 'Sign out' }));
  await see(field(page));
  await gone(views(page));
  await hand.end();
  assert.deepEqual(await page.evaluate(() => ({ ...sessionStorage })), {});
  await page.reload();
  await see(field(page));
});

once('the sign-in view is accessible', async ({ emulator, page, hand, watch }) => {
  await page.goto(emulator.page);
  await see(field(page));
  await accessible(page, 'sign-in');
  await hand.fill(field(page), 'hello');
  await hand.press(button(page));
  await see(problem(page));
  await accessible(page, 'sign-in with an error');
  watch.expect(/status of 401/);
  await page.goto(`${emulator.page}#code=AAAAAAAAAAAAAAAAAAAAAA`);
  await see(page.getByText(/This link was used before/));
  await accessible(page, 'sign-in after a used link');
});
