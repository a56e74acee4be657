// What to do so that a client trusts the emulator.
import type { ClientName } from '../../api/trust';
import { isWindows, quoted, setting } from './snippets/shell';
import type { Way } from './target';

export interface Client {
  name: ClientName;
  title: string;
}

export const CLIENTS: readonly Client[] = [
  { name: 'python', title: 'Python' },
  { name: 'node', title: 'Node.js' },
  { name: 'dotnet', title: '.NET' },
  { name: 'java', title: 'Java' },
  { name: 'rust', title: 'Rust' },
  { name: 'curl', title: 'curl' },
  { name: 'browser', title: 'Browser' },
];

export interface Advice {
  /** To copy. */
  command?: string;
  words?: string;
}

const JAVA_PASSWORD = 'changeit';

/** The advice of a way for a client, for clients that see the emulator's own certificate. */
export function adviceFor(
  client: ClientName,
  way: Extract<Way, { kind: 'files' | 'download' | 'command' }>,
): Advice {
  if (client === 'browser') {
    return { words: 'Nothing for this page: it uses plain HTTP. For HTTPS, add the certificate to the browser.' };
  }
  if (way.kind === 'command') return { command: way.command };
  const bundle = way.kind === 'files' ? way.bundle : way.certificate;
  switch (client) {
    case 'python':
      return {
        command: setting('REQUESTS_CA_BUNDLE', bundle),
        words: 'For aiohttp and httpx, set SSL_CERT_FILE to the same path.',
      };
    case 'node':
      return { command: setting('NODE_EXTRA_CA_CERTS', way.certificate) };
    case 'dotnet':
      return {
        command: setting('SSL_CERT_FILE', bundle),
        words: 'On Linux. Elsewhere, add the certificate to the store of the system.',
      };
    case 'java':
      return javaAdvice(way);
    case 'curl':
      return { command: setting('CURL_CA_BUNDLE', bundle) };
    default:
      return {
        command: setting('SSL_CERT_FILE', bundle),
        words: 'On Linux. Elsewhere, give the client a transport of its own, as in the program for Rust.',
      };
  }
}

function javaAdvice(way: Extract<Way, { kind: 'files' | 'download' }>): Advice {
  const store = way.kind === 'files' ? way.javaTrustStore : null;
  if (store !== null) {
    const path = /\s/.test(store) ? `"${store}"` : store;
    const options =
      `-Djavax.net.ssl.trustStore=${path} -Djavax.net.ssl.trustStoreType=JKS ` +
      `-Djavax.net.ssl.trustStorePassword=${JAVA_PASSWORD}`;
    return { command: setting('JAVA_TOOL_OPTIONS', options, store) };
  }
  const file = isWindows(way.certificate) ? `"${way.certificate}"` : quoted(way.certificate);
  return {
    command: `keytool -importcert -noprompt -alias emulator -file ${file} -keystore emulator.p12 -storepass ${JAVA_PASSWORD}`,
    words:
      'Then start Java with -Djavax.net.ssl.trustStore=emulator.p12 ' +
      `-Djavax.net.ssl.trustStorePassword=${JAVA_PASSWORD}.`,
  };
}

/** What a client has said when it ended a handshake, in words. */
export function reasonText(reason: string): string {
  switch (reason) {
    case 'unknown_ca':
      return 'It does not know the authority.';
    case 'certificate_expired':
      return 'It says that the certificate has expired. Look at the clock of its machine.';
    case 'ended_without_request':
      return 'It ended the connection without a request, as Node.js does if it does not trust the certificate.';
    default:
      return 'It does not accept the certificate.';
  }
}
