// What the user wants to see. It is in the query of the fragment, so that links can name it.
import type { RequestEntry, Wanted } from '../../api/requests';

export interface Filters {
  /** Searched in the page, over path, user agent and code. */
  text: string;
  status: string;
  operation: string;
  identity: string;
  /** Whether requests of the control API are shown. */
  control: boolean;
}

export const NO_FILTERS: Filters = { text: '', status: '', operation: '', identity: '', control: false };

export function readFilters(query: URLSearchParams): Filters {
  const value = (name: string) => query.get(name) ?? '';
  return {
    text: value('text'),
    status: value('status'),
    operation: value('operation'),
    identity: value('identity'),
    control: value('control') === 'true',
  };
}

/** Returns the parameters of the fragment. Those that are not set are left out. */
export function queryOf(filters: Filters): Record<string, string> {
  const { control, ...texts } = filters;
  const set = Object.entries(texts).filter(([, value]) => value !== '');
  return { ...Object.fromEntries(set), ...(control ? { control: 'true' } : {}) };
}

export function areSet(filters: Filters): boolean {
  return Object.keys(queryOf(filters)).length > 0;
}

/** Returns whether the emulator knows such a status: `404`, `4xx` or `dropped`. */
export function isStatus(text: string): boolean {
  return /^([1-5]xx|[1-5]\d\d|dropped)$/i.test(text);
}

/** Returns what the emulator selects. A status that it does not know is left out, and the field says so. */
export function wantedOf({ status, operation, identity, control }: Filters): Wanted {
  return {
    status: isStatus(status) ? status : undefined,
    operation: operation || undefined,
    identity: identity || undefined,
    // As on the command line: an operation of the control API is shown if it is named.
    control: control || operation ? undefined : false,
  };
}

export type Matcher = (entry: RequestEntry) => boolean;

/** Returns whether entries match a text. `undefined` if all do. */
export function matcherOf(text: string): Matcher | undefined {
  const words = text.trim();
  if (words === '') return undefined;
  // An expression compares without making a text in lower case of each entry.
  const pattern = new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
  const has = (value: string | null) => value !== null && pattern.test(value);
  return ({ path, userAgent, code }) => has(path) || has(userAgent) || has(code);
}
