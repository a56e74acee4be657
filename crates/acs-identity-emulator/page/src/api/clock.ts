// The clock of the service.
import { call } from './client';
import type { ClockReading } from './status';

export const setClock = (now: string) => call<ClockReading>('POST', 'clock/set', { body: { now } });

/** Moves the clock by a duration with a unit: `2h`, `-1d`, `PT90M`. */
export const advanceClock = (by: string) => call<ClockReading>('POST', 'clock/advance', { body: { by } });

export const changeClock = (change: 'freeze' | 'resume' | 'reset') => call<ClockReading>('POST', `clock/${change}`);
