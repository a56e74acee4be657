// The view of the requests: what the details of one say.
import assert from 'node:assert/strict';
import { once as onceOf } from 'node:events';
import net from 'node:net';
import { accessible } from './support/forms.mjs';
import { VERSION, rows, row, details, button, lists, ask, askSignedWrongly, openRow } from './support/requests.mjs';
import { eventually, gone, see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { once, byBothHands } = suite();

byBothHands('a request is opened, and its identity leads on', async (world) => {
  const { emulator, page, hand } = world;
  const id = await emulator.identity();
  await ask(emulator, 'revokes', 'POST', `/identities/${encodeURIComponent(id)}/:revokeAccessTokens`);
  await ask(emulator, 'later');
  await world.signIn('requests');
  await lists(page, ['later', 'revokes', '/identities']);
  await openRow(world, row(page, 'revokes'));
  const opened = details(page);
  for (const text of ['revokeAccessTokens', '2025-03-02-preview', 'Primary key', '127.0.0.1:', id]) {
    await see(opened.getByText(text).first());
  }
  assert.match(page.url(), /#\/requests\/\d+$/);
  await hand.press(opened.getByRole('link', { name: 'All requests of this identity' }));
  await lists(page, ['revokes', '/identities']);
  await page.goBack();
  await see(opened);
  await hand.press(opened.getByRole('link', { name: id }));
  await eventually(() => assert.equal(page.url(), `${emulator.page}#/identities/${encodeURIComponent(id)}`));
});

once('a request is opened and closed by keys, and the focus returns to the list', async (world) => {
  const { emulator, page, hand } = world;
  await ask(emulator, 'first');
  await ask(emulator, 'second');
  await world.signIn('requests');
  await lists(page, ['second', 'first']);
  await page.getByRole('grid').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await see(details(page).getByText('first'));
  await page.keyboard.press('Escape');
  await gone(details(page));
  await eventually(async () =>
    assert.ok(await page.getByRole('grid').evaluate((grid) => grid === document.activeElement)),
  );
  assert.match(page.url(), /#\/requests$/);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await see(details(page).getByText('second'));
  await hand.press(button(page, 'Close the details'));
  await gone(details(page));
});

byBothHands('a refused signature is explained line by line', async (world) => {
  const { emulator, page, hand } = world;
  await askSignedWrongly(emulator, { target: '/identities' });
  await askSignedWrongly(emulator, { key: Buffer.from('another key').toString('base64') });
  await world.signIn('requests');
  await lists(page, ['wrong', 'wrong']);
  await openRow(world, rows(page).nth(1));
  const opened = details(page);
  await see(opened.getByRole('heading', { name: 'The query is missing queryMissing' }));
  await see(opened.getByText('The client signed the path without the query.', { exact: true }));
  await see(opened.getByText('What to do: Sign the path with its query'));
  const lines = await opened.locator('.to-sign li').allInnerTexts();
  assert.equal(lines.length, 3);
  assert.match(lines[0], /^POST\s*LF\s+The method/);
  assert.ok(lines[1].startsWith(`/identities?${VERSION}`), lines[1]);
  assert.match(lines[1], /LF\s+The path and query/);
  assert.match(lines[2], /^\w{3}, \d\d \w{3} \d{4} [\d:]+ GMT\s*;\s+The date/);
  assert.ok(
    lines[2].includes(`${emulator.host}`) && lines[2].includes('RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o='),
  );
  if (hand.name === 'keyboard') await page.keyboard.press('Escape');
  else await hand.press(button(page, 'Close the details'));
  await openRow(world, rows(page).nth(0));
  await see(opened.getByRole('heading', { name: /no known mistake explains it/ }));
  await see(opened.getByText('Compare the connection string'));
});

once('a dropped request and the fault rule that hit it', async (world) => {
  const { emulator, page } = world;
  const { id } = await emulator.control('POST', 'faults', {
    operation: 'createIdentity',
    drop: 'before',
    times: 1,
  });
  await assert.rejects(ask(emulator, 'hit'));
  await world.signIn('requests?status=dropped');
  await lists(page, ['dropped']);
  await rows(page).first().click();
  await see(details(page).getByText('The connection ended without a response'));
  const link = details(page).getByRole('link', { name: `Fault ${id}`, exact: true });
  assert.equal(await link.getAttribute('href'), `#/clock/${id}`);
});

once('a request whose head could not be read', async (world) => {
  const { emulator, page } = world;
  const socket = net.connect(emulator.port, 'localhost');
  socket.write('NOT HTTP\r\n\r\n');
  socket.resume();
  await onceOf(socket, 'close');
  await world.signIn('requests');
  await lists(page, ['400']);
  await rows(page).first().click();
  await see(details(page).getByText('The head of the request could not be read'));
});

once('a link opens a request, or says that it is not kept', async (world) => {
  const { emulator, page } = world;
  await ask(emulator, 'first');
  const { value } = await emulator.control('GET', 'requests?control=false');
  await world.signIn(`requests/${value[0].number}`);
  await see(details(page).getByText('first'));
  await page.goto(`${emulator.page}#/requests/999999999`);
  await see(page.getByText('The emulator does not keep this request any more'));
});

once('hostile paths and user agents are texts', async (world) => {
  const { emulator, page } = world;
  const hostile = '<img src=x onerror=alert(1)> \u202egnp.exe';
  const agent = `<img src=x onerror=alert(1)>${'x'.repeat(7000)}`;
  page.on('dialog', () => assert.fail('A script ran.'));
  await ask(emulator, agent, 'GET', `/identities/${encodeURIComponent(hostile)}%00`);
  await world.signIn('requests');
  await see(rows(page).first());
  const shown = rows(page).getByText('<img src=x onerror=alert(1)>').filter({ visible: true });
  await see(shown.first());
  await rows(page).first().click();
  await see(details(page).getByText('<img src=x onerror=alert(1)>').first());
  assert.equal(await page.locator('img').count(), 0);
  assert.ok(!(await page.locator('body').innerText()).includes('\u202e'));
});

once('the view is accessible', async (world) => {
  const { emulator, page } = world;
  await world.signIn('requests');
  await see(page.getByText('No requests yet'));
  await accessible(page, 'the empty list');
  await askSignedWrongly(emulator, { target: '/identities' });
  await ask(emulator, 'first');
  await lists(page, ['first', 'wrong']);
  await page.keyboard.press('p');
  await accessible(page, 'the list');
  await row(page, 'wrong').click();
  await see(details(page).getByText('What to do:'));
  await accessible(page, 'the details');
});
