// The view is in the fragment of the URL: #/identities/8%3Aacs%3A…
import { createStore } from '../base/store';

export interface Place {
  view: ViewName;
  /** What follows the view, decoded. */
  detail: string | undefined;
  /** The parameters behind `?`. */
  query: URLSearchParams;
}

export const VIEWS = [
  { name: 'start', title: 'Start' },
  { name: 'identities', title: 'Identities' },
  { name: 'requests', title: 'Requests' },
  { name: 'tokens', title: 'Tokens' },
  { name: 'clock', title: 'Clock and faults' },
  { name: 'state', title: 'State' },
] as const;

export type ViewName = (typeof VIEWS)[number]['name'];

export const place = createStore<Place>(read());

function read(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [name = '', ...rest] = path.split('/');
  const view = VIEWS.find((view) => view.name === name)?.name ?? 'start';
  return { view, detail: decode(rest.join('/')) || undefined, query: new URLSearchParams(query) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Returns the link to a view. */
export function linkTo(view: ViewName, detail?: string, query?: Record<string, string>): string {
  const path = detail === undefined ? view : `${view}/${encodeURIComponent(detail)}`;
  const parameters = new URLSearchParams(query).toString();
  return `#/${path}${parameters && `?${parameters}`}`;
}

export function go(view: ViewName, detail?: string, query?: Record<string, string>) {
  location.hash = linkTo(view, detail, query);
}

/** The same in place of the present entry of the history, for what changes with each key, such as filters. */
export function replace(view: ViewName, detail?: string, query?: Record<string, string>) {
  history.replaceState(null, '', linkTo(view, detail, query));
  place.set(read());
}

window.addEventListener('hashchange', () => place.set(read()));
