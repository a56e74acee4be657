import { useRef, useState } from 'preact/hooks';
import { Refused } from '../../api/errors';
import { clearRequests, getRequest, type RequestEntry } from '../../api/requests';
import { look } from '../../state/connection';
import { note } from '../../state/notices';
import { go, place, replace } from '../../state/router';
import { Button } from '../../parts/button';
import { Confirm } from '../../parts/dialog';
import { PageHead } from '../../parts/page_head';
import { Split } from '../../parts/split';
import { Empty, Loading, Problem } from '../../parts/states';
import { useStore } from '../../base/store';
import { useLoad } from '../../state/use_load';
import { Details } from './details';
import { FilterBar } from './filter_bar';
import { areSet, NO_FILTERS, queryOf, readFilters, type Filters } from './filters';
import { LiveLine } from './live_line';
import { RequestList } from './request_list';
import { useFollower } from './use_follower';
import { useKeys } from './use_keys';
import '../../style/requests.css';

export function RequestsView() {
  const { detail, query } = useStore(place);
  const filters = readFilters(query);
  const [isPaused, setPaused] = useState(false);
  const [clears, setClears] = useState(false);
  const { snapshot, follower } = useFollower(filters, isPaused);
  const number = detail !== undefined && /^\d{1,15}$/.test(detail) ? Number(detail) : undefined;
  const opened = useOpened(number);
  const bar = useRef<HTMLDivElement>(null);
  useKeys({
    p: () => setPaused(!isPaused),
    '/': () => search(),
  });
  const change = (some: Partial<Filters>) => replace('requests', detail, queryOf({ ...filters, ...some }));
  const search = () => bar.current?.querySelector('input')?.focus();
  // The button that was pressed goes, so the focus moves on.
  const reset = () => {
    change(NO_FILTERS);
    search();
  };
  const open = (entry: RequestEntry) => {
    opened.pick(entry);
    // The button Back of the browser closes the details. It does not go through all that were open.
    (number === undefined ? go : replace)('requests', String(entry.number), queryOf(filters));
  };
  if (snapshot.error instanceof Refused && snapshot.error.status === 409) return <NoLog />;
  return (
    <div class="requests">
      <PageHead title="Requests">
        <Button onClick={() => setPaused(!isPaused)}>
          <span class="pause-words">{isPaused ? 'Resume' : 'Pause'}</span>
          <kbd aria-hidden="true">p</kbd>
        </Button>
        <Button kind="danger" onClick={() => setClears(true)}>
          Clear…
        </Button>
      </PageHead>
      <FilterBar filters={filters} change={change} reset={reset} bar={bar} />
      {snapshot.error !== undefined && <Problem error={snapshot.error} />}
      <LiveLine snapshot={snapshot} isPaused={isPaused} hasText={filters.text !== ''} />
      <Split
        title={`Request ${number ?? ''}`}
        item={number === undefined ? undefined : String(number)}
        onClose={() => replace('requests', undefined, queryOf(filters))}
        list={
          <RequestList
            snapshot={snapshot}
            open={number}
            onOpen={open}
            onHold={(isHeld) => follower.current?.hold(isHeld)}
            isFiltered={areSet(filters)}
            isPaused={isPaused}
            showAll={reset}
          />
        }
        detail={number === undefined ? null : <Opened {...opened} />}
      />
      {clears && (
        <Confirm
          title="Clear the log of requests?"
          action="Clear the log"
          work={async () => {
            await clearRequests();
            follower.current?.clear();
            note('The log of requests was cleared.', 'done');
            void look();
          }}
          onClose={() => setClears(false)}
        >
          <p>
            The emulator forgets all its requests, also those that the filters hide. This cannot be undone.
            Identities and tokens stay as they are.
          </p>
        </Confirm>
      )}
    </div>
  );
}

/** The request of the details: the one that was picked from the list, or else that of the number in the link. */
function useOpened(number: number | undefined) {
  const picked = useRef<RequestEntry>(undefined);
  const { value, error, loading } = useLoad(
    async (signal) => {
      if (number === undefined) return undefined;
      if (picked.current?.number !== number) picked.current = await getRequest(number, signal);
      return picked.current;
    },
    [number],
  );
  return {
    pick: (entry: RequestEntry) => {
      picked.current = entry;
    },
    entry: value?.number === number ? value : undefined,
    error,
    loading,
  };
}

function Opened({ entry, error, loading }: { entry: RequestEntry | undefined; error: unknown; loading: boolean }) {
  if (entry) return <Details entry={entry} />;
  if (loading) return <Loading what="the request" />;
  if (error !== undefined) return <Problem error={error} />;
  return (
    <Empty title="The emulator does not keep this request any more">
      <p>It keeps the last 10,000 requests, and only since its start or since the log was cleared.</p>
    </Empty>
  );
}

function NoLog() {
  return (
    <>
      <PageHead title="Requests" />
      <Empty title="The emulator keeps no requests">
        <p>
          It was started with <code>--no-request-log</code>, or with the variable
          AZURE_COMMUNICATION_EMULATOR_NO_REQUEST_LOG. Start it again without it, and the requests are shown here.
        </p>
      </Empty>
    </>
  );
}
