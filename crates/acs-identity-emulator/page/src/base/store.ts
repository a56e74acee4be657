// A value that parts of the page watch.
import { useEffect, useState } from 'preact/hooks';

export interface Store<T> {
  get(): T;
  set(value: T): void;
  update(change: (value: T) => T): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const store: Store<T> = {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    update: (change) => store.set(change(value)),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return store;
}

/** Returns the value of a store, or what is selected of it. The part is drawn again when that changes. */
export function useStore<T>(store: Store<T>): T;
export function useStore<T, U>(store: Store<T>, select: (value: T) => U): U;
export function useStore<T, U>(store: Store<T>, select?: (value: T) => U): T | U {
  const read = () => (select ? select(store.get()) : store.get());
  const [value, setValue] = useState<T | U>(read);
  useEffect(() => {
    const look = () => setValue(() => read());
    look();
    return store.subscribe(look);
  }, [store]);
  return value;
}
