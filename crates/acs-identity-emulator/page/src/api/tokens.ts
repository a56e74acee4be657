// Tokens: what is in them, and Entra tokens for tests.
import { call } from './client';

export interface Inspection {
  kind: 'access' | 'entra' | 'malformed';
  header: Record<string, unknown> | null;
  claims: Record<string, unknown> | null;
  signature: 'valid' | 'invalid' | 'unknownKey' | null;
  active: boolean;
  reason: string | null;
  explanation: string | null;
  issuedAt: string | null;
  expiresAt: string | null;
  secondsLeft: number | null;
}

export interface EntraTokenRequest {
  oid: string;
  appid: string;
  tid?: string;
  aud?: string;
  scopes?: string[];
  /** In seconds. With zero or less, the token has already expired. */
  expiresIn?: number;
}

export const inspectToken = (token: string, signal: AbortSignal) =>
  call<Inspection>('POST', 'inspect', { body: { token }, signal });

export async function makeEntraToken(request: EntraTokenRequest): Promise<string> {
  return (await call<{ access_token: string }>('POST', 'entra-token', { body: request })).access_token;
}
