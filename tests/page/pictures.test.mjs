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

once('the views of an emulator in use', async (world) => {
  const { emulator, page } = world;
  const { ids, token } = await furnish(emulator);
  const looks = async (name) => {
    await accessible(page, name);
    await usesTheWidth(page, name);
    await picture(page, name);
  };

  await world.signIn();
  await see(page.locator('.client').getByText('trusts it').first());
  if (isWriting) await bustle(emulator, ids['ada.lovelace@contoso.com']);
  await looks('start');

  const id = ids['edsger.dijkstra@contoso.com'];
  await page.goto(`${emulator.page}#/identities/${encodeURIComponent(id)}`);
  await see(page.getByRole('complementary').getByText('revokeAccessTokens'));
  await looks('identities');

  await page.goto(`${emulator.page}#/requests`);
  await see(row(page, '401'));
  await looks('requests');
  await row(page, '401').filter({ hasText: 'azsdk-java' }).click();
  await see(page.getByRole('complementary').getByText('The query is missing'));
  await looks('request');

  await page.goto(`${emulator.page}#/tokens`);
  await page.getByLabel('Token', { exact: true }).fill(token);
  await see(page.getByRole('status').getByText('Accepted'));
  await looks('tokens');

  await emulator.control('POST', 'clock/advance', { by: '3h' });
  await page.goto(`${emulator.page}#/clock`);
  await see(page.getByText('Retry-After 2 s'));
  await looks('clock');
  await emulator.control('POST', 'clock/reset');

  await page.goto(`${emulator.page}#/state`);
  await see(page.locator('.certificate').first());
  await looks('state');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await see(page.getByLabel('Connection string'));
  await accessible(page, 'sign-in');
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
