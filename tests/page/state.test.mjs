// Export, import, reset, keys and certificates.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { accessible } from './support/forms.mjs';
import { signed } from './support/http.mjs';
import { copied, eventually, gone, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { once, byBothHands, byMouse } = suite();

const button = (page, name) => page.getByRole('button', { name, exact: true });
const OBJECT = '0b1ec700-0000-4000-8000-000000000001';

async function exported(emulator) {
  return (
    await emulator.send('GET', '/emulator/export', { headers: { authorization: `Bearer ${emulator.secret}` } })
  ).text;
}

const fileOf = (text, name = 'state.jsonl') => ({
  name,
  mimeType: 'application/x-ndjson',
  buffer: Buffer.from(text),
});

const keysOf = (emulator) => emulator.control('POST', 'list-keys');

/** Returns the text of a file that the page gives to the browser while something is done. */
async function downloaded(page, work) {
  const [download] = await Promise.all([page.waitForEvent('download'), work()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

/** Fails if the page tells its user what the user has done. The page notices changes by the status. */
async function tellsNothingOf(page, words) {
  for (let n = 0; n < 2; n += 1)
    await page.waitForResponse((response) => response.url().endsWith('/emulator/status'));
  assert.equal(await page.getByText(words).count(), 0);
}

async function customIds(emulator) {
  const { value } = await emulator.control('GET', 'identities');
  return value.map(({ customId }) => customId);
}

byBothHands('an export is a file with the date, and holds everything', async (world) => {
  const { page, hand, emulator } = world;
  await emulator.identity('alice');
  await world.signIn('state');
  await see(page.getByText('The file contains keys.'));
  const file = await downloaded(page, () => hand.press(button(page, 'Export to a file')));
  assert.equal(file.name, `acs-emulator-${new Date().toISOString().slice(0, 10)}.jsonl`);
  assert.ok(file.text.includes('"alice"'), file.text);
  await see(page.getByText(`The state was exported to ${file.name}`));
  // It can be imported.
  await emulator.control('POST', 'reset');
  const headers = { authorization: `Bearer ${emulator.secret}` };
  assert.equal((await emulator.send('POST', '/emulator/import', { headers, body: file.text })).status, 200);
  assert.deepEqual(await customIds(emulator), ['alice']);
});

byMouse('an import into an empty emulator asks nothing', async (world) => {
  const { page, hand, emulator } = world;
  await emulator.identity('alice');
  const state = await exported(emulator);
  await emulator.control('POST', 'reset');
  await world.signIn('state');
  await hand.giveFiles(page.getByLabel('Export file'), fileOf(state));
  await hand.press(button(page, 'Import the file'));
  await see(page.getByText('Imported state.jsonl: 1 identity and 0 assignments.'));
  assert.deepEqual(await customIds(emulator), ['alice']);
  await see(page.getByRole('link', { name: 'Identities 1' }));
  await tellsNothingOf(page, 'A state was imported.');
});

byBothHands('an import that replaces something asks first', async (world) => {
  const { page, hand, emulator } = world;
  await emulator.identity('alice');
  const state = await exported(emulator);
  await emulator.control('POST', 'reset');
  for (const id of ['bob', 'carol']) await emulator.identity(id);
  await world.signIn('state');
  await see(page.getByRole('link', { name: 'Identities 2' }));
  await hand.giveFiles(page.getByLabel('Export file'), fileOf(state));
  await hand.press(button(page, 'Import the file'));
  const dialog = page.getByRole('dialog', { name: 'Replace what the emulator holds?' });
  await see(dialog.getByText('The emulator holds 2 identities.'));
  await hand.close(dialog);
  await gone(dialog);
  assert.deepEqual((await customIds(emulator)).sort(), ['bob', 'carol']);
  await hand.press(button(page, 'Import the file'));
  await hand.press(dialog.getByRole('button', { name: 'Replace everything' }));
  await see(page.getByText('Imported state.jsonl: 1 identity and 0 assignments.'));
  await gone(dialog);
  assert.deepEqual(await customIds(emulator), ['alice']);
});

once('an import that replaces assignments only asks, too', async (world) => {
  const { page, hand, emulator, watch } = world;
  const state = await exported(emulator);
  const assignment = {
    tenantId: '7e4a0000-0000-4000-8000-000000000001',
    principalType: 'user',
    clientIds: ['c11e0000-0000-4000-8000-000000000001'],
  };
  assert.ok((await emulator.service('PUT', `/access/entra/assignments/${OBJECT}`, assignment)).status < 300);
  await world.signIn('state');
  watch.expect(/status of 409/);
  await hand.giveFiles(page.getByLabel('Export file'), fileOf(state));
  await hand.press(button(page, 'Import the file'));
  const dialog = page.getByRole('dialog', { name: 'Replace what the emulator holds?' });
  await see(dialog.getByText('The emulator holds assignments.'));
  await hand.press(dialog.getByRole('button', { name: 'Replace everything' }));
  await see(page.getByText('Imported state.jsonl: 0 identities and 0 assignments.'));
});

byMouse('a file that cannot be imported is refused with the reason', async (world) => {
  const { page, hand, emulator, watch } = world;
  await world.signIn('state');
  await hand.press(button(page, 'Import the file'));
  await see(page.getByText('Choose a file first'));
  watch.expect(/status of 400/);
  const state = await exported(emulator);
  for (const [text, words] of [
    ['nothing', 'it is not an export of the emulator'],
    [state.slice(0, -40), 'it is incomplete'],
  ]) {
    await hand.giveFiles(page.getByLabel('Export file'), fileOf(text));
    await hand.press(button(page, 'Import the file'));
    await see(page.getByText(words));
  }
});

byBothHands('a reset says what is deleted and what stays, and does that', async (world) => {
  const { page, hand, emulator } = world;
  for (const id of ['alice', 'bob']) await emulator.identity(id);
  await emulator.control('POST', 'faults', { status: 500, operation: 'describe' });
  const before = await keysOf(emulator);
  await world.signIn('state');
  await see(page.getByRole('link', { name: 'Identities 2' }));
  await hand.press(button(page, 'Reset the emulator…'));
  const dialog = page.getByRole('dialog', { name: 'Reset the emulator?' });
  for (const text of ['2 identities', 'all assignments', 'the log of requests', '1 fault']) {
    await see(dialog.locator('li', { hasText: text }));
  }
  await see(dialog.getByText('This stays: the access keys, the certificates, the resource id and the clock.'));
  await hand.close(dialog);
  await gone(dialog);
  assert.equal((await customIds(emulator)).length, 2);
  await hand.press(button(page, 'Reset the emulator…'));
  await hand.press(dialog.getByRole('button', { name: 'Reset the emulator' }));
  await see(page.getByText('The emulator was reset. 2 identities and 0 assignments were deleted.'));
  await see(page.getByRole('link', { name: 'Identities 0' }));
  assert.deepEqual(await customIds(emulator), []);
  assert.deepEqual(await keysOf(emulator), before);
  await tellsNothingOf(page, 'The emulator was reset: all');
});

byBothHands('a key is hidden until it is shown, and copied without being shown', async (world) => {
  const { page, hand, emulator } = world;
  const { primaryKey, secondaryKey } = await keysOf(emulator);
  await world.signIn('state');
  await hand.press(button(page, 'Copy the secondary key'));
  await eventually(async () => assert.equal(await copied(page), secondaryKey));
  await hand.press(button(page, 'Copy the primary connection string'));
  // Client libraries take https only.
  const connection = `endpoint=https://${emulator.host}/;accesskey=${primaryKey}`;
  await eventually(async () => assert.equal(await copied(page), connection));
  const text = await page.locator('main').innerText();
  for (const key of [primaryKey, secondaryKey]) assert.ok(!text.includes(key), 'A key is shown.');
  await hand.press(button(page, 'Show the primary key'));
  await see(page.getByText(primaryKey, { exact: true }));
  await see(page.getByText(connection, { exact: true }));
  assert.equal(await page.getByText(secondaryKey).count(), 0);
  await hand.press(button(page, 'Show the primary key'));
  await gone(page.getByText(primaryKey));
});

byBothHands('a key is regenerated after a question that says which tokens are revoked', async (world) => {
  const { page, hand, emulator } = world;
  const before = await keysOf(emulator);
  const answer = await emulator.service('POST', '/identities', { createTokenWithScopes: ['chat'] });
  const token = answer.json().accessToken.token;
  const isActive = async () => {
    const body = `token=${token}`;
    const credential = signed(before.secondaryKey, emulator.host, 'POST', '/introspect', body);
    const headers = { ...credential, 'content-type': 'application/x-www-form-urlencoded' };
    const { text } = await emulator.send('POST', '/introspect', { headers, body });
    return JSON.parse(text).active;
  };
  assert.equal(await isActive(), true);
  await world.signIn('state');
  await hand.press(button(page, 'Regenerate the primary key'));
  const dialog = page.getByRole('dialog', { name: 'Regenerate the primary key?' });
  await see(dialog.getByText('All access tokens that were issued with the primary key are revoked.'));
  await see(dialog.getByText('Tokens that were issued with the secondary key or with an Entra token stay valid.'));
  await hand.close(dialog);
  await gone(dialog);
  assert.deepEqual(await keysOf(emulator), before);
  await hand.press(button(page, 'Regenerate the primary key'));
  await hand.press(dialog.getByRole('button', { name: 'Regenerate the primary key' }));
  await see(page.getByText('The primary key was regenerated.'));
  const after = await keysOf(emulator);
  emulator.accessKey = after.primaryKey;
  assert.notEqual(after.primaryKey, before.primaryKey);
  assert.equal(after.secondaryKey, before.secondaryKey);
  assert.equal(await isActive(), false);
  // The view has the new key.
  await hand.press(button(page, 'Show the primary key'));
  await see(page.getByText(after.primaryKey, { exact: true }));
  await tellsNothingOf(page, 'An access key was regenerated.');
});

once('certificates are shown with their end', async (world) => {
  const { page, emulator } = world;
  const { value } = await emulator.control('GET', 'certificates');
  assert.deepEqual(value.map(({ role }) => role).sort(), ['authority', 'server']);
  const authority = new X509Certificate((await emulator.send('GET', '/emulator/ca.pem')).text);
  assert.equal(value.find(({ role }) => role === 'authority').sha256, authority.fingerprint256);
  await world.signIn('state');
  for (const { role, subject, names, notAfter, sha256 } of value) {
    const title = role === 'authority' ? 'Authority' : 'Server';
    const shown = page.locator('.certificate', { has: page.getByRole('heading', { name: title, exact: true }) });
    await see(shown);
    const text = await shown.innerText();
    // The text was made some moments ago.
    const days = [0, 2000].map((ago) => Math.floor((Date.parse(notAfter) - Date.now() + ago) / 86_400_000));
    const end = notAfter.slice(0, 19).replace('T', ' ');
    for (const part of [subject, ...names, end, sha256]) {
      assert.ok(text.replaceAll('\u200b', '').includes(part), `'${part}' is not in '${text}'.`);
    }
    assert.ok(
      days.some((days) => text.includes(`${days.toLocaleString('en')} d left`)),
      text,
    );
  }
  assert.equal(await page.locator('.certificate .badge.warning').count(), 0);
});

once('a certificate that ends soon is marked', async (world) => {
  const { page, context } = world;
  const at = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
  const one = (days) => ({
    role: 'server',
    isOwn: true,
    subject: `CN=${days}`,
    names: [],
    notBefore: at(-90),
    notAfter: at(days),
    sha256: `${days}:00`,
  });
  await context.route('**/emulator/certificates', (route) =>
    route.fulfill({ json: { value: [one(14.1), one(13.9), one(-0.1)] } }),
  );
  await world.signIn('state');
  const badge = (subject) => page.locator('.certificate', { hasText: subject }).locator('.badge');
  await see(badge('CN=14.1'));
  assert.deepEqual(await badge('CN=14.1').evaluate(({ className, innerText }) => [className, innerText]), [
    'badge plain',
    '14 d left',
  ]);
  assert.equal(await badge('CN=13.9').getAttribute('class'), 'badge warning');
  assert.equal(await badge('CN=-0.1').getAttribute('class'), 'badge danger');
  assert.equal(await badge('CN=-0.1').innerText(), 'expired');
});

byBothHands('the certificate of the authority is downloaded', async (world) => {
  const { page, hand, emulator } = world;
  await world.signIn('state');
  const link = page.getByRole('link', { name: 'Download the CA certificate' });
  const file = await downloaded(page, () => hand.press(link));
  assert.equal(file.name, 'ca.pem');
  assert.equal(file.text, (await emulator.send('GET', '/emulator/ca.pem')).text);
});

once('the view is accessible in all forms, also its questions', async (world) => {
  const { page, hand } = world;
  await world.signIn('state');
  await see(page.locator('.certificate'));
  await see(button(page, 'Show the primary key'));
  await hand.press(button(page, 'Show the primary key'));
  await accessible(page, 'state');
  await hand.press(button(page, 'Reset the emulator…'));
  await see(page.getByRole('dialog'));
  await accessible(page, 'the question before a reset');
});
