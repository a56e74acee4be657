// Ends the tokens of an identity, or the identity itself.
import { useState } from 'preact/hooks';
import { deleteIdentity, revokeTokens, type Identity } from '../../api/identities';
import { note } from '../../state/notices';
import { go } from '../../state/router';
import { Button } from '../../parts/button';
import { ClientText } from '../../parts/client_text';
import { Confirm } from '../../parts/dialog';

interface Props {
  identity: Identity;
  onRevoked: () => void;
  onDeleted: (id: string) => void;
}

export function EndActions({ identity, onRevoked, onDeleted }: Props) {
  const [asks, setAsks] = useState<'revoke' | 'delete' | undefined>(undefined);
  const close = () => setAsks(undefined);
  return (
    <div class="row">
      <Button onClick={() => setAsks('revoke')}>Revoke its tokens…</Button>
      <Button kind="danger" onClick={() => setAsks('delete')}>
        Delete the identity…
      </Button>
      {asks === 'revoke' && (
        <Confirm
          title="Revoke all tokens of this identity?"
          action="Revoke its tokens"
          onClose={close}
          work={async () => {
            await revokeTokens(identity.id);
            note('The tokens of the identity were revoked.', 'done');
            onRevoked();
          }}
        >
          <Named identity={identity} />
          <p>Tokens that were issued until now are no longer valid. New ones can be issued.</p>
        </Confirm>
      )}
      {asks === 'delete' && (
        <Confirm
          title="Delete this identity?"
          action="Delete the identity"
          onClose={close}
          work={async () => {
            await deleteIdentity(identity.id);
            note('The identity was deleted.', 'done');
            onDeleted(identity.id);
            go('identities');
          }}
        >
          <Named identity={identity} />
          <p>Its tokens are no longer valid. This cannot be undone.</p>
        </Confirm>
      )}
    </div>
  );
}

function Named({ identity }: { identity: Identity }) {
  return (
    <p>
      {identity.customId !== null && (
        <>
          <strong>
            <ClientText text={identity.customId} />
          </strong>
          <br />
        </>
      )}
      <span class="mono named-id">{identity.id}</span>
    </p>
  );
}
