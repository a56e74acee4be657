// Writes text into the field that has the focus.

/** Longer texts are pasted, as a user does it. */
const TYPED = 60;

export async function write(page, text) {
  await page.keyboard.press('Control+A');
  if (text === '') await page.keyboard.press('Delete');
  else if (text.length > TYPED || text.includes('\n')) await page.keyboard.insertText(text);
  else await page.keyboard.type(text);
}
