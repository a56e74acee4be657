// The rules in force with their hits, asked for again each second.
import { useCallback, useState } from 'preact/hooks';
import { listFaults, type Fault } from '../../api/faults';
import { generation } from '../../state/connection';
import { usePoll } from '../../state/use_load';
import { useStore } from '../../base/store';

export interface Faults {
  /** `undefined` before the first answer. */
  list: readonly Fault[] | undefined;
  error: unknown;
  reload: () => void;
}

const EVERY = 1000;

export function useFaults(): Faults {
  const [state, setState] = useState<{ list: readonly Fault[] | undefined; error: unknown }>({
    list: undefined,
    error: undefined,
  });
  const [round, setRound] = useState(0);
  const emulator = useStore(generation);
  usePoll(
    async (signal) => {
      try {
        const list = await listFaults(signal);
        if (signal.aborted) return;
        // Nothing is drawn if nothing has changed.
        const isSame = (former: unknown) => JSON.stringify(former) === JSON.stringify(list);
        setState((state) => (state.error === undefined && isSame(state.list) ? state : { list, error: undefined }));
      } catch (error) {
        if (!signal.aborted) setState((state) => ({ ...state, error }));
      }
    },
    EVERY,
    [round, emulator],
  );
  const reload = useCallback(() => setRound((round) => round + 1), []);
  return { ...state, reload };
}
