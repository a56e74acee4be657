// The view Identities: the list, the search and the creation.
import assert from 'node:assert/strict';
import { accessible } from './support/forms.mjs';
import { button, create, details, dialog, list, openOne, row } from './support/identities.mjs';
import { openRow } from './support/rows.mjs';
import { copied, eventually, gone, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { once, byBothHands, byMouse } = suite();

const search = (page) => page.getByRole('searchbox', { name: /^Search/ });
const count = (page) => page.locator('.identities-count');

byBothHands('an identity is created with a custom id, and is open afterwards', async (world) => {
  const { emulator, page, hand } = world;
  await world.signIn('identities');
  await see(page.getByText('There are no identities yet.'));
  await hand.press(button(page, 'Create an identity'));
  await hand.fill(dialog(page).getByLabel('Custom id (optional)'), 'alice@contoso.com');
  await hand.press(button(dialog(page), 'Create the identity'));
  await see(details(page).getByText('alice@contoso.com'));
  const { id } = await emulator.control('GET', 'identities/alice%40contoso.com');
  await see(details(page).getByText(id));
  assert.equal(new URL(page.url()).hash, `#/identities/${encodeURIComponent(id)}`);
  await see(row(page, 'alice@contoso.com'));
  await hand.press(button(details(page), 'Copy the custom id'));
  await eventually(async () => assert.equal(await copied(page), 'alice@contoso.com'));
  await hand.press(button(details(page), 'Close the details'));
  await gone(details(page));
  assert.equal(new URL(page.url()).hash, '#/identities');
});

byMouse('an identity is created without a custom id', async (world) => {
  const { emulator, page, hand } = world;
  await world.signIn('identities');
  await hand.press(button(page, 'Create an identity'));
  await hand.press(button(dialog(page), 'Create the identity'));
  await see(details(page));
  const { value } = await emulator.control('GET', 'identities');
  assert.deepEqual(
    value.map(({ customId }) => customId),
    [null],
  );
  await see(details(page).getByText(value[0].id));
});

byMouse('a creation is cancelled', async (world) => {
  const { emulator, page, hand } = world;
  await world.signIn('identities');
  await hand.press(button(page, 'Create an identity'));
  await hand.fill(dialog(page).getByLabel('Custom id (optional)'), 'alice');
  await hand.close(dialog(page));
  await gone(dialog(page));
  assert.equal((await emulator.control('GET', 'status')).identities, 0);
});

once('a custom id that exists opens its identity, and the page says so', async (world) => {
  const { emulator, page, hand } = world;
  const { id } = await create(emulator, 'alice');
  await world.signIn('identities');
  await hand.press(button(page, 'Create an identity'));
  await hand.fill(dialog(page).getByLabel('Custom id (optional)'), 'alice');
  await hand.press(button(dialog(page), 'Create the identity'));
  await see(details(page).getByText(id));
  await see(page.getByText('An identity with this custom id was there already.'));
});

once('a custom id that is too long is refused, and the dialog says why', async (world) => {
  const { page, hand, watch } = world;
  watch.expect(/status of 400/);
  await world.signIn('identities');
  await hand.press(button(page, 'Create an identity'));
  await hand.fill(dialog(page).getByLabel('Custom id (optional)'), 'x'.repeat(257));
  await hand.press(button(dialog(page), 'Create the identity'));
  await see(dialog(page).getByRole('alert').getByText('256'));
});

byBothHands('the search finds parts of custom ids and of raw ids', async (world) => {
  const { emulator, page, hand } = world;
  const ids = [];
  for (const name of ['alice@contoso.com', 'bob@contoso.com', undefined])
    ids.push((await create(emulator, name)).id);
  await world.signIn('identities');
  await see(row(page, 'alice'));
  if (hand.name === 'keyboard') {
    await page.keyboard.press('/');
    await page.keyboard.type('ALICE@');
  } else await hand.fill(search(page), 'ALICE@');
  await gone(row(page, 'bob'));
  await see(row(page, 'alice'));
  assert.equal(await count(page).innerText(), '1 found');
  await hand.fill(search(page), ids[2].slice(-12));
  await see(row(page, ids[2].slice(-12)));
  await gone(row(page, 'alice'));
  await hand.fill(search(page), 'nobody');
  await see(page.getByText('No identity has this in its custom id or raw id.'));
  await hand.press(button(page, 'Clear the search'));
  await see(row(page, 'bob'));
  assert.equal(await search(page).inputValue(), '');
});

once('only the last of several searches is shown, and the former ones are ended', async (world) => {
  const { emulator, page } = world;
  await create(emulator, 'alice');
  await create(emulator, 'bob');
  await world.signIn('identities');
  await see(row(page, 'alice'));
  // The answer to the first search comes late.
  const held = new Promise((found) => page.route('**/identities?filter=al*', (route) => found(route)));
  await search(page).fill('al');
  const route = await held;
  const ended = page.waitForEvent('requestfailed');
  await search(page).fill('bo');
  assert.match((await ended).url(), /filter=al/);
  await see(row(page, 'bob'));
  await gone(row(page, 'alice'));
  await route.abort().catch(() => undefined);
  await see(row(page, 'bob'));
});

once('further pages are loaded while the list is scrolled', async (world) => {
  const { emulator, page } = world;
  const all = [];
  for (let n = 0; n < 450; n += 1) all.push(create(emulator, `user${n}`));
  await Promise.all(all);
  await world.signIn('identities');
  await see(list(page));
  assert.equal(await count(page).innerText(), '450 identities');
  await list(page).focus();
  await eventually(async () => {
    await page.keyboard.press('End');
    assert.equal(await list(page).getByRole('row').last().getAttribute('aria-rowindex'), '451');
  });
  // Only what is in sight is in the document.
  assert.ok((await list(page).getByRole('row').count()) < 100);
});

once('what clients make is in the list at once', async (world) => {
  const { emulator, page } = world;
  await world.signIn('identities');
  await see(page.getByText('There are no identities yet.'));
  await emulator.identity('alice@contoso.com');
  await see(row(page, 'alice@contoso.com'));
  await eventually(async () => assert.equal(await count(page).innerText(), '1 identity'));
});

once('after a reset, the list is empty and open details say so', async (world) => {
  const { emulator, page, watch } = world;
  watch.expect(/status of 404/);
  await openOne(world);
  await emulator.control('POST', 'reset');
  await see(page.getByText('There are no identities yet.'));
  await see(details(page).getByRole('alert'));
  await emulator.identity('bob');
  await see(row(page, 'bob'));
});

once('hostile custom ids are shown harmlessly', async (world) => {
  const { emulator, page, hand } = world;
  const hostile = {
    '<img src=x onerror="document.title=1">': '<img src=x onerror="document.title=1">',
    'a\u202Egpj.exe': 'a\\u{202e}gpj.exe',
    'nul\u0000end': 'nul\\u{0}end',
    'line\nbreak': 'line\\u{a}break',
  };
  for (const customId of Object.keys(hostile)) await create(emulator, customId);
  await create(emulator, '\u{1F600}'.repeat(256));
  await world.signIn('identities');
  for (const [customId, shown] of Object.entries(hostile)) {
    await openRow(world, list(page), row(page, shown));
    await see(details(page).locator('bdi', { hasText: shown }));
    await hand.press(button(details(page), 'Delete the identity…'));
    await see(dialog(page).locator('bdi', { hasText: shown }));
    await hand.close(dialog(page));
    await hand.press(button(details(page), 'Copy the custom id'));
    await eventually(async () => assert.equal(await copied(page), customId));
  }
  assert.equal(await page.locator('img').count(), 0);
  assert.notEqual(await page.title(), '1');
  await accessible(page, 'hostile custom ids');
});

once('the view has no barriers', async (world) => {
  const { emulator, page, hand } = world;
  await world.signIn('identities');
  await see(page.getByText('There are no identities yet.'));
  await accessible(page, 'no identities');
  await hand.press(button(page, 'Create an identity'));
  await accessible(page, 'the dialog for an identity');
  await hand.close(dialog(page));
  const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy', 'mallory'];
  for (const name of names) {
    const { id } = await create(emulator, `${name}@contoso.com`);
    if (name === 'bob') await emulator.control('POST', `identities/${encodeURIComponent(id)}/revoke`);
  }
  await create(emulator);
  await see(row(page, 'mallory'));
  await accessible(page, 'the list');
  await openRow(world, list(page), row(page, 'bob'));
  await hand.press(button(details(page), 'Issue a token'));
  await see(details(page).getByRole('link', { name: 'Look into it' }));
  await accessible(page, 'the details');
  await hand.press(button(details(page), 'Revoke its tokens…'));
  await accessible(page, 'the confirmation');
});
