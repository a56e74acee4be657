import { call } from './client';
import { Foreign } from './errors';

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
  /** Requests of the control API that change something. */
  changes: number;
  history: { resets: number; imports: number; regenerations: number };
  keepsRequests: boolean;
  clock: ClockReading;
}

/** Asks for the status. Something else may answer at this address after the emulator has stopped. */
export async function getStatus(signal?: AbortSignal): Promise<Status> {
  const status = await call<Partial<Status> | null>('GET', 'status', signal ? { signal } : {});
  if (!status?.startedAt || !status.history || !status.clock) throw new Foreign();
  return status as Status;
}

/** Changes with everything that clients and others do. A view that shows data of the emulator reads it again then. */
export const activityOf = (status: Status | undefined) =>
  status && `${status.answered} ${status.changes} ${status.identities}`;
