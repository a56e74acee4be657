// The field of the search. `/` moves the focus to it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { createStore, useStore } from '../../base/store';

/** The search stays when the user visits another view. */
export const search = createStore('');

const PAUSE = 60;

/** The search as it is asked for: a moment after the last key. */
export function useSearch(): string {
  const text = useStore(search);
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return asked;
}

const ID = 'identities-search';

/** Empties the search, and moves the focus to it. */
export function clearSearch() {
  search.set('');
  document.getElementById(ID)?.focus();
}

export function Search() {
  const text = useStore(search);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isShortcut = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (!isShortcut || writes(event.target) || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <input
      ref={field}
      id={ID}
      class="identities-search"
      type="search"
      aria-label="Search for a part of a custom id or raw id"
      aria-keyshortcuts="/"
      placeholder="Custom id or raw id (press /)"
      autocomplete="off"
      spellcheck={false}
      maxLength={256}
      value={text}
      onInput={(event) => search.set(event.currentTarget.value)}
    />
  );
}

/** Returns whether keys that are pressed there write text. */
function writes(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input:not([type=checkbox]), textarea, select');
}
