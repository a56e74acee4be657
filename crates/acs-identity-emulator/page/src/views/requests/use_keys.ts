// Keys that work anywhere in the view, except where text is written.
import { useEffect, useRef } from 'preact/hooks';

/** Calls a function when its key is pressed. */
export function useKeys(keys: Record<string, () => void>) {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : undefined;
      if (target?.closest('input:not([type=checkbox]), textarea, select, dialog')) return;
      const work = current.current[event.key];
      if (!work) return;
      event.preventDefault();
      work();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
