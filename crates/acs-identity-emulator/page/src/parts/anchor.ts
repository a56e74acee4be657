// Keeps the rows in sight where they are when rows come on top of them.
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface Given<T> {
  isOn: boolean;
  body: RefObject<HTMLElement | null>;
  rows: readonly T[];
  keyOf: (row: T) => string;
  height: number;
  /** Whether the rows stay at the top of the list, too. `first` is the key of the one that was the first. */
  stays: (first: string) => boolean;
  /**
   * Called after the first row has changed. `first` is the key of the one before, if the list shows the new one in its
   * place. Otherwise the list was scrolled.
   */
  moved: (first: string | undefined) => void;
}

interface Place {
  key: string | undefined;
  index: number;
}

export interface Anchor {
  /** How many rows have come on top since the list was scrolled down. */
  above: number;
  /** Called when the list has been scrolled to a place. */
  hold: (top: number) => void;
}

export function useAnchor<T>(given: Given<T>): Anchor {
  const { isOn, body, rows, keyOf, height } = given;
  /** The first row in sight. */
  const seen = useRef<Place>({ key: undefined, index: 0 });
  /** The row that was the first one of the list when the user left the top. */
  const left = useRef<Place>({ key: undefined, index: 0 });
  /** How far the list is scrolled. A look at the element would cost a layout each time. */
  const top = useRef(0);
  const first = useRef<string>(undefined);
  const anchor = useRef<Anchor>({ above: 0, hold: () => undefined }).current;
  const firstKey = rows[0] && keyOf(rows[0]);

  anchor.hold = (now) => {
    top.current = now;
    const index = Math.floor(now / height);
    const row = rows[index];
    seen.current = { key: row && keyOf(row), index };
    if (now > 0) return;
    left.current = { key: firstKey, index: 0 };
    anchor.above = 0;
  };

  useLayoutEffect(() => {
    const element = body.current;
    const former = first.current;
    first.current = firstKey;
    if (!isOn || !element || former === undefined || former === firstKey) return anchor.hold(top.current);
    if (top.current === 0 && !given.stays(former)) {
      anchor.hold(0);
      return given.moved(former);
    }
    const { key, index } = seen.current;
    const now = find(rows, keyOf, key, index);
    if (now >= 0 && now !== index) element.scrollTop += (now - index) * height;
    const start = find(rows, keyOf, left.current.key, left.current.index);
    if (start >= 0) left.current.index = start;
    anchor.above = Math.max(0, start);
    anchor.hold(element.scrollTop);
    return given.moved(undefined);
  }, [rows]);
  return anchor;
}

/** Returns the index of a row. It is looked for from `near` on, because rows move little. */
export function find<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  key: string | undefined,
  near: number,
): number {
  if (key === undefined) return -1;
  const from = Math.min(near, rows.length);
  for (let index = from; index < rows.length; index += 1) if (keyOf(rows[index] as T) === key) return index;
  for (let index = from - 1; index >= 0; index -= 1) if (keyOf(rows[index] as T) === key) return index;
  return -1;
}
