// A user with a mouse. The keyboard serves only to write text.
import { write } from './write.mjs';

export class Mouse {
  name = 'mouse';
  #page;

  constructor(page) {
    this.#page = page;
  }

  /** Presses a button, a link, a check box, a tab. */
  async press(target) {
    await target.click();
  }

  /** Replaces the text of a field. */
  async fill(target, text) {
    await target.click();
    await write(this.#page, text);
  }

  /** Chooses an option of a <select> by its label. The list of options is a window of the browser's own. */
  async choose(target, label) {
    await target.click();
    await target.selectOption({ label });
    await this.#page.keyboard.press('Escape');
  }

  /** Gives files to a field or to a button that asks for files. */
  async giveFiles(target, files) {
    const [chooser] = await Promise.all([this.#page.waitForEvent('filechooser'), this.press(target)]);
    await chooser.setFiles(files);
  }

  /** Closes what is open: a dialog, by the button that says so. */
  async close(dialog) {
    await this.press(dialog.getByRole('button', { name: /^(Cancel|Close)/ }).first());
  }

  async end() {}
}
