// Keeps the focus when the element that has it goes, for example a button of a deleted row.
import { useLayoutEffect } from 'preact/hooks';

/** Moves the focus to another element if what is drawn now removes the element with the focus. */
export function useKeptFocus(fallback: () => HTMLElement | null) {
  const focused = document.activeElement;
  useLayoutEffect(() => {
    if (focused && !focused.isConnected && document.activeElement === document.body) fallback()?.focus();
  });
}
