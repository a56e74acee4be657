// Deletes the data, and keeps what clients are configured with.
import { useState } from 'preact/hooks';
import { resetState } from '../../api/state';
import { cancelOwn, expectOwn, lookAgain, status } from '../../state/connection';
import { note } from '../../state/notices';
import { Button } from '../../parts/button';
import { Confirm } from '../../parts/dialog';
import { Card } from '../../parts/page_head';
import { useStore } from '../../base/store';
import { countText } from './size';

export function ResetCard() {
  const [asks, setAsks] = useState(false);
  return (
    <Card title="Reset">
      <p>Deletes all identities and assignments, the log of requests and the faults. Keys and certificates stay.</p>
      <Button kind="danger" onClick={() => setAsks(true)}>
        Reset the emulator…
      </Button>
      {asks && <Question onClose={() => setAsks(false)} />}
    </Card>
  );
}

function Question({ onClose }: { onClose: () => void }) {
  const now = useStore(status);
  const reset = async () => {
    expectOwn('resets');
    const deleted = await resetState().catch((error: unknown) => {
      cancelOwn('resets');
      throw error;
    });
    const counts = [
      countText(deleted.identities, 'identity', 'identities'),
      countText(deleted.assignments, 'assignment', 'assignments'),
    ];
    note(`The emulator was reset. ${counts.join(' and ')} were deleted.`, 'done');
    void lookAgain();
  };
  return (
    <Confirm title="Reset the emulator?" action="Reset the emulator" work={reset} onClose={onClose}>
      <p>This is deleted:</p>
      <ul class="bullets">
        <li>{countText(now?.identities ?? 0, 'identity', 'identities')}, with their tokens and revocations</li>
        <li>all assignments of Teams extension and Entra</li>
        <li>the log of requests ({(now?.requests ?? 0).toLocaleString('en')})</li>
        <li>{countText(now?.faults ?? 0, 'fault', 'faults')}</li>
      </ul>
      <p>This stays: the access keys, the certificates, the resource id and the clock.</p>
    </Confirm>
  );
}
