// The list of identities: its first page, further pages on demand, and news while only one page is shown.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { listIdentities, type Identity, type IdentityPage } from '../../api/identities';
import { isAbort } from '../../api/errors';
import { activityOf } from '../../api/status';
import { generation, status } from '../../state/connection';
import { useStore } from '../../base/store';

interface State {
  rows: readonly Identity[];
  /** The filter of the rows. It lags behind the wanted one while a search runs. */
  filter: string;
  /** Where the next page begins. */
  after: string | undefined;
  pages: number;
  error: unknown;
  moreError: unknown;
}

export interface Identities extends State {
  /** How often the user has asked for a new list. */
  asked: number;
  loadMore: () => void;
  reload: () => void;
  /** Replaces a row by what is known now. */
  put: (identity: Identity) => void;
  remove: (id: string) => void;
}

/** More rows than this are of no use to a reader, and take memory. */
export const MOST = 100_000;

/** The least time between two readings of news, in milliseconds. */
const PAUSE = 1_500;
/** Reading news takes at most this part of the time. */
const SHARE = 20;

const NOTHING: State = {
  rows: [],
  filter: '',
  after: undefined,
  pages: 0,
  error: undefined,
  moreError: undefined,
};

export function useIdentities(filter: string): Identities {
  const [state, setState] = useState<State>(NOTHING);
  const [asked, setAsked] = useState(0);
  const emulator = useStore(generation);
  const now = useRef(state);
  now.current = state;
  const wanted = useRef(filter);
  wanted.current = filter;
  /** Ends all that runs for an earlier list. */
  const running = useRef(new AbortController());
  const isLoadingMore = useRef(false);
  const newsAt = useRef(0);

  useEffect(() => {
    const abort = new AbortController();
    running.current = abort;
    isLoadingMore.current = false;
    const began = performance.now();
    listIdentities(filter, undefined, abort.signal).then(
      ({ value, after }) => {
        if (abort.signal.aborted) return;
        newsAt.current = nextNews(began);
        setState({ ...NOTHING, rows: value, filter, after, pages: 1 });
      },
      (error: unknown) => abort.signal.aborted || setState((state) => ({ ...state, error })),
    );
    return () => abort.abort();
  }, [filter, asked, emulator]);

  const loadMore = useCallback(() => {
    const { after, rows, filter } = now.current;
    if (!after || isLoadingMore.current || filter !== wanted.current || rows.length >= MOST) return;
    isLoadingMore.current = true;
    const { signal } = running.current;
    listIdentities(filter, after, signal)
      .then(
        (page) => signal.aborted || setState((state) => (state.after === after ? extended(state, page) : state)),
        (moreError: unknown) =>
          signal.aborted || isAbort(moreError) || setState((state) => ({ ...state, moreError })),
      )
      .finally(() => {
        if (!signal.aborted) isLoadingMore.current = false;
      });
  }, []);

  // Clients make and use identities meanwhile. Several pages stay as they are, so that nothing moves under the reader.
  const news = useStore(status, activityOf);
  const seen = useRef(news);
  const [readings, setReadings] = useState(0);
  useEffect(() => {
    if (seen.current === news || now.current.pages !== 1) return undefined;
    const { signal } = running.current;
    const read = async () => {
      seen.current = news;
      newsAt.current = Infinity;
      const began = performance.now();
      const { filter } = now.current;
      const page = await listIdentities(filter, undefined, signal).catch(() => undefined);
      newsAt.current = nextNews(began);
      setReadings((readings) => readings + 1);
      if (!page || signal.aborted || isLoadingMore.current) return;
      const isWanted = (state: State) => state.pages === 1 && state.filter === filter;
      setState((state) => (isWanted(state) ? { ...state, rows: page.value, after: page.after } : state));
    };
    if (newsAt.current === Infinity) return undefined;
    const timer = setTimeout(() => void read(), Math.max(0, newsAt.current - performance.now()));
    return () => clearTimeout(timer);
  }, [news, state.pages, readings]);

  const put = useCallback((identity: Identity) => {
    setState((state) => {
      const at = state.rows.findIndex((row) => row.id === identity.id);
      return at < 0 ? state : { ...state, rows: state.rows.with(at, identity) };
    });
  }, []);
  const remove = useCallback((id: string) => {
    setState((state) => ({ ...state, rows: state.rows.filter((row) => row.id !== id) }));
  }, []);
  const reload = useCallback(() => setAsked((asked) => asked + 1), []);
  return { ...state, asked, loadMore, reload, put, remove };
}

function extended(state: State, page: IdentityPage): State {
  const rows = state.rows.concat(page.value);
  return { ...state, rows, after: page.after, pages: state.pages + 1, moreError: undefined };
}

function nextNews(began: number): number {
  const now = performance.now();
  return now + Math.max(PAUSE, (now - began) * SHARE);
}
