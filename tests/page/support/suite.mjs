// The frame of a test file: one emulator and one Chromium for the file, and a watched page for each test.
import { after, before, test } from 'node:test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isLong, launch, newContext } from './browser.mjs';
import { Emulator } from './emulator.mjs';
import { Keyboard } from './hands/keyboard.mjs';
import { Mouse } from './hands/mouse.mjs';
import { root } from './program.mjs';
import { see } from './see.mjs';
import { Watch } from './watch.mjs';

export { isLong };

/** How long a test may take on a busy machine, in milliseconds. */
const LONGEST = isLong ? 7_200_000 : 300_000;

/** How long the picture of a failure may take, in milliseconds. */
const PICTURE = 5000;

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
  const declare = (name, Hand, work, timeout = LONGEST) =>
    test(name, { timeout }, async () => {
      await shared.emulator.reset();
      const world = await World.open(shared, Hand);
      try {
        await work(world);
        await world.hand.end();
        await world.watch.check();
      } catch (error) {
        await world.keepPicture(name);
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
    /** Declares a test of a detail: by mouse, and in the long form by keyboard, too. Other tests do the same by both hands. */
    byMouse(name, work) {
      declare(`${name}, by mouse`, Mouse, work);
      if (isLong) declare(`${name}, by keyboard`, Keyboard, work);
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

  /** Opens a view such as `requests` with a page that is signed in. The tests of signing in use links. */
  async signIn(view = 'start', page = this.page, emulator = this.emulator) {
    // The page reads the secret when it starts. One that is open takes a code.
    if (page.url().startsWith(emulator.page)) {
      await page.goto(await emulator.link());
      await see(page.getByRole('navigation', { name: 'Views' }));
    } else await keepSecret(page, emulator);
    // If only the fragment changes, the page is not loaded again.
    await page.goto(`${emulator.page}#/${view}`);
    const [name] = /^\w+/.exec(view);
    await see(page.locator(`nav a[aria-current=page][href^="#/${name}"]`));
  }

  /** Keeps what a failed test saw, for the one who looks for the reason. */
  async keepPicture(name) {
    const folder = join(root, 'target/page-failures');
    const path = join(folder, `${name.replace(/[^A-Za-z0-9]+/g, '-')}.png`);
    // If the page is gone, the error itself says more.
    const ignore = () => undefined;
    const shown = await this.page.locator('body').ariaSnapshot({ timeout: PICTURE }).catch(ignore);
    if (shown) console.error(`${name}: the page was at ${this.page.url()}, and showed\n${shown.slice(0, 4000)}`);
    mkdirSync(folder, { recursive: true });
    const picture = await this.page.screenshot({ path, timeout: PICTURE }).catch(ignore);
    if (picture) console.error(`${name}: ${path} shows the page.`);
  }
}

/** Puts the control secret where the page keeps it, once: before the scripts of the next document run. */
async function keepSecret(page, { host, secret }) {
  const keep = ({ host, secret }) => {
    if (location.host === host) sessionStorage.setItem(`acs-identity-emulator:${host}`, secret);
  };
  const script = await page.addInitScript(keep, { host, secret });
  page.once('domcontentloaded', () => script.dispose().catch(() => undefined));
}
