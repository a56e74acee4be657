// The frame of a test file: one emulator and one Chromium for the file, and a watched page for each test.
import { after, before, test } from 'node:test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, newContext } from './browser.mjs';
import { Emulator } from './emulator.mjs';
import { Keyboard } from './hands/keyboard.mjs';
import { Mouse } from './hands/mouse.mjs';
import { root } from './program.mjs';
import { see } from './see.mjs';
import { Watch } from './watch.mjs';

/** The long form, which takes more data and more time. */
export const isLong = Boolean(process.env.AZ_LONG);

/**
 * Starts an emulator with these options and Chromium before the tests of a file, and ends both after them. Returns
 * functions that declare tests. A test gets a `World`.
 */
export function suite(options = []) {
  const shared = {};
  before(async () => {
    [shared.emulator, shared.browser] = await Promise.all([Emulator.start(options), launch()]);
  });
  after(async () => {
    await Promise.all([shared.browser?.close(), shared.emulator?.end()]);
  });
  const declare = (name, Hand, work, timeout = isLong ? 7_200_000 : 60_000) =>
    test(name, { timeout }, async () => {
      await shared.emulator.reset();
      const world = await World.open(shared, Hand);
      try {
        await work(world);
        await world.hand.end();
        await world.watch.check();
      } catch (error) {
        await world.keepPicture(name, error);
        throw error;
      } finally {
        await world.context.close();
      }
    });
  return {
    /** Declares a test in which it does not matter how the page is operated. One that builds a program says how long it takes. */
    once: (name, work, timeout) => declare(name, Mouse, work, timeout),
    /** Declares a test twice: by mouse, and by keyboard alone. */
    byBothHands(name, work) {
      declare(`${name}, by mouse`, Mouse, work);
      declare(`${name}, by keyboard`, Keyboard, work);
    },
  };
}

/** What a test has: the emulator, a context of its own with a page, a hand, and the watch over the context. */
class World {
  static async open({ emulator, browser }, Hand) {
    const world = new World();
    world.emulator = emulator;
    world.browser = browser;
    world.context = await newContext(browser);
    world.watch = new Watch(world.context, [emulator.origin]);
    world.page = await world.context.newPage();
    world.hand = new Hand(world.page);
    return world;
  }

  /** Signs in by a link, and goes to a view such as `requests`. */
  async signIn(view = 'start', page = this.page, emulator = this.emulator) {
    await page.goto(await emulator.link());
    await see(page.getByRole('navigation', { name: 'Views' }));
    if (view === 'start') return;
    // Only the fragment changes, so the page is not loaded again.
    await page.goto(`${emulator.page}#/${view}`);
    const { view: name } = /^(?<view>\w+)/.exec(view).groups;
    await see(page.locator(`nav a[aria-current=page][href^="#/${name}"]`));
  }

  /** Keeps what a failed test saw, for the one who looks for the reason. */
  async keepPicture(name, error) {
    const folder = join(root, 'target/page-failures');
    const path = join(folder, `${name.replace(/[^A-Za-z0-9]+/g, '-')}.png`);
    try {
      mkdirSync(folder, { recursive: true });
      await this.page.screenshot({ path, timeout: 2000 });
      const shown = await this.page.locator('body').ariaSnapshot({ timeout: 2000 });
      error.message += `\nThe page was at ${this.page.url()}. ${path} shows it:\n${shown.slice(0, 4000)}`;
    } catch {
      // The page is gone. The error itself says more.
    }
  }
}
