// Every view as a team sees it after a while: accessible in all forms, as wide as the window, and drawn for the documents.
import assert from 'node:assert/strict';
import { WINDOW } from './support/browser.mjs';
import { accessible, take } from './support/forms.mjs';
import { isWriting, picture } from './support/pictures.mjs';
import { row } from './support/requests.mjs';
import { bustle, furnish } from './support/scenery.mjs';
import { see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { once } = suite();

/** A very wide window. */
const WIDE = 2560;

/** Declares the test of a picture. `work` brings the view in sight. */
function draws(name, work) {
  once(`the picture ${name}`, async (world) => {
    const held = await furnish(world.emulator);
    await work(world, held);
    await accessible(world.page, name);
    await usesTheWidth(world.page, name);
    if (isWriting && name === 'start') await bustle(world.emulator, Object.values(held.ids)[0]);
    await picture(world.page, name);
  });
}

draws('start', async (world) => {
  await world.signIn();
  await see(world.page.locator('.client').getByText('trusts it').first());
});

draws('identities', async (world, { ids }) => {
  await world.signIn(`identities/${encodeURIComponent(ids['edsger.dijkstra@contoso.com'])}`);
  await see(world.page.getByRole('complementary').getByText('revokeAccessTokens'));
});

draws('requests', async (world) => {
  await world.signIn('requests');
  await see(row(world.page, '401').first());
});

draws('request', async (world) => {
  await world.signIn('requests');
  const refused = row(world.page, '401').filter({ hasText: 'azsdk-java' });
  await see(refused);
  await refused.click();
  await see(world.page.getByRole('complementary').getByText('The query is missing'));
});

draws('tokens', async (world, { token }) => {
  await world.signIn('tokens');
  await world.page.getByLabel('Token', { exact: true }).fill(token);
  await see(world.page.getByRole('status').getByText('Accepted'));
});

draws('clock', async (world) => {
  await world.emulator.control('POST', 'clock/advance', { by: '3h' });
  await world.signIn('clock');
  await see(world.page.getByText('Retry-After 2 s'));
});

draws('state', async (world) => {
  await world.signIn('state');
  await see(world.page.locator('.certificate').first());
});

once('the picture of the sign-in', async ({ emulator, page }) => {
  await page.goto(emulator.page);
  await see(page.getByLabel('Connection string'));
  await picture(page, 'sign-in');
});

/** Fails if a view leaves a side of a very wide window empty. */
async function usesTheWidth(page, name) {
  await take(page, WIDE, 'light', 1300);
  const { right, end } = await page.evaluate(() => ({
    right: Math.max(...[...document.querySelectorAll('main *')].map((part) => part.getBoundingClientRect().right)),
    end: document.querySelector('main').getBoundingClientRect().right,
  }));
  assert.ok(end >= WIDE - 20 && right > end - 40, `${name} ends at ${right} of ${end} px.`);
  await take(page, WINDOW.width, 'light');
}
