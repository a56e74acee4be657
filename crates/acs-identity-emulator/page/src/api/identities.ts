// Identities, their tokens and their assignments.
import { call, segment, send } from './client';

export interface Identity {
  /** The raw id. */
  id: string;
  customId: string | null;
  createdAt: string | null;
  lastTokenIssuedAt: string | null;
  /** Whether tokens were revoked. Tokens that were issued afterwards are valid. */
  revoked: boolean;
  pendingRevocationAt: string | null;
  assignments: number;
}

export interface IdentityPage {
  value: Identity[];
  /** Where the next page begins. `undefined` on the last page. */
  after: string | undefined;
}

export interface IssuedToken {
  token: string;
  expiresOn: string;
}

export interface Assignment {
  kind: 'teamsExtension' | 'entra';
  tenantId: string;
  objectId: string;
  principalType?: string;
  clientIds?: string[];
}

/** What the list of an identity's last requests shows of a request. */
export interface RequestOfIdentity {
  number: number;
  time: string;
  method: string | null;
  path: string | null;
  operation: string | null;
  status: number | null;
  code: string | null;
}

/** The names of scopes, in the order of the service's documentation. */
export const SCOPES = ['chat', 'voip', 'chat.join', 'chat.join.limited', 'voip.join'] as const;

/** Lifetimes of access tokens, in minutes. */
export const LIFETIME = { least: 60, most: 1440 } as const;

const PAGE = 200;

/** Returns a page of the identities that have the filter in the custom id or in the raw id. */
export async function listIdentities(
  filter: string,
  after: string | undefined,
  signal: AbortSignal,
): Promise<IdentityPage> {
  const query = { filter, top: PAGE, after };
  const page = await call<{ value: Identity[]; nextLink?: string }>('GET', 'identities', { query, signal });
  // The link may have another name of the emulator, to which this page must not send requests.
  const next = page.nextLink && new URL(page.nextLink, location.href).searchParams.get('after');
  return { value: page.value, after: next || undefined };
}

export const showIdentity = (id: string, signal: AbortSignal) =>
  call<Identity>('GET', `identities/${segment(id)}`, { signal });

/** Creates an identity. If one has the custom id already, that one is returned. */
export async function createIdentity(customId: string): Promise<{ identity: Identity; isNew: boolean }> {
  const response = await send('POST', 'identities', { body: customId ? { customId } : {} });
  return { identity: (await response.json()) as Identity, isNew: response.status === 201 };
}

export const issueToken = (id: string, scopes: readonly string[], expiresInMinutes: number) =>
  call<IssuedToken>('POST', `identities/${segment(id)}/token`, { body: { scopes, expiresInMinutes } });

export const revokeTokens = (id: string) => call<void>('POST', `identities/${segment(id)}/revoke`);

export const deleteIdentity = (id: string) => call<void>('DELETE', `identities/${segment(id)}`);

export const listAssignments = (id: string, signal: AbortSignal) =>
  call<{ value: Assignment[] }>('GET', `identities/${segment(id)}/assignments`, { signal });

/** Returns the last requests of clients that named the identity, the newest first. */
export async function lastRequestsOf(identity: string, signal: AbortSignal): Promise<RequestOfIdentity[]> {
  const query = { identity, last: 20, control: false };
  const list = await call<{ value: RequestOfIdentity[] }>('GET', 'requests', { query, signal });
  return list.value.reverse();
}
