// An action of the user: it runs once at a time, and its error stays until the next try.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Action<A extends unknown[]> {
  run: (...args: A) => Promise<boolean>;
  busy: boolean;
  error: unknown;
  clear: () => void;
}

/** `run` resolves to whether the action has succeeded. */
export function useAction<A extends unknown[]>(work: (...args: A) => Promise<void>): Action<A> {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: undefined });
  const current = useRef(work);
  current.current = work;
  const running = useRef(false);
  const mounted = useRef(true);
  useEffect(
    () => () => {
      mounted.current = false;
    },
    [],
  );
  const run = useCallback(async (...args: A) => {
    if (running.current) return false;
    running.current = true;
    setState({ busy: true, error: undefined });
    let error: unknown;
    try {
      await current.current(...args);
    } catch (caught) {
      error = caught;
    }
    running.current = false;
    if (mounted.current) setState({ busy: false, error });
    return error === undefined;
  }, []);
  const clear = useCallback(() => setState((state) => ({ ...state, error: undefined })), []);
  return { run, ...state, clear };
}
