// The words of the view for what the API names.
import type { Authentication } from '../../api/requests';

export const AUTHENTICATIONS: Record<Authentication, string> = {
  primaryKey: 'Primary key',
  secondaryKey: 'Secondary key',
  controlSecret: 'Control secret',
  entra: 'Entra token',
};

/** The title of each known mistake in signing, and what to do about it. The emulator explains the mistake itself. */
export const MISTAKES: Record<string, { title: string; todo: string }> = {
  signatureEncoding: {
    title: 'The signature is not in base64',
    todo: 'Write the bytes of the signature in usual base64, with + and / and with = at the end.',
  },
  keyNotDecoded: {
    title: 'The key was not decoded',
    todo: 'Decode the access key from base64, and use the bytes as the key of the HMAC.',
  },
  formerKey: {
    title: 'A key that was regenerated',
    todo: 'Give the client the present connection string. The view Start shows it.',
  },
  wellKnownKey: {
    title: 'The well-known key',
    todo: 'Give the client the connection string of this emulator. The view Start shows it.',
  },
  lowerCaseMethod: { title: 'The method in lower case', todo: 'Sign the method in upper case, such as GET.' },
  otherDate: {
    title: 'Another date',
    todo: 'Make the date once, and use the same text for the header and for the string to sign.',
  },
  emptyBodyHash: {
    title: 'The hash of an empty body',
    todo: 'Hash the bytes of the body that is sent. Sign and send this hash.',
  },
  hexHash: { title: 'The hash in hex', todo: 'Write the SHA-256 of the body in base64, not in hex.' },
  carriageReturns: { title: 'CR LF between the lines', todo: 'Join the three lines by \\n alone.' },
  finalLineEnd: { title: 'A line end at the end', todo: 'Leave out the line end after the third line.' },
  headersInLines: {
    title: 'Line ends between the values',
    todo: 'Join the values of the signed headers by semicolons, in one line.',
  },
  hostWithPort: {
    title: 'The host with a port',
    todo: 'Sign the host as the Host header has it. It is without the port here.',
  },
  otherHost: {
    title: 'Another host',
    todo: 'Sign the host as the Host header has it. Behind a proxy, let the proxy keep the Host header.',
  },
  targetDecoded: {
    title: 'Path and query decoded',
    todo: 'Sign the path and query as they are sent, with the percent-encoding.',
  },
  pathDecoded: { title: 'The path decoded', todo: 'Sign the path as it is sent, with the percent-encoding.' },
  queryDecoded: { title: 'The query decoded', todo: 'Sign the query as it is sent, with the percent-encoding.' },
  pathEncoded: { title: 'The path encoded', todo: 'Sign the path as it is sent, without encoding it.' },
  queryEncoded: { title: 'The query encoded', todo: 'Sign the query as it is sent, without encoding it.' },
  encodedTwice: {
    title: 'Path and query encoded twice',
    todo: 'Encode the path and query once, and sign the text that is sent.',
  },
  escapeCase: {
    title: 'Hexadecimal digits in the other case',
    todo: 'Sign the text that is sent. %3A and %3a are different texts.',
  },
  querySpaces: {
    title: 'Spaces in the query',
    todo: 'Build the query once, and sign the text that is sent. + and %20 are different texts.',
  },
  queryEqualsSign: {
    title: 'An equals sign in the query',
    todo: 'Build the query once, and sign the text that is sent. ?a and ?a= are different texts.',
  },
  queryMissing: { title: 'The query is missing', todo: 'Sign the path with its query: all from ?api-version= on.' },
  wholeUrl: { title: 'The whole URL', todo: 'Sign the path and query alone, without scheme and host.' },
  slashMissing: { title: 'The first slash is missing', todo: 'Begin the path with a slash.' },
  bodyLineEnd: {
    title: 'Another line end after the body',
    todo: 'Hash the same bytes that are sent. A tool may add a line end to the body, or remove it.',
  },
  bodyLineEnds: {
    title: 'Other line ends in the body',
    todo: 'Hash the same bytes that are sent. A tool may change \\n to \\r\\n, or the reverse.',
  },
};
