// The log of requests: GET and DELETE /emulator/requests.
import { call } from './client';

export type Authentication = 'primaryKey' | 'secondaryKey' | 'controlSecret' | 'entra';

/** What is known about a refused signature. */
export interface RefusedSignature {
  /** The string that the client should have signed. The log cuts it. */
  stringToSign: string | null;
  /** The name of the known mistake that gives the signature that was sent. */
  mistake: string | null;
  explanation: string | null;
}

export interface RequestEntry {
  number: number;
  time: string;
  /** `null` if the head could not be read. */
  method: string | null;
  path: string | null;
  apiVersion: string | null;
  operation: string | null;
  /** `null` if the connection ended without a response. */
  status: number | null;
  code: string | null;
  microseconds: number;
  peer: string;
  userAgent: string | null;
  authentication: Authentication | null;
  caller: string | null;
  identity: string | null;
  reason: string | null;
  fault: string | null;
  signature: RefusedSignature | null;
}

export interface RequestPage {
  /** In the order of the numbers. */
  value: RequestEntry[];
  /** The number after which the next read begins. */
  newest: number;
  /** How many requests after the wanted number were overwritten before they were read. */
  dropped: number;
}

/** Which requests are wanted. */
export interface Wanted {
  status?: string | undefined;
  operation?: string | undefined;
  /** A raw id or a custom id. */
  identity?: string | undefined;
  /** `false` leaves out the requests of the control API. */
  control?: boolean | undefined;
}

/** From where, how many, and how many seconds the response waits for one. */
export interface Reading {
  after?: number;
  last?: number;
  wait?: number;
}

export const listRequests = (wanted: Wanted, reading: Reading, signal: AbortSignal) =>
  call<RequestPage>('GET', 'requests', { query: { ...wanted, ...reading }, signal });

/** Returns the request of a number. `undefined` if the emulator does not keep it. */
export async function getRequest(number: number, signal: AbortSignal): Promise<RequestEntry | undefined> {
  const page = await listRequests({}, { after: number - 1, last: 1 }, signal);
  return page.value.find((entry) => entry.number === number);
}

export const clearRequests = () => call<void>('DELETE', 'requests');

/** The names and paths of all operations. build.mjs takes them from openapi.json. */
declare const OPERATIONS: readonly (readonly [name: string, path: string])[];

export interface Operation {
  name: string;
  /** Whether it is one of the service, and not one of the emulator's own. */
  isOfService: boolean;
}

/** The paths of the operations that the log never has. */
const NOT_KEPT = /^\/(health|emulator\/requests)(\/|$)/;
const OF_SERVICE = /^\/(identities|access|teamsUser)(\/|$)/;

/** The operations that the log can have. */
export const operations: readonly Operation[] = OPERATIONS.filter(([, path]) => !NOT_KEPT.test(path)).map(
  ([name, path]) => ({ name, isOfService: OF_SERVICE.test(path) }),
);
