// The view of the requests: what the filters select.
import assert from 'node:assert/strict';
import { row, field, button, lists, ask } from './support/requests.mjs';
import { see } from './support/see.mjs';
import { suite } from './support/suite.mjs';

const { byBothHands } = suite();

byBothHands('the list is filtered by text, status, operation and identity, and by a link', async (world) => {
  const { emulator, page, hand } = world;
  const id = await emulator.identity('my-user');
  await ask(emulator, 'creates');
  await ask(emulator, 'Issues-One', 'POST', `/identities/${encodeURIComponent(id)}/:issueAccessToken`, {
    scopes: ['chat'],
  });
  await ask(emulator, 'fails', 'POST', '/identities/8:acs:none/:issueAccessToken', { scopes: ['chat'] });
  await world.signIn('requests');
  await lists(page, ['fails', 'Issues-One', 'creates', '/identities']);

  await hand.fill(field(page, 'Search'), 'issues-o');
  await lists(page, ['Issues-One']);
  assert.match(page.url(), /#\/requests\?text=issues-o$/);
  await hand.fill(field(page, 'Search'), 'ACCESSTOKEN');
  await lists(page, ['fails', 'Issues-One']);
  await hand.fill(field(page, 'Search'), 'NotOwned');
  await lists(page, ['fails']);
  await hand.fill(field(page, 'Search'), '');

  await hand.fill(field(page, 'Status'), '4xx');
  await lists(page, ['fails']);
  await hand.fill(field(page, 'Status'), '4x');
  await see(page.getByText('Write 404, 4xx or dropped.'));
  await hand.fill(field(page, 'Status'), '200');
  await lists(page, ['Issues-One']);

  await hand.press(button(page, 'Reset filters'));
  await lists(page, ['fails', 'Issues-One', 'creates', '/identities']);
  await hand.choose(field(page, 'Operation'), 'issueAccessToken');
  await lists(page, ['fails', 'Issues-One']);
  await hand.choose(field(page, 'Operation'), 'All operations');

  await hand.fill(field(page, 'Identity'), 'my-user');
  await lists(page, ['Issues-One', '/identities']);
  await hand.fill(field(page, 'Identity'), id);
  await lists(page, ['Issues-One', '/identities']);
  await ask(emulator, 'elsewhere');
  await ask(emulator, 'revokes', 'POST', `/identities/${encodeURIComponent(id)}/:revokeAccessTokens`);
  await lists(page, ['revokes', 'Issues-One', '/identities']);
  await hand.fill(field(page, 'Identity'), 'nobody');
  await see(page.getByText('No request matches the filters'));
  await hand.press(button(page, 'Show all requests'));

  await page.goto(`${emulator.page}#/requests?identity=${encodeURIComponent(id)}&status=4xx`);
  await see(page.getByText('No request matches the filters'));
  assert.equal(await field(page, 'Identity').inputValue(), id);
  assert.equal(await field(page, 'Status').inputValue(), '4xx');
});

byBothHands('requests of the control API are shown if they are wanted', async (world) => {
  const { emulator, page, hand } = world;
  await ask(emulator, 'first');
  await emulator.control('GET', 'clock');
  await world.signIn('requests');
  await lists(page, ['first']);
  await hand.press(page.getByLabel('With the control API'));
  await see(row(page, 'showClock').first());
  await hand.press(page.getByLabel('With the control API'));
  await lists(page, ['first']);
  // Named, it is shown anyway.
  await hand.choose(field(page, 'Operation'), 'showClock');
  await lists(page, ['showClock']);
});
