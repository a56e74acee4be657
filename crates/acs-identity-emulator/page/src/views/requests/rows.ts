// The requests that the page holds: the newest first, and a bounded number.
import type { RequestEntry } from '../../api/requests';
import type { Matcher } from './filters';

/** As many as the emulator keeps. */
export const MOST = 10_000;

/** How many different texts are known at a time. */
const TEXTS = 2_000;

export class Rows {
  /** All, the newest first. Arrays are replaced, not changed, so that the table sees a new one. */
  all: readonly RequestEntry[] = [];
  /** Those that match the text. */
  shown: readonly RequestEntry[] = [];
  #matches: Matcher | undefined;
  #texts = new Map<string, string>();

  match(matches: Matcher | undefined) {
    this.#matches = matches;
    this.shown = this.#filter(this.all);
  }

  /** Adds requests on top. They come in the order of their numbers. */
  add(entries: RequestEntry[]) {
    const added = this.#prepare(entries);
    this.all = added.concat(this.all).slice(0, MOST);
    if (!this.#matches) {
      this.shown = this.all;
      return;
    }
    const oldest = this.all.at(-1)?.number ?? 0;
    const shown = this.#filter(added).concat(this.shown);
    while (shown.length > 0 && (shown.at(-1)?.number ?? 0) < oldest) shown.pop();
    this.shown = shown;
  }

  /** Adds older requests below, as far as there is room. */
  addOlder(entries: RequestEntry[]) {
    const lowest = this.all.at(-1)?.number ?? Infinity;
    const added = this.#prepare(entries.filter((entry) => entry.number < lowest));
    added.length = Math.min(added.length, MOST - this.all.length);
    this.all = this.all.concat(added);
    this.shown = this.#matches ? this.shown.concat(this.#filter(added)) : this.all;
  }

  clear() {
    this.all = this.shown = [];
    this.#texts.clear();
  }

  #filter(entries: readonly RequestEntry[]): RequestEntry[] {
    return this.#matches ? entries.filter(this.#matches) : entries.slice();
  }

  /** Turns the order, and lets entries share the texts that come again and again. */
  #prepare(entries: RequestEntry[]): RequestEntry[] {
    if (this.#texts.size > TEXTS) this.#texts.clear();
    for (const entry of entries) {
      entry.peer = this.#shared(entry.peer);
      entry.userAgent = this.#shared(entry.userAgent);
      entry.identity = this.#shared(entry.identity);
      entry.caller = this.#shared(entry.caller);
      entry.reason = this.#shared(entry.reason);
      entry.path = this.#shared(entry.path);
    }
    return entries.reverse();
  }

  #shared<T extends string | null>(text: T): T {
    if (text === null) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known as T;
    this.#texts.set(text, text);
    return text;
  }
}
