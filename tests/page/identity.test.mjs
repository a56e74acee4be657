// The details of an identity: its tokens, its end, its assignments and requests.
import assert from 'node:assert/strict';
import { button, create, details, dialog, openOne, row } from './support/identities.mjs';
import { copied, eventually, gone, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { once, byBothHands } = suite();

const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

byBothHands('a token is issued with scopes and a lifetime, and copied', async (world) => {
  const { emulator, page, hand } = world;
  const id = await openOne(world);
  for (const scope of ['voip', 'chat.join.limited'])
    await hand.press(details(page).getByLabel(scope, { exact: true }));
  const lifetime = details(page).getByLabel('Lifetime in minutes');
  await hand.fill(lifetime, '59');
  await see(details(page).getByText('Enter a whole number from 60 to 1440.'));
  assert.ok(await button(details(page), 'Issue a token').isDisabled());
  await hand.fill(lifetime, '90');
  await hand.press(button(details(page), 'Issue a token'));
  await hand.press(button(details(page), 'Copy the access token'));
  const token = await eventually(async () => {
    const text = await copied(page);
    assert.match(text, /^eyJ/);
    return text;
  });
  const claims = claimsOf(token);
  assert.equal(`8:${claims.skypeid}`, id);
  assert.equal(claims.acsScope, 'chat,chat.join.limited');
  assert.equal(claims.exp - claims.iat, 90 * 60);
  assert.ok((await emulator.control('GET', `identities/${encodeURIComponent(id)}`)).lastTokenIssuedAt);
  await gone(details(page).getByText('None was issued'));
});

once('a token needs a scope', async (world) => {
  const { page, hand } = world;
  await openOne(world);
  for (const scope of ['chat', 'voip']) await hand.press(details(page).getByLabel(scope, { exact: true }));
  await see(details(page).getByText('Choose at least one scope.'));
  assert.ok(await button(details(page), 'Issue a token').isDisabled());
});

byBothHands('a new token is looked into, and is never in a URL', async (world) => {
  const { page, hand } = world;
  const urls = [];
  page.on('request', (request) => urls.push(request.url()));
  page.on('framenavigated', (frame) => urls.push(frame.url()));
  await openOne(world);
  await hand.press(button(details(page), 'Issue a token'));
  const token = await details(page).getByRole('region', { name: 'Text of the access token' }).innerText();
  await hand.press(details(page).getByRole('link', { name: 'Look into it' }));
  await see(page.getByRole('region', { name: 'What the token is' }).getByText('Accepted'));
  assert.equal(await page.getByLabel('Token', { exact: true }).inputValue(), token);
  assert.equal(new URL(page.url()).hash, '#/tokens');
  const parts = token.split('.');
  assert.deepEqual(
    urls.filter((url) => parts.some((part) => decodeURIComponent(url).includes(part))),
    [],
  );
});

byBothHands('its tokens are revoked after a confirmation', async (world) => {
  const { emulator, page, hand } = world;
  const id = await openOne(world);
  const scopes = { scopes: ['chat'] };
  const { token } = await emulator.control('POST', `identities/${encodeURIComponent(id)}/token`, scopes);
  const isActive = async () => (await emulator.control('POST', 'inspect', { token })).active;
  await hand.press(button(details(page), 'Revoke its tokens…'));
  await see(dialog(page));
  await hand.close(dialog(page));
  await gone(dialog(page));
  assert.equal(await isActive(), true);
  await hand.press(button(details(page), 'Revoke its tokens…'));
  await see(dialog(page).getByText('alice@contoso.com'));
  await hand.press(button(dialog(page), 'Revoke its tokens'));
  await see(page.getByText('The tokens of the identity were revoked.'));
  assert.equal(await isActive(), false);
  await see(details(page).getByText('Tokens that were issued afterwards are valid.'));
  await see(row(page, 'alice').getByText('revoked'));
});

byBothHands('an identity is deleted after a confirmation', async (world) => {
  const { emulator, page, hand } = world;
  await create(emulator, 'bob');
  await openOne(world);
  await hand.press(button(details(page), 'Delete the identity…'));
  await see(dialog(page));
  await hand.close(dialog(page));
  await gone(dialog(page));
  await hand.press(button(details(page), 'Delete the identity…'));
  await see(dialog(page).getByText('alice@contoso.com'));
  await hand.press(button(dialog(page), 'Delete the identity'));
  await see(page.getByText('The identity was deleted.'));
  await gone(details(page));
  await gone(row(page, 'alice'));
  await see(row(page, 'bob'));
  assert.equal((await emulator.control('GET', 'status')).identities, 1);
});

byBothHands('its assignments and its last requests are shown, and lead to all of them', async (world) => {
  const { emulator, page, hand } = world;
  const id = await openOne(world);
  await see(details(page).getByText('No assignment names this identity.'));
  await see(details(page).getByText('No request of a client has named it since the start.'));
  const [tenant, application] = ['7e4a0000-0000-4000-8000-000000000001', 'c11e0000-0000-4000-8000-000000000001'];
  const path = `/access/teamsExtension/tenants/${tenant}/assignments/${id.split('_')[1]}`;
  const put = await emulator.service('PUT', path, { principalType: 'user', clientIds: [application] });
  assert.ok(put.status < 300, put.text);
  await emulator.service('POST', `/identities/${encodeURIComponent(id)}/:issueAccessToken`, { scopes: ['chat'] });
  await see(details(page).getByRole('cell', { name: 'issueAccessToken' }));
  await see(details(page).getByText(tenant));
  await see(details(page).getByText(application));
  await hand.press(details(page).getByRole('link', { name: 'All its requests' }));
  await see(page.getByRole('heading', { name: 'Requests', level: 1 }));
  assert.equal(new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('identity'), id);
});
