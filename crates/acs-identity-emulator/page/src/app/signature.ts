// Signs a request with an access key, as docs/service.md describes it (section 2).
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const base64 = (data: Uint8Array) => btoa(String.fromCharCode(...data));

/** Returns the headers of a signed GET request. The key is base64. */
export function signedHeaders(key: string, pathAndQuery: string, date: string): Record<string, string> {
  const hash = base64(sha256(bytes('')));
  const text = `GET\n${pathAndQuery}\n${date};${location.host};${hash}`;
  const signature = base64(
    hmac(
      sha256,
      Uint8Array.from(atob(key), (char) => char.charCodeAt(0)),
      bytes(text),
    ),
  );
  return {
    'x-ms-date': date,
    'x-ms-content-sha256': hash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  };
}

/** Returns the access key of a connection string, or a sentence that says what is wrong with it. */
export function keyOf(text: string): { key: string } | { wrong: string } {
  const parts = text
    .trim()
    .replace(/^["']|["']$/g, '')
    .split(';')
    .map((part) => part.trim());
  const value = (name: string) =>
    parts.find((part) => part.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const key = value('accesskey');
  if (key === undefined || value('endpoint') === undefined) {
    return {
      wrong: 'This is not a connection string. It looks like endpoint=https://localhost:10100/;accesskey=…',
    };
  }
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key) || key.length % 4 !== 0) {
    return { wrong: 'The access key in the connection string is not base64. It may have been cut.' };
  }
  return { key };
}
