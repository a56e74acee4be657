// A view in its forms: two colour schemes, two widths. axe-core looks at each.
import { WINDOW, isLong } from './browser.mjs';
import { axeSource } from './packages.mjs';

/** Each width and each scheme once. The long form has all pairs. */
export const FORMS = [
  [360, 'dark'],
  [1280, 'light'],
  ...(isLong
    ? [
        [360, 'light'],
        [1280, 'dark'],
      ]
    : []),
];

/** Fails if axe-core finds something in what the page shows now, or if the page is wider than the window. */
export async function accessible(page, name) {
  const found = [];
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  for (const [width, scheme] of FORMS) {
    await take(page, width, scheme);
    const problems = [...(await page.evaluate(violations)), ...(await page.evaluate(overflow))];
    found.push(...problems.map((problem) => `${name}, ${scheme}, ${width} px: ${problem}`));
  }
  await page.setViewportSize(WINDOW);
  await page.emulateMedia({ colorScheme: 'light' });
  if (found.length > 0) throw new Error(`${found.length} problems:\n${found.join('\n')}`);
}

/** Gives the page a form, and waits until it is drawn. */
export async function take(page, width, scheme, height = WINDOW.height) {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

async function violations() {
  const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
  const line = (text) => text.replace(/\s*\n\s*/g, ' ');
  return violations.map(({ id, impact, help, nodes }) => {
    const places = nodes
      .slice(0, 5)
      .map(({ html, failureSummary }) => `\n    ${line(html).slice(0, 200)}\n      ${line(failureSummary)}`);
    const more = nodes.length > 5 ? `\n    and ${nodes.length - 5} more` : '';
    return `${id} (${impact}): ${help}${places.join('')}${more}`;
  });
}

/** The page scrolls down only. A part that is wider, such as a table, scrolls by itself. */
function overflow() {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...document.querySelectorAll('body *')].filter((element) => {
    const { right, width } = element.getBoundingClientRect();
    return width > 0 && right > clientWidth + 0.5;
  });
  const names = wide.slice(-3).map((element) => `<${element.localName} class="${element.className}">`);
  return [`the page is ${scrollWidth} px wide. Too far to the right: ${names.join(', ')}`];
}
