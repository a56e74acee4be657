// With which files clients trust the emulator, which of them have called over TLS, and the certificates in force.
import { call } from './client';

export type ClientName = 'python' | 'node' | 'dotnet' | 'java' | 'rust' | 'curl' | 'browser' | 'other';

export interface Trust {
  /** Paths on the machine of the emulator. */
  certificate: string | null;
  bundle: string | null;
  javaTrustStore: string | null;
  /** The address of a proxy, which has a certificate of its own. */
  publicUrl: string | null;
  /** Whether it serves plain HTTP only. */
  plainHttp: boolean;
  /** Clients that have completed a request over TLS. */
  clients: { client: ClientName; lastSeen: string; userAgent: string }[];
  /** Handshakes that clients have ended because of the certificate, for example for the reason `unknown_ca`. */
  refused: { time: string; peer: string; reason: string }[];
}

export interface Certificate {
  role: 'authority' | 'server';
  /** Whether it is the user's own. */
  isOwn: boolean;
  subject: string;
  names: string[];
  notBefore: string;
  notAfter: string;
  sha256: string;
}

export const getTrust = (signal?: AbortSignal) => call<Trust>('GET', 'trust', signal ? { signal } : {});

export const getCertificates = async (signal?: AbortSignal) =>
  (await call<{ value: Certificate[] }>('GET', 'certificates', signal ? { signal } : {})).value;
