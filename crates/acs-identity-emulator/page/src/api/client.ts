// Calls of the control API. Paths are relative to the page, which is at /emulator/.
import { answered, secret, secretRefused, silent } from '../base/session';
import { Refused, Unreachable } from './errors';

export type Method = 'GET' | 'POST' | 'DELETE';

export interface Options {
  query?: Record<string, string | number | boolean | undefined>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  raw?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Whether the request goes without the control secret. */
  anonymous?: boolean;
  /** Whether the answer may take as long as it likes, because it is a whole state. */
  patient?: boolean;
}

/** The folder of the page, `/emulator/`, or behind a proxy a path that ends with it. */
const BASE = new URL('.', location.href).pathname;

/** How long the page waits for an answer, in milliseconds. The longest answer that waits on purpose takes 20 s. */
const LIMIT = 30_000;

/** Returns whether the page itself has ended a request. A time limit has not: then the emulator did not answer. */
function isCancelled(signal: AbortSignal | undefined): boolean {
  return (
    signal?.aborted === true && !(signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError')
  );
}

function limited(options: Options): AbortSignal | null {
  const signals = options.patient ? [] : [AbortSignal.timeout(LIMIT)];
  if (options.signal) signals.push(options.signal);
  return signals.length === 0 ? null : AbortSignal.any(signals);
}

/** Sends a request, and returns the response if its status says success. */
export async function send(method: Method, path: string, options: Options = {}): Promise<Response> {
  const headers: Record<string, string> = { ...options.headers };
  const known = secret.get();
  if (!options.anonymous && known) headers['authorization'] = `Bearer ${known}`;
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(`${BASE}${path}${queryOf(options.query)}`, {
      method,
      headers,
      body: options.raw ?? (options.body === undefined ? null : JSON.stringify(options.body)),
      signal: limited(options),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
    });
  } catch (error) {
    if (isCancelled(options.signal)) throw error;
    silent();
    throw new Unreachable();
  }
  answered();
  if (response.ok) return response;
  const refused = await refusalOf(response);
  if (response.status === 401 && !options.anonymous) secretRefused(known);
  throw refused;
}

/** Sends a request, and returns the JSON of the response. */
export async function call<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (isCancelled(options.signal)) throw error;
    // The connection ended within the body.
    silent();
    throw new Unreachable();
  }
}

function queryOf(query: Options['query']): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

async function refusalOf(response: Response): Promise<Refused> {
  const body = (await response.json().catch(() => undefined)) as
    { error?: { code?: string; message?: string; target?: string } } | undefined;
  const error = body?.error;
  return new Refused(response.status, error?.code ?? '', error?.message ?? '', error?.target);
}

/** Returns a raw id or a custom id as a segment of a path. */
export function segment(text: string): string {
  // A browser takes these out of a URL, in every form.
  if (text === '.' || text === '..') {
    throw new Error(`A URL cannot name the custom id “${text}”. Find the identity in the list, and open it there.`);
  }
  return encodeURIComponent(text);
}
