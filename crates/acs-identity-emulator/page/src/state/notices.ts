// Short messages about what has happened. They stay until they are closed, or for some seconds.
import { createStore } from '../base/store';

export interface Notice {
  id: number;
  words: string;
  kind: 'info' | 'done' | 'wrong';
}

export const notices = createStore<readonly Notice[]>([]);
const MOST = 4;
/** How long a notice about something that went well stays, in milliseconds. */
const SHORT = 6_000;
const LONG = 30_000;
let next = 1;

export function note(words: string, kind: Notice['kind'] = 'info') {
  const id = next++;
  notices.update((list) => [...list.filter((notice) => notice.words !== words), { id, words, kind }].slice(-MOST));
  setTimeout(() => dismiss(id), kind === 'done' ? SHORT : LONG);
}

export function dismiss(id: number) {
  notices.update((list) => list.filter((notice) => notice.id !== id));
}
