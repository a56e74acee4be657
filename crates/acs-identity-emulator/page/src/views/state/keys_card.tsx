// The access keys. They are hidden until the user wants to see them.
import { useState } from 'preact/hooks';
import { listKeys, type AccessKeys } from '../../api/keys';
import { regenerateKey, type KeyType } from '../../api/state';
import { getTrust } from '../../api/trust';
import { cancelOwn, expectOwn, lookAgain } from '../../state/connection';
import { note } from '../../state/notices';
import { Button } from '../../parts/button';
import { Confirm } from '../../parts/dialog';
import { Card } from '../../parts/page_head';
import { Loading, Problem } from '../../parts/states';
import { useLoad } from '../../state/use_load';
import { Secret } from './secret';

/**
 * Returns the keys with the connection strings that clients use. The emulator names the scheme by which the page has reached
 * it, which is http for http://localhost. Client libraries take https only, which the same port serves. A proxy has one address.
 */
async function load(signal: AbortSignal): Promise<AccessKeys> {
  const [keys, { publicUrl }] = await Promise.all([listKeys(signal), getTrust(signal)]);
  const https = (text: string) => (publicUrl === null ? text.replace(/^endpoint=http:/, 'endpoint=https:') : text);
  return {
    ...keys,
    primaryConnectionString: https(keys.primaryConnectionString),
    secondaryConnectionString: https(keys.secondaryConnectionString),
  };
}

export function KeysCard() {
  const keys = useLoad(load, []);
  return (
    <Card title="Access keys">
      <p class="hint">Two keys, so that clients can move from one to the other before it is regenerated.</p>
      {keys.error !== undefined && <Problem error={keys.error} retry={keys.reload} />}
      {!keys.value && keys.loading && <Loading what="the keys" />}
      {keys.value && (
        <>
          <Key type="Primary" keys={keys.value} reload={keys.reload} />
          <Key type="Secondary" keys={keys.value} reload={keys.reload} />
        </>
      )}
    </Card>
  );
}

interface KeyProps {
  type: KeyType;
  keys: AccessKeys;
  reload: () => void;
}

function Key({ type, keys, reload }: KeyProps) {
  const [shown, setShown] = useState(false);
  const [asks, setAsks] = useState(false);
  const name = type.toLowerCase();
  const other = type === 'Primary' ? 'secondary' : 'primary';
  const isPrimary = type === 'Primary';
  const key = isPrimary ? keys.primaryKey : keys.secondaryKey;
  const connection = isPrimary ? keys.primaryConnectionString : keys.secondaryConnectionString;
  const regenerate = async () => {
    expectOwn('regenerations');
    await regenerateKey(type).catch((error: unknown) => {
      cancelOwn('regenerations');
      throw error;
    });
    note(`The ${name} key was regenerated. Give clients the new connection string.`, 'done');
    reload();
    void lookAgain();
  };
  return (
    <section class="key" aria-label={`${type} key`}>
      <div class="card-head">
        <h3>{type} key</h3>
        <div class="row">
          <Button small pressed={shown} label={`Show the ${name} key`} onClick={() => setShown(!shown)}>
            Show
          </Button>
          <Button small kind="danger" label={`Regenerate the ${name} key`} onClick={() => setAsks(true)}>
            Regenerate…
          </Button>
        </div>
      </div>
      <Secret
        name="Connection string"
        what={`the ${name} connection string`}
        text={connection}
        part={key}
        shown={shown}
      />
      <Secret name="Key" what={`the ${name} key`} text={key} part={key} shown={shown} />
      {asks && (
        <Confirm
          title={`Regenerate the ${name} key?`}
          action={`Regenerate the ${name} key`}
          work={regenerate}
          onClose={() => setAsks(false)}
        >
          <p>
            All access tokens that were issued with the {name} key are revoked. Requests that are signed with it are
            refused from now on, so its clients need the new connection string.
          </p>
          <p>
            Tokens that were issued with the {other} key or with an Entra token stay valid. This page stays signed
            in.
          </p>
        </Confirm>
      )}
    </section>
  );
}
