// The time of a clock of the emulator, between two answers that say it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { status } from './connection';
import { useStore } from '../base/store';

/** A reading that differs by less than this, in milliseconds, differs because of the way that the answer took. */
const JITTER = 400;

/** Returns the time of the service, or of its machine, in milliseconds since 1970. It changes each second, if it goes. */
export function useNow(of: 'service' | 'machine'): number | undefined {
  const clock = useStore(status, (status) => status?.clock);
  const base = useRef<number | undefined>(undefined);
  const [, tick] = useState(0);
  const goes = of === 'machine' || clock?.frozen === false;
  if (clock) {
    const read = Date.parse(of === 'machine' ? clock.machine : clock.now);
    const moved = goes ? read - performance.now() : read;
    if (base.current === undefined || !goes || Math.abs(moved - base.current) > JITTER) base.current = moved;
  }
  useEffect(() => {
    if (!goes) return undefined;
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [goes]);
  if (base.current === undefined) return undefined;
  return goes ? base.current + performance.now() : base.current;
}
