// The pictures of the documents. AZ_WRITE_DOCS=1 writes them.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { WINDOW } from './browser.mjs';
import { take } from './forms.mjs';
import { root } from './program.mjs';

export const isWriting = process.env.AZ_WRITE_DOCS === '1';

/** Writes docs/images/page-NAME-light.png and -dark.png of what the page shows now. */
export async function picture(page, name) {
  if (!isWriting) return;
  const folder = join(root, 'docs/images');
  mkdirSync(folder, { recursive: true });
  for (const scheme of ['light', 'dark']) {
    await take(page, WINDOW.width, scheme);
    await page.screenshot({ path: join(folder, `page-${name}-${scheme}.png`), caret: 'hide' });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
