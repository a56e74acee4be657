// Opens a view of the emulator's page in Chromium, says so, and closes it when stdin ends: page.mjs ORIGIN SECRET VIEW.
import { launch, newContext } from '../../tests/page/support/browser.mjs';

const [origin, secret, view] = process.argv.slice(2);
const browser = await launch();
const page = await (await newContext(browser)).newPage();
const answer = await fetch(`${origin}/emulator/page/code`, {
  method: 'POST',
  headers: { authorization: `Bearer ${secret}` },
});
const { code } = await answer.json();
await page.goto(`${origin}/emulator/#code=${code}`);
await page.getByRole('navigation', { name: 'Views' }).waitFor();
await page.evaluate((view) => (location.hash = `#/${view}`), view);
console.log('open');
process.stdin.resume();
process.stdin.on('end', async () => {
  await browser.close();
  process.exit();
});
