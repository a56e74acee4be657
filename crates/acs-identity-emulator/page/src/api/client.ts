// Calls of the control API. Paths are relative to the page, which is at /emulator/.
import { answered, secret, secretRefused, silent } from '../app/session';
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
}

/** Sends a request, and returns the response if its status says success. */
export async function send(method: Method, path: string, options: Options = {}): Promise<Response> {
  const headers: Record<string, string> = { ...options.headers };
  const known = secret.get();
  if (!options.anonymous && known) headers['authorization'] = `Bearer ${known}`;
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(`/emulator/${path}${queryOf(options.query)}`, {
      method,
      headers,
      body: options.raw ?? (options.body === undefined ? null : JSON.stringify(options.body)),
      signal: options.signal ?? null,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
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
    if (options.signal?.aborted) throw error;
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
  return encodeURIComponent(text);
}
