// What the tests of the view of the requests look for, and the requests that they send.
import assert from 'node:assert/strict';
import { signed } from './http.mjs';
import { eventually } from './see.mjs';

export const VERSION = 'api-version=2025-03-02-preview';

export const rows = (page) => page.getByRole('row').filter({ has: page.getByRole('gridcell') });
export const row = (page, text) => rows(page).filter({ hasText: text });
export const details = (page) => page.getByRole('complementary');
export const line = (page) => page.locator('.live-line');
export const field = (page, name) => page.getByRole('search').getByLabel(name);
export const button = (page, name) => page.getByRole('button', { name, exact: true });

/** Waits until the list has these rows, by a text of each, the newest first. */
export const lists = (page, texts) =>
  eventually(async () => {
    const found = await rows(page).allInnerTexts();
    assert.equal(found.length, texts.length, found.join('\n'));
    texts.forEach((text, index) => assert.ok(found[index].includes(text), `${found[index]} has no ${text}`));
  });

/** Sends a request with a user agent by which a test knows it. */
export const ask = (emulator, agent, method = 'POST', path = '/identities', body = {}) =>
  emulator.service(method, path, method === 'GET' ? undefined : body, { 'user-agent': agent });

/** Sends many requests whose user agents are numbered. Only a few are under way at a time. */
export async function askMany(emulator, name, from, to) {
  let next = from;
  const worker = async () => {
    while (next <= to) {
      const number = next;
      next += 1;
      await emulator.send('GET', '/identities/x', { headers: { 'user-agent': `${name}-${number}` } });
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

/** Sends a request that signs another text than it should. */
export function askSignedWrongly(emulator, change) {
  const target = `/identities?${VERSION}`;
  const right = { key: emulator.accessKey, method: 'POST', target };
  const { key, method, target: other } = { ...right, ...change };
  const headers = { ...signed(key, emulator.host, method, other, '{}'), 'content-type': 'application/json' };
  return emulator.send('POST', target, { headers: { ...headers, 'user-agent': 'wrong' }, body: '{}' });
}

/** Opens a request of the list: by a click, or by arrows and Enter. */
export async function openRow({ page, hand }, target) {
  if (hand.name === 'mouse') return target.click();
  await hand.reach(page.getByRole('grid'));
  await page.keyboard.press('Home');
  for (let n = 0; n < 40; n += 1) {
    if (await target.evaluate((row) => row.classList.contains('active'))) return page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  }
  throw new Error(`${target} is not reached by arrows.`);
}
