// Replaces everything that the emulator holds by a file.
import { useRef, useState } from 'preact/hooks';
import { Refused } from '../../api/errors';
import { importState, LARGEST_STATE } from '../../api/state';
import { cancelOwn, expectOwn, lookAgain, status } from '../../state/connection';
import { note } from '../../state/notices';
import { Button } from '../../parts/button';
import { ClientText } from '../../parts/client_text';
import { Confirm } from '../../parts/dialog';
import { FileField } from '../../parts/file_field';
import { Card } from '../../parts/page_head';
import { Problem } from '../../parts/states';
import { useAction } from '../../state/use_action';
import { useStore } from '../../base/store';
import { countText, sizeText } from './size';

export function ImportCard() {
  const identities = useStore(status, (status) => status?.identities ?? 0);
  const [file, setFile] = useState<File | undefined>(undefined);
  const [asks, setAsks] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  const run = async (file: File, replace: boolean) => {
    expectOwn('imports');
    const done = await importState(file, replace).catch((error: unknown) => {
      cancelOwn('imports');
      throw error;
    });
    const counts = [
      countText(done.identities, 'identity', 'identities'),
      countText(done.assignments, 'assignment', 'assignments'),
    ];
    note(`Imported ${file.name.slice(0, 60)}: ${counts.join(' and ')}.`, 'done');
    setFile(undefined);
    if (field.current) field.current.value = '';
    void lookAgain();
  };
  const action = useAction(async () => {
    if (!file) throw new Error('Choose a file first: an export of an emulator.');
    if (file.size > LARGEST_STATE) {
      throw new Error(
        `The file has ${sizeText(file.size)}. The emulator imports at most ${sizeText(LARGEST_STATE)}.`,
      );
    }
    if (identities > 0) return setAsks(true);
    try {
      await run(file, false);
    } catch (error) {
      // It has assignments only, which the status does not count.
      if (!(error instanceof Refused) || error.target !== 'replace') throw error;
      setAsks(true);
    }
  });
  return (
    <Card title="Import">
      <p>
        Replaces everything that the emulator holds by an export, in one step. The access keys and the clock become
        those of the file.
      </p>
      <FileField
        label="Export file"
        accept=".jsonl"
        field={field}
        onChoose={(file) => {
          action.clear();
          setFile(file);
        }}
      />
      {action.error !== undefined && <Problem error={action.error} />}
      <Button busy={action.busy} onClick={() => void action.run()}>
        Import the file
      </Button>
      {asks && file && (
        <Confirm
          title="Replace what the emulator holds?"
          action="Replace everything"
          work={() => run(file, true)}
          onClose={() => setAsks(false)}
        >
          <p>
            {identities > 0
              ? `The emulator holds ${countText(identities, 'identity', 'identities')}. They and all assignments are `
              : 'The emulator holds assignments. They are '}
            deleted, and <ClientText text={file.name} max={60} /> ({sizeText(file.size)}) takes their place.
          </p>
          <p>
            The access keys become those of the file. Clients with a key that is not in it are refused, and so are
            their tokens.
          </p>
        </Confirm>
      )}
    </Card>
  );
}
