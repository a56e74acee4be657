import { useEffect } from 'preact/hooks';
import type { RequestEntry } from '../../api/requests';
import { linkTo } from '../../state/router';
import { Button } from '../../parts/button';
import { Empty, Loading } from '../../parts/states';
import { VirtualTable } from '../../parts/virtual_table';
import { COLUMNS } from './columns';
import type { Snapshot } from './follower';

interface Props {
  snapshot: Snapshot;
  open: number | undefined;
  onOpen: (entry: RequestEntry) => void;
  /** Called when a button of the mouse is pressed on the list, and when it is released. */
  onHold: (isHeld: boolean) => void;
  isFiltered: boolean;
  isPaused: boolean;
  showAll: () => void;
}

const PAUSED = 'The list is paused. Resume it to see the requests that are answered since.';

const keyOf = ({ number }: RequestEntry) => String(number);

export function RequestList({ snapshot, open, onOpen, onHold, isFiltered, isPaused, showAll }: Props) {
  useEffect(() => {
    // The button may be released anywhere.
    const release = () => onHold(false);
    window.addEventListener('pointerup', release);
    window.addEventListener('pointercancel', release);
    return () => {
      window.removeEventListener('pointerup', release);
      window.removeEventListener('pointercancel', release);
    };
  }, []);
  if (!snapshot.isLoaded) return snapshot.error === undefined ? <Loading what="requests" /> : null;
  if (snapshot.rows.length === 0) {
    return isFiltered ? (
      <Empty title="No request matches the filters">
        <p>{isPaused ? PAUSED : 'Requests that match are shown as soon as they are answered.'}</p>
        <Button onClick={showAll}>Show all requests</Button>
      </Empty>
    ) : (
      <Empty title="No requests yet">
        <p>
          {isPaused ? PAUSED : 'They are shown here as soon as they are answered.'} The view{' '}
          <a href={linkTo('start')}>Start</a> has examples that send one.
        </p>
      </Empty>
    );
  }
  return (
    <div class="request-list" onPointerDown={() => onHold(true)}>
      <VirtualTable
        label="Requests, the newest first"
        columns={COLUMNS}
        rows={snapshot.rows}
        keyOf={keyOf}
        open={open === undefined ? undefined : String(open)}
        onOpen={onOpen}
        anchored
      />
    </div>
  );
}
