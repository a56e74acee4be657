// Waits for what a page shows. No test sleeps.
import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENCE } from './browser.mjs';

/** Waits until a locator is visible. */
export async function see(locator) {
  await locator.first().waitFor({ state: 'visible' });
  return locator;
}

/** Waits until nothing that a locator finds is visible. */
export async function gone(locator) {
  await eventually(async () => {
    const visible = await locator.filter({ visible: true }).count();
    if (visible > 0) throw new Error(`${locator} still finds ${visible} visible elements.`);
  });
}

/** Runs assertions again and again until they hold, and returns what they return. */
export async function eventually(assertions, patience = PATIENCE) {
  const end = performance.now() + patience;
  for (;;) {
    try {
      return await assertions();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(50);
  }
}

/** Reads what was copied last. */
export function copied(page) {
  return page.evaluate(() => navigator.clipboard.readText());
}
