import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { generation } from '../../state/connection';
import { useStore } from '../../base/store';
import { matcherOf, wantedOf, type Filters } from './filters';
import { Follower, NOTHING, type Snapshot } from './follower';

/** Follows the requests that the filters select, while the view is shown. */
export function useFollower(filters: Filters, isPaused: boolean) {
  const [snapshot, setSnapshot] = useState<Snapshot>(NOTHING);
  const follower = useRef<Follower>(undefined);
  const emulator = useStore(generation);
  const wanted = wantedOf(filters);
  const matcher = useMemo(() => matcherOf(filters.text), [filters.text]);
  useEffect(() => {
    const started = new Follower(wanted, setSnapshot);
    started.match(matcher);
    started.pause(isPaused);
    follower.current = started;
    return () => started.end();
  }, [JSON.stringify(wanted), emulator]);
  useEffect(() => follower.current?.match(matcher), [matcher]);
  useEffect(() => follower.current?.pause(isPaused), [isPaused]);
  return { snapshot, follower };
}
