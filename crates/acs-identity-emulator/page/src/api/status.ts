import { call } from './client';

export interface ClockReading {
  /** The time of the service, RFC 3339. */
  now: string;
  frozen: boolean;
  offsetSeconds: number;
  machine: string;
}

export interface Status {
  status: 'ok' | 'unavailable';
  reason: string | null;
  version: string;
  controlVersion: string;
  resourceId: string;
  startedAt: string;
  endpoint: string;
  storage: 'folder' | 'memory';
  tokenEndpoint: string | null;
  identities: number;
  /** Requests in the log. */
  requests: number;
  faults: number;
  /** Requests answered since the start, without those of the control API and of health. */
  answered: number;
  history: { resets: number; imports: number; regenerations: number };
  keepsRequests: boolean;
  clock: ClockReading;
}

export const getStatus = (signal?: AbortSignal) => call<Status>('GET', 'status', signal ? { signal } : {});
