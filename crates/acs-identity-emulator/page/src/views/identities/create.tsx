// The dialog that creates an identity.
import { useEffect, useRef, useState } from 'preact/hooks';
import { createIdentity } from '../../api/identities';
import { note } from '../../state/notices';
import { go } from '../../state/router';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { TextField } from '../../parts/field';
import { Problem } from '../../parts/states';
import { useAction } from '../../state/use_action';

export function CreateDialog({ onCreated, onClose }: { onCreated: () => void; onClose: () => void }) {
  const [customId, setCustomId] = useState('');
  const isClosed = useRef(false);
  useEffect(
    () => () => {
      isClosed.current = true;
    },
    [],
  );
  const action = useAction(async () => {
    const { identity, isNew } = await createIdentity(customId);
    if (isNew) note('The identity was created.', 'done');
    else note('An identity with this custom id was there already. It is open now.');
    onCreated();
    // Who has closed the dialog meanwhile is elsewhere.
    if (isClosed.current) return;
    onClose();
    go('identities', identity.id);
  });
  return (
    <Dialog title="Create an identity" onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run();
        }}
      >
        <TextField
          label="Custom id (optional)"
          hint="Your own name for the user, up to 256 characters. Creating it again gives the same identity."
          value={customId}
          onInput={setCustomId}
        />
        {action.error !== undefined && <Problem error={action.error} />}
        <div class="row end">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={action.busy}>
            Create the identity
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
