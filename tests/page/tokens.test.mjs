// The view Tokens.
import assert from 'node:assert/strict';
import { accessible } from './support/forms.mjs';
import { copied, eventually, gone, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { once, byBothHands, byMouse } = suite();

const USER = '33333333-3333-4333-8333-333333333333';
const APPLICATION = '44444444-4444-4444-8444-444444444444';

const field = (page) => page.getByLabel('Token', { exact: true });
const result = (page) => page.getByRole('region', { name: 'What the token is' });
const verdict = (page) => result(page).getByRole('status');
const countdown = (page) => result(page).locator('.countdown');
const button = (place, name) => place.getByRole('button', { name, exact: true });
const claim = (page, name) =>
  result(page)
    .locator('.members > div')
    .filter({ has: page.locator('dt', { hasText: name }) });
const path = (id) => `identities/${encodeURIComponent(id)}`;
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

/** Makes an identity with a token of 90 minutes. */
async function issue(emulator, scopes = ['chat', 'voip']) {
  const { id } = await emulator.control('POST', 'identities', {});
  const { token } = await emulator.control('POST', `${path(id)}/token`, { scopes, expiresInMinutes: 90 });
  return { id, token };
}

/** Returns a token with another claim and the same signature. */
function changed(token) {
  const [header, , signature] = token.split('.');
  return `${header}.${part({ ...claimsOf(token), acsScope: 'chat,voip,everything' })}.${signature}`;
}

function secondsOf(text) {
  const [hours, minutes, seconds] = text.split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

byBothHands('an access token is shown with its header, claims, times and signature', async (world) => {
  const { emulator, page, hand } = world;
  const { id, token } = await issue(emulator);
  await world.signIn('tokens');
  await see(result(page).getByText('No token yet.'));
  await hand.fill(field(page), token);
  await see(verdict(page).getByText('Accepted'));
  await see(result(page).getByText('An access token of Communication Services'));
  await see(result(page).getByText('The key that the header names has signed it.'));
  await see(claim(page, 'skypeid').getByText(id.slice(2)));
  await see(claim(page, 'skypeid').getByText('The identity: its raw id'));
  await see(claim(page, 'acsScope').getByText('chat,voip'));
  const { exp } = claimsOf(token);
  const time = new Date(exp * 1000).toISOString().slice(0, 19).replace('T', ' ');
  await see(claim(page, 'exp').getByText(`${time} UTC`));
  await see(claim(page, 'alg').getByText('RS256'));
  assert.match(await countdown(page).innerText(), /^01:(29:\d\d|30:00)$/);
  await hand.press(button(page, 'Clear'));
  await see(result(page).getByText('No token yet.'));
});

once('a token is found among the words of a header, quotation marks and line breaks', async (world) => {
  const { emulator, page, hand } = world;
  const { token } = await issue(emulator);
  await world.signIn('tokens');
  for (const text of [
    `Authorization: Bearer ${token}`,
    `  "${token}"\n`,
    `bearer ${token.match(/.{1,80}/g).join('\n')}`,
  ]) {
    await hand.fill(field(page), text);
    await see(verdict(page).getByText('Accepted'));
    await hand.fill(field(page), '');
    await gone(verdict(page));
  }
});

byBothHands('the page says why a token is refused', async (world) => {
  const { emulator, page, hand } = world;
  const { id, token } = await issue(emulator);
  await world.signIn('tokens');
  await hand.fill(field(page), changed(token));
  await see(verdict(page).getByText('invalid_signature'));
  await see(verdict(page).getByText('Refused'));
  await see(result(page).getByText('does not hold'));
  // The claims are those of the text.
  await see(claim(page, 'acsScope').getByText('chat,voip,everything'));
  await hand.fill(field(page), 'not a token');
  await see(verdict(page).getByText('Not a token'));
  await hand.fill(
    field(page),
    `${part({ alg: 'RS256', kid: 'other' })}.${part({ skypeid: 'acs:a_b', resourceId: 'a' })}.AAAA`,
  );
  await see(verdict(page).getByText('other_resource'));
  await see(result(page).getByText('unknown key'));
  await hand.fill(field(page), token);
  await see(verdict(page).getByText('Accepted'));
  // What happens meanwhile is shown without another action.
  await emulator.service('POST', `/${path(id)}/:revokeAccessTokens`);
  await see(verdict(page).getByText('revoked', { exact: true }));
  await emulator.service('DELETE', `/${path(id)}`);
  await see(verdict(page).getByText('identity_deleted'));
});

once('the time left counts down by the clock of the service', async (world) => {
  const { emulator, page, hand } = world;
  const { token } = await issue(emulator);
  await world.signIn('tokens');
  await hand.fill(field(page), token);
  const left = async () => secondsOf(await countdown(page).innerText());
  await see(countdown(page));
  const first = await left();
  await eventually(async () => assert.ok((await left()) < first));
  await emulator.control('POST', 'clock/advance', { by: '1h' });
  await eventually(async () => assert.ok((await left()) <= first - 3600));
  await emulator.control('POST', 'clock/freeze');
  await see(result(page).getByText('The clock of the service is frozen.'));
  const frozen = await countdown(page).innerText();
  for (let n = 0; n < 2; n += 1)
    await page.waitForResponse((response) => response.url().endsWith('/emulator/status'));
  assert.equal(await countdown(page).innerText(), frozen);
  await emulator.control('POST', 'clock/advance', { by: '1h' });
  await see(verdict(page).getByText('expired', { exact: true }));
  await see(result(page).getByText(/^It expired .* ago\.$/));
});

byBothHands('an Entra token is made, copied, looked into, and exchanged', async (world) => {
  const { emulator, page, hand } = world;
  await world.signIn('tokens');
  await hand.fill(page.getByLabel('User (oid)'), USER);
  await hand.fill(page.getByLabel('Application (appid)'), APPLICATION);
  await hand.press(button(page, 'Make an Entra token'));
  await hand.press(button(page, 'Copy the Entra token'));
  const token = await eventually(async () => {
    const text = await copied(page);
    assert.match(text, /^eyJ/);
    return text;
  });
  assert.equal(claimsOf(token).exp - claimsOf(token).iat, 3600);
  await hand.press(page.getByRole('link', { name: 'Look into it' }));
  await see(verdict(page).getByText('Accepted'));
  await see(result(page).getByText('An Entra token', { exact: true }));
  await see(claim(page, 'oid').getByText(USER));
  await see(claim(page, 'appid').getByText(APPLICATION));
  assert.equal(await field(page).inputValue(), token);
  assert.equal(new URL(page.url()).hash, '#/tokens');
  const body = { token, appId: APPLICATION, userId: USER };
  const exchanged = await emulator.service('POST', '/teamsUser/:exchangeAccessToken', body);
  assert.equal(exchanged.status, 200, exchanged.text);
});

byMouse('Entra tokens for other purposes, and for refusals, are made', async (world) => {
  const { page, hand } = world;
  await world.signIn('tokens');
  const make = async () => {
    await hand.press(button(page, 'Make an Entra token'));
    const text = page.getByRole('region', { name: 'Text of the Entra token' });
    const former = made;
    made = await eventually(async () => {
      const token = await text.innerText({ timeout: 1000 });
      assert.notEqual(token, former);
      return token;
    });
    await hand.press(page.getByRole('link', { name: 'Look into it' }));
    await eventually(async () => assert.equal(await field(page).inputValue(), made));
    await see(claim(page, 'uti').getByText(claimsOf(made).uti));
    return claimsOf(made);
  };
  let made = '';
  for (const [purpose, audience] of [
    ['Token of a Teams extension user, to exchange', 'https://auth.msft.communication.azure.com'],
    ['Token of an Entra user, to exchange', 'https://communication.azure.com/clients'],
    ['Token for calls of the service, instead of an access key', 'https://communication.azure.com/'],
  ]) {
    await hand.choose(page.getByLabel('Purpose'), purpose);
    assert.equal((await make()).aud, audience);
    await see(verdict(page).getByText('Accepted'));
  }
  await hand.choose(page.getByLabel('Purpose'), 'Token of a Teams user, to exchange');
  await hand.fill(page.getByLabel('Permissions (scp)'), 'Teams.ManageCalls');
  await hand.fill(page.getByLabel('Tenant (tid)'), USER);
  const claims = await make();
  assert.equal(claims.tid, USER);
  await see(verdict(page).getByText('Teams.ManageChats'));
  await hand.fill(page.getByLabel('Lifetime in minutes'), '-5');
  await make();
  await see(verdict(page).getByText('expired', { exact: true }));
  await hand.fill(page.getByLabel('Lifetime in minutes'), '1441');
  await see(page.getByText('Enter a number from -1440 to 1440.'));
  assert.ok(await button(page, 'Make an Entra token').isDisabled());
});

once('a token is kept neither in the URL nor by the browser, and goes with the sign-in', async (world) => {
  const { emulator, page, hand } = world;
  const { token } = await issue(emulator);
  await world.signIn('tokens');
  await hand.fill(field(page), token);
  await see(verdict(page).getByText('Accepted'));
  const kept = await page.evaluate(() =>
    JSON.stringify([location.href, history.state, { ...sessionStorage }, { ...localStorage }]),
  );
  assert.ok(!kept.includes(token.split('.')[1]));
  // Another view, and back: it is still there.
  await hand.press(page.getByRole('link', { name: /^Identities/ }));
  await hand.press(page.getByRole('link', { name: /^Tokens/ }));
  await see(verdict(page).getByText('Accepted'));
  await hand.press(button(page, 'Sign out'));
  await world.signIn('tokens');
  assert.equal(await field(page).inputValue(), '');
});

once('hostile claims are shown harmlessly', async (world) => {
  const { page, hand } = world;
  const claims = {
    skypeid: '<img src=x onerror="document.title=1">',
    '<b>name</b>': 'a\u202Egpj.exe\u0000',
    exp: 1e300,
    nbf: { deep: ['\u2066'] },
    long: 'x'.repeat(10_000),
    __proto__: null,
  };
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`claim${n}`, n]));
  await world.signIn('tokens');
  await hand.fill(field(page), `${part({ alg: 'none' })}.${part({ ...claims, ...many })}.`);
  await see(claim(page, 'skypeid').getByText('<img src=x'));
  await see(claim(page, '<b>name</b>').getByText('a\\u{202e}gpj.exe\\u{0}'));
  await see(result(page).getByText('And 205 more.'));
  assert.equal(await page.locator('main img, main b').count(), 0);
  assert.notEqual(await page.title(), '1');
  await accessible(page, 'hostile claims');
});

once('the view has no barriers', async (world) => {
  const { emulator, page, hand } = world;
  await world.signIn('tokens');
  await see(result(page).getByText('No token yet.'));
  await accessible(page, 'no token');
  const { token } = await issue(emulator);
  await hand.fill(field(page), token);
  await see(verdict(page).getByText('Accepted'));
  await accessible(page, 'an accepted token');
  await hand.press(button(page, 'Make an Entra token'));
  await see(page.getByRole('link', { name: 'Look into it' }));
  await hand.fill(field(page), changed(token));
  await see(verdict(page).getByText('Refused'));
  await accessible(page, 'a refused token and an Entra token');
});
