// A user with a keyboard alone: Tab, Shift+Tab, Enter, Space and arrows. It fails if an element cannot be reached, if the
// focus cannot be seen, or if it is lost.
import { PATIENCE } from '../browser.mjs';
import { eventually } from '../see.mjs';
import { covering, kindOf, look } from './look.mjs';
import { write } from './write.mjs';

/** More presses of Tab than this are too many for a user. */
const MOST = 60;

export class Keyboard {
  name = 'keyboard';
  #page;
  #patience;
  /** What was done last, in words. */
  #done;

  /** The patience is how long the page may take to move the focus, in milliseconds. */
  constructor(page, patience = PATIENCE) {
    this.#page = page;
    this.#patience = patience;
    // A new document starts without a focus.
    page.on('domcontentloaded', () => (this.#done = undefined));
  }

  async press(target) {
    await this.reach(target);
    const key = (await target.evaluate(kindOf)) === 'space' ? 'Space' : 'Enter';
    this.#done = `${key} on ${target}`;
    await this.#page.keyboard.press(key);
  }

  async fill(target, text) {
    await this.reach(target);
    this.#done = `writing into ${target}`;
    await write(this.#page, text);
  }

  async choose(target, label) {
    await this.reach(target);
    this.#done = `choosing in ${target}`;
    const read = (select) => ({
      at: select.selectedIndex,
      labels: [...select.options].map((option) => option.label),
    });
    const { at, labels } = await target.evaluate(read);
    const wanted = labels.indexOf(label);
    if (wanted < 0) throw new Error(`${target} has no option '${label}', but ${labels.join(', ')}.`);
    for (let n = 0; n < Math.abs(wanted - at); n += 1) {
      await this.#page.keyboard.press(wanted > at ? 'ArrowDown' : 'ArrowUp');
    }
    const chosen = (await target.evaluate(read)).at;
    if (chosen !== wanted) throw new Error(`The arrows chose '${labels[chosen]}' in ${target}, not '${label}'.`);
  }

  async giveFiles(target, files) {
    const [chooser] = await Promise.all([this.#page.waitForEvent('filechooser'), this.press(target)]);
    await chooser.setFiles(files);
  }

  async close(dialog) {
    // Escape closes it when it is there, and not before.
    await dialog.waitFor({ state: 'visible' });
    this.#done = `Escape in ${dialog}`;
    await this.#page.keyboard.press('Escape');
  }

  /** Moves the focus to an element. */
  async reach(target) {
    await target.waitFor({ state: 'visible' });
    const passed = [];
    for (let n = 0; n <= MOST; n += 1) {
      const seen = await (n === 0 ? this.#begin(target) : target.evaluate(look));
      if (seen.invisible) throw new Error(`${seen.invisible} looks the same with the focus as without it.`);
      if (seen.at === 'target') return this.#arrive(target);
      passed.push(seen.focused);
      await this.#page.keyboard.press(this.#next(target, seen, passed));
    }
    throw new Error(`${target} is not reached by ${MOST} keys. The focus was at: ${passed.join(', ')}.`);
  }

  /** Looks for the first time. The page may still be moving the focus after what was done before. */
  async #begin(target) {
    if (this.#done === undefined) return target.evaluate(look);
    return eventually(async () => {
      const seen = await target.evaluate(look);
      if (seen.at === 'nowhere') throw new Error(`The focus is lost after ${this.#done}: no element has it.`);
      return seen;
    }, this.#patience);
  }

  #next(target, seen, passed) {
    if (seen.at === 'group') return seen.way === 'before' ? 'ArrowUp' : 'ArrowDown';
    // The same two elements again and again: the target lies between them, and Tab leaves it out.
    const [a, , b, , c] = passed.slice(-5);
    if (passed.length >= 5 && a === b && b === c && new Set(passed.slice(-4)).size === 2) {
      throw new Error(`${target} is left out by Tab: it lies between ${passed.at(-1)} and ${passed.at(-2)}.`);
    }
    return seen.way === 'before' ? 'Shift+Tab' : 'Tab';
  }

  async #arrive(target) {
    const cover = await target.evaluate(covering);
    if (cover) throw new Error(`${target} has the focus, but is covered by ${cover}.`);
  }

  /** Fails if the last thing that was done has lost the focus. */
  async end() {
    if (this.#done === undefined) return;
    const body = this.#page.locator('body');
    await eventually(async () => {
      const has = await body.evaluate(() => document.activeElement !== document.body && document.hasFocus());
      if (!has) throw new Error(`The focus is lost after ${this.#done}: no element has it.`);
    }, this.#patience);
  }
}
