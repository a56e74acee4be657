// The rules of faults.
import { call, segment } from './client';

/** The members of a rule. Those that do not apply are left out. */
export interface Rule {
  operation?: string;
  method?: string;
  path?: string;
  identity?: string;
  every?: number;
  probability?: number;
  seed?: number;
  status?: number;
  code?: string;
  message?: string;
  retryAfter?: number;
  delayMilliseconds?: number;
  drop?: 'before' | 'after';
  truncateBodyAt?: number;
  tokenExpiresInSeconds?: number;
  shiftSeconds?: number;
  times?: number;
  until?: string;
  includeUnauthenticated?: boolean;
}

/** A rule that is in force. */
export interface Fault extends Rule {
  id: string;
  /** How many requests it has hit. */
  hits: number;
}

export const listFaults = (signal: AbortSignal) =>
  call<{ value: Fault[] }>('GET', 'faults', { signal }).then((list) => list.value);

/** Adds a rule. Its members are as the user wrote them: the emulator says which of them are wrong. */
export const addFault = (rule: Record<string, unknown>) => call<Fault>('POST', 'faults', { body: rule });

export const deleteFault = (id: string) => call<void>('DELETE', `faults/${segment(id)}`);

export const clearFaults = () => call<void>('DELETE', 'faults');
