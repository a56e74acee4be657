// The time of the service and of the machine now, from the last status and the time that has gone by since.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ClockReading } from '../../api/status';
import { status } from '../../state/connection';
import { reachable } from '../../base/session';
import { useStore } from '../../base/store';

/** Times in milliseconds since 1970. */
export interface Now {
  service: number;
  machine: number;
  frozen: boolean;
}

interface Anchor extends Now {
  /** When it was read, by `performance.now()`. */
  at: number;
}

/** Answers take different times. A smaller difference than this does not move the clock back and forth. */
const TOLERATED = 500;

export function anchorOf(reading: ClockReading, former: Anchor | undefined, at: number): Anchor {
  const read = { service: Date.parse(reading.now), machine: Date.parse(reading.machine), frozen: reading.frozen };
  if (!former || former.frozen !== read.frozen) return { ...read, at };
  const expected = nowOf(former, at);
  const isSteady = (name: 'service' | 'machine') => Math.abs(expected[name] - read[name]) < TOLERATED;
  // A clock that stands still is exact.
  const isSame = read.frozen ? expected.service === read.service : isSteady('service');
  return isSame && isSteady('machine') ? former : { ...read, at };
}

function nowOf(anchor: Anchor, at: number): Now {
  const gone = at - anchor.at;
  return {
    service: anchor.service + (anchor.frozen ? 0 : gone),
    machine: anchor.machine + gone,
    frozen: anchor.frozen,
  };
}

/** Returns what the clock shows, and draws the part again each second. It stops while the emulator does not answer. */
export function useClock(): Now | undefined {
  const reading = useStore(status, (status) => status?.clock);
  const answers = useStore(reachable);
  const anchor = useRef<Anchor>(undefined);
  const [shown, setShown] = useState<Now | undefined>(undefined);
  useEffect(() => {
    anchor.current = reading && anchorOf(reading, anchor.current, performance.now());
    if (!anchor.current || !answers) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      if (!anchor.current) return;
      const now = nowOf(anchor.current, performance.now());
      setShown(now);
      const next = (time: number) => 1000 - (time % 1000);
      // Just behind the next second of one of the clocks.
      const wait = Math.min(next(now.machine), now.frozen ? Infinity : next(now.service));
      timer = setTimeout(tick, wait + 2);
    };
    tick();
    return () => clearTimeout(timer);
  }, [reading, answers]);
  return reading && shown;
}
