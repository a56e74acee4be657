// What the snippets and the advice need to know: the addresses, the key, and the files that make clients trust.
import type { Certificate, Trust } from '../../api/trust';
import type { Target } from './snippets/snippet';

/** Everybody knows this key, so nothing is hidden. */
const WELL_KNOWN = 'V2VsbC1rbm93biBrZXkgb2YgdGhlIEFDUyBJZGVudGl0eSBlbXVsYXRvci4gTm90IGEgc2VjcmV0Lg==';
const HIDDEN = '…';

export interface Addresses {
  endpoint: string;
  connectionString: string;
  /** The same without the key, if the key is a secret. */
  masked: string;
  isSecret: boolean;
}

/** The SDKs use HTTPS only. It is at the same port as the plain HTTP of this page. */
export function addressesOf(endpoint: string, connectionString: string, publicUrl: string | null): Addresses {
  const https = (text: string) => (publicUrl === null ? text.replace(/(^|endpoint=)http:/, '$1https:') : text);
  const full = https(connectionString);
  const isSecret = !full.includes(`accesskey=${WELL_KNOWN}`);
  return {
    endpoint: https(endpoint).replace(/\/$/, ''),
    connectionString: full,
    masked: isSecret ? full.replace(/(accesskey=)[^;]*/i, `$1${HIDDEN}`) : full,
    isSecret,
  };
}

/** How clients come to trust the emulator. */
export type Way =
  /** By files on this machine. */
  | { kind: 'files'; certificate: string; bundle: string; javaTrustStore: string | null }
  /** By a file that this command gets. */
  | { kind: 'download'; certificate: string; command: string }
  /** By variables that this command prints. */
  | { kind: 'command'; command: string }
  /** They see another certificate than the emulator's own. */
  | { kind: 'proxy'; url: string }
  | { kind: 'own' };

interface Known {
  trust: Trust;
  certificates: readonly Certificate[];
  addresses: Addresses;
  /** Whether the emulator's files are on another machine. */
  isAway: boolean;
}

export function wayOf({ trust, certificates, addresses, isAway }: Known): Way {
  const { host } = new URL(addresses.endpoint);
  const name = host.replace(/:\d+$/, '');
  if (trust.publicUrl !== null) return { kind: 'proxy', url: trust.publicUrl };
  if (certificates.some((certificate) => certificate.isOwn && covers(certificate.names, name))) {
    return { kind: 'own' };
  }
  if (isAway) return { kind: 'download', certificate: 'ca.pem', command: downloadOf(host) };
  const { certificate, bundle, javaTrustStore } = trust;
  if (certificate !== null) return { kind: 'files', certificate, bundle: bundle ?? certificate, javaTrustStore };
  // The command uses the well-known key, because it finds no other one.
  if (addresses.isSecret) return { kind: 'download', certificate: 'ca.pem', command: downloadOf(host) };
  return { kind: 'command', command: `eval "$(az communication emulator env --endpoint https://${host})"` };
}

/** The command that gets the certificate from the emulator. */
function downloadOf(host: string): string {
  return `curl -o ca.pem http://${host}/emulator/ca.pem`;
}

export function isThisMachine(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function covers(names: readonly string[], name: string): boolean {
  return names.some((own) => own === name || (own.startsWith('*.') && own.slice(1) === name.replace(/^[^.]+/, '')));
}

export function targetOf(addresses: Addresses, way: Way, isShown: boolean): Target {
  return {
    endpoint: addresses.endpoint,
    connectionString: isShown ? addresses.connectionString : addresses.masked,
    certificate: way.kind === 'files' || way.kind === 'download' ? way.certificate : null,
    bundle: way.kind === 'files' ? way.bundle : way.kind === 'download' ? way.certificate : null,
    before: way.kind === 'download' || way.kind === 'command' ? way.command : null,
  };
}
