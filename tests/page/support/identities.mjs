// What the tests of the view Identities find on it.
import { openRow } from './rows.mjs';
import { see } from './see.mjs';

export const list = (page) => page.getByRole('grid', { name: 'Identities' });
export const row = (page, text) => list(page).getByRole('row').filter({ hasText: text });
export const details = (page) => page.getByRole('complementary', { name: 'Identity' });
export const dialog = (page) => page.getByRole('dialog');
export const button = (place, name) => place.getByRole('button', { name, exact: true });

/** Creates an identity by the control API, and returns it. */
export const create = (emulator, customId) => emulator.control('POST', 'identities', customId ? { customId } : {});

/** Opens the view with one identity, and its details. Returns its raw id. */
export async function openOne(world, customId = 'alice@contoso.com') {
  const { id } = await create(world.emulator, customId);
  await world.signIn('identities');
  await openRow(world, list(world.page), row(world.page, id.slice(-12)));
  await see(details(world.page).getByText(id));
  return id;
}
