// Saves the whole state to a file.
import { useEffect, useRef, useState } from 'preact/hooks';
import { isAbort } from '../../api/errors';
import { exportState } from '../../api/state';
import { note } from '../../state/notices';
import { status } from '../../state/connection';
import { Button } from '../../parts/button';
import { Card } from '../../parts/page_head';
import { Problem } from '../../parts/states';
import { useAction } from '../../state/use_action';
import { useStore } from '../../base/store';
import { sizeText } from './size';

export function ExportCard() {
  const isInMemory = useStore(status, (status) => status?.storage === 'memory');
  const [received, setReceived] = useState(0);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const action = useAction(async () => {
    const abort = new AbortController();
    running.current = abort;
    setReceived(0);
    try {
      const file = await exportState(abort.signal, setReceived);
      const name = `acs-emulator-${new Date().toISOString().slice(0, 10)}.jsonl`;
      save(file, name);
      note(`The state was exported to ${name} (${sizeText(file.size)}).`, 'done');
    } catch (error) {
      if (!isAbort(error)) throw wordsOfCut(error);
    }
  });
  return (
    <Card title="Export">
      <p>
        Saves everything that the emulator holds to a file: identities, assignments, revocations, keys and the
        clock.
        {isInMemory && ' This emulator is in memory: what it holds is lost when it stops.'}
      </p>
      <p class="box warning">The file contains keys. Who has it can issue tokens for this emulator.</p>
      {action.error !== undefined && <Problem error={action.error} />}
      <div class="row">
        <Button busy={action.busy} onClick={() => void action.run()}>
          Export to a file
        </Button>
        {action.busy && <Button onClick={() => running.current?.abort()}>Cancel the export</Button>}
        <span class="quiet number" role="status">
          {action.busy && `${sizeText(received)} received`}
        </span>
      </div>
    </Card>
  );
}

/** A connection that ends within the file gives an error without words for users. */
function wordsOfCut(error: unknown): unknown {
  return error instanceof TypeError
    ? new Error('The connection ended before the whole state had come. No file was saved. Try again.')
    : error;
}

function save(file: Blob, name: string) {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has the file by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
