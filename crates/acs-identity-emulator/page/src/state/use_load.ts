// Loads a value from the emulator, and loads it again when the emulator has changed.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { generation } from './connection';
import { useStore } from '../base/store';

export interface Loaded<T> {
  /** The last value. It stays while another one is loaded. */
  value: T | undefined;
  error: unknown;
  loading: boolean;
  reload: () => void;
}

/** Loads by a function, and again when one of the inputs changes, or after a restart, a reset or an import. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ value: T | undefined; error: unknown; loading: boolean }>({
    value: undefined,
    error: undefined,
    loading: true,
  });
  const [round, setRound] = useState(0);
  const current = useRef(load);
  current.current = load;
  const emulator = useStore(generation);
  useEffect(() => {
    const abort = new AbortController();
    setState((state) => ({ ...state, loading: true }));
    // What goes wrong before the first wait is an error, too.
    const loaded = (async () => current.current(abort.signal))();
    loaded.then(
      (value) => abort.signal.aborted || setState({ value, error: undefined, loading: false }),
      (error: unknown) => abort.signal.aborted || setState((state) => ({ ...state, error, loading: false })),
    );
    return () => abort.abort();
  }, [...inputs, round, emulator]);
  const reload = useCallback(() => setRound((round) => round + 1), []);
  return { ...state, reload };
}

/** Calls a function again and again while the page is visible, each time so many milliseconds after the last has ended. */
export function usePoll(
  work: (signal: AbortSignal) => Promise<void>,
  milliseconds: number,
  inputs: readonly unknown[],
) {
  const current = useRef(work);
  current.current = work;
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = async () => {
      if (document.visibilityState === 'visible') {
        // What goes wrong is shown by the function itself, or by the banner.
        await current.current(abort.signal).catch(() => undefined);
      }
      if (!abort.signal.aborted) timer = setTimeout(() => void turn(), milliseconds);
    };
    void turn();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [milliseconds, ...inputs]);
}
