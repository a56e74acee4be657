// Chromium: one browser for a test file, and a context for each test.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from './packages.mjs';

/** Without these, Chromium connects to hosts of its maker, and needs a sandbox that root does not get. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The long form, which takes more data and more time. */
export const isLong = Boolean(process.env.AZ_LONG);

/**
 * Chromium without windows takes half the time of the processor. The long form takes the one with windows, and so does
 * a machine that has no other.
 */
const PROGRAMS = isLong ? ['chromium'] : ['chromium-headless-shell', 'chromium'];

/** How long a test waits for what must be there at once, in milliseconds. */
export const PATIENCE = 15_000;

/** A usual window. */
export const WINDOW = { width: 1280, height: 800 };

export function launch() {
  return chromium.launch({
    executablePath: PROGRAMS.map(find).find(Boolean) ?? missing(),
    headless: true,
    args: FLAGS,
  });
}

/** Makes a context: cookies and storage of its own. Animations are off, so that no test waits for one. */
export async function newContext(browser, options = {}) {
  const context = await browser.newContext({
    viewport: WINDOW,
    locale: 'en-GB',
    timezoneId: 'UTC',
    colorScheme: 'light',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
    serviceWorkers: 'allow',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  await serveBuilt(context);
  return context;
}

/** The page of the folder AZ_TEST_PAGE_BUILT in place of that of the program, which then need not be built for each change. */
async function serveBuilt(context) {
  const folder = process.env.AZ_TEST_PAGE_BUILT;
  if (!folder) return;
  for (const file of ['page.js', 'page.css']) {
    await context.route(`**/emulator/page/${file}`, (route) => route.fulfill({ path: join(folder, file) }));
  }
}

function find(program) {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function missing() {
  throw new Error(`${PROGRAMS.at(-1)} is not on PATH. scripts/install.sh installs it.`);
}
