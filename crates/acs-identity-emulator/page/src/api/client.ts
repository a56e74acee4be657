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

/** Does the work of a request within the time limit. Nothing of it is left afterwards: the page sends many of them. */
async function limited<T>(options: Options, work: (signal: AbortSignal | null) => Promise<T>): Promise<T> {
  // The body of such an answer is read later.
  if (options.patient) return work(options.signal ?? null);
  const abort = new AbortController();
  const cancel = () => abort.abort();
  if (options.signal?.aborted) cancel();
  options.signal?.addEventListener('abort', cancel);
  const timer = setTimeout(cancel, LIMIT);
  try {
    return await work(abort.signal);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', cancel);
  }
}

/** Sends a request, and returns the response if its status says success. */
export function send(method: Method, path: string, options: Options = {}): Promise<Response> {
  return limited(options, (signal) => sendOnce(method, path, options, signal));
}

/** Sends a request, and returns the JSON of the response. */
export function call<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  return limited(options, async (signal) => {
    const response = await sendOnce(method, path, options, signal);
    if (response.status === 204) return undefined as T;
    // The connection may end within the body.
    return answerOf(options, response.json() as Promise<T>);
  });
}

async function sendOnce(
  method: Method,
  path: string,
  options: Options,
  signal: AbortSignal | null,
): Promise<Response> {
  const headers: Record<string, string> = { ...options.headers };
  const known = secret.get();
  if (!options.anonymous && known) headers['authorization'] = `Bearer ${known}`;
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  const sent = fetch(`${BASE}${path}${queryOf(options.query)}`, {
    method,
    headers,
    body: options.raw ?? (options.body === undefined ? null : JSON.stringify(options.body)),
    signal,
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
  });
  const response = await answerOf(options, sent);
  answered();
  if (response.ok) return response;
  const refused = await refusalOf(response);
  if (response.status === 401 && !options.anonymous) secretRefused(known);
  throw refused;
}

/** Waits for an answer or a part of it. Without it, the emulator is unreachable, unless the page has ended the request. */
async function answerOf<T>(options: Options, waited: Promise<T>): Promise<T> {
  try {
    return await waited;
  } catch (error) {
    if (isCancelled(options.signal)) throw error;
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
