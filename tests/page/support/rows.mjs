// Rows of a list. The keyboard moves between them by arrows, while the list has the focus.

/** More arrows than this are too many for a user. */
const MOST = 60;

/** Opens a row of a list by the hand of a test. */
export async function openRow({ page, hand }, grid, row) {
  if (hand.name === 'mouse') return row.click();
  await hand.reach(grid);
  await row.waitFor({ state: 'visible' });
  for (let n = 0; n < MOST; n += 1) {
    const wanted = await row.getAttribute('id');
    if ((await grid.getAttribute('aria-activedescendant')) === wanted) return page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`${row} is not reached by ${MOST} arrows.`);
}
