import { MOST } from './rows';
import type { Snapshot } from './follower';

interface Props {
  snapshot: Snapshot;
  isPaused: boolean;
  hasText: boolean;
}

const requests = (number: number) => (number === 1 ? 'request' : 'requests');
const count = (number: number) => number.toLocaleString('en');

/** What the list shows of the log. The line is always there, so that the list does not move. */
export function LiveLine({ snapshot, isPaused, hasText }: Props) {
  const { rows, held, waiting, skipped } = snapshot;
  return (
    <p class="live-line">
      <span class={`live-state ${isPaused ? 'paused' : 'live'}`}>{isPaused ? 'Paused' : 'Live'}</span>
      {isPaused && (
        <span class="live-new">
          {count(waiting)}
          {waiting >= MOST && '+'} new
        </span>
      )}
      <span class="quiet">
        {hasText ? `${count(rows.length)} of ${count(held)} ${requests(held)}` : `${count(held)} ${requests(held)}`}
        {held >= MOST && ', the last ones'}
        {held > 0 && '. Times are in UTC.'}
      </span>
      {skipped > 0 && (
        <span class="live-skipped">{count(skipped)} not shown: they came faster than this page reads</span>
      )}
    </p>
  );
}
