// Makes an Entra token for a test.
import { useState } from 'preact/hooks';
import { makeEntraToken, type EntraTokenRequest } from '../../api/tokens';
import { Button } from '../../parts/button';
import { Select, TextField } from '../../parts/field';
import { Card } from '../../parts/page_head';
import { Problem } from '../../parts/states';
import { TokenBox } from '../../parts/token_box';
import { useAction } from '../../state/use_action';
import { PURPOSES, type Purpose } from './purposes';

/** The longest lifetime, in minutes. */
const MOST = 1440;

export function EntraForm({ onLook }: { onLook: () => void }) {
  const [purpose, setPurpose] = useState<Purpose>('teamsUser');
  const [form, setForm] = useState({
    oid: '11111111-1111-1111-1111-111111111111',
    appid: '22222222-2222-2222-2222-222222222222',
    tid: '',
    aud: PURPOSES.teamsUser.aud,
    scopes: PURPOSES.teamsUser.scopes,
    minutes: '60',
  });
  const [made, setMade] = useState<string | undefined>(undefined);
  const action = useAction(async () => setMade(await makeEntraToken(requestOf(form))));
  const set = (name: keyof typeof form) => (value: string) => setForm((form) => ({ ...form, [name]: value }));
  const wrong = wrongLifetime(form.minutes);
  const isIncomplete = !form.oid.trim() || !form.appid.trim();
  return (
    <Card title="Make an Entra token for a test">
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void action.run();
        }}
      >
        <Select
          label="Purpose"
          value={purpose}
          onInput={(purpose) => {
            setPurpose(purpose);
            setForm((form) => ({ ...form, aud: PURPOSES[purpose].aud, scopes: PURPOSES[purpose].scopes }));
          }}
          options={Object.entries(PURPOSES).map(([value, { text }]) => ({ value: value as Purpose, text }))}
          hint={PURPOSES[purpose].hint}
        />
        <TextField label="User (oid)" value={form.oid} onInput={set('oid')} mono />
        <TextField label="Application (appid)" value={form.appid} onInput={set('appid')} mono />
        <TextField
          label="Tenant (tid)"
          value={form.tid}
          onInput={set('tid')}
          placeholder="The default tenant of the emulator"
          mono
        />
        <TextField label="Audience (aud)" value={form.aud} onInput={set('aud')} mono />
        <TextField
          label="Permissions (scp)"
          hint="Separated by blanks. Leave one out to test the refusal."
          value={form.scopes}
          onInput={set('scopes')}
          mono
        />
        <TextField
          label="Lifetime in minutes"
          hint="0 or less makes a token that has expired already."
          type="number"
          min={-MOST}
          max={MOST}
          value={form.minutes}
          onInput={set('minutes')}
          error={wrong}
        />
        {action.error !== undefined && <Problem error={action.error} />}
        <div class="row">
          <Button kind="primary" type="submit" busy={action.busy} disabled={Boolean(wrong) || isIncomplete}>
            Make an Entra token
          </Button>
        </div>
      </form>
      {made && <TokenBox token={made} what="Entra token" onLook={onLook} />}
    </Card>
  );
}

function requestOf(
  form: Record<'oid' | 'appid' | 'tid' | 'aud' | 'scopes' | 'minutes', string>,
): EntraTokenRequest {
  const text = (name: 'tid' | 'aud') => (form[name].trim() ? { [name]: form[name].trim() } : {});
  return {
    oid: form.oid.trim(),
    appid: form.appid.trim(),
    ...text('tid'),
    ...text('aud'),
    scopes: form.scopes.split(/\s+/).filter(Boolean),
    expiresIn: Math.round(Number(form.minutes) * 60),
  };
}

function wrongLifetime(text: string): string | undefined {
  const minutes = Number(text);
  const fits = text.trim() !== '' && minutes >= -MOST && minutes <= MOST;
  return fits ? undefined : `Enter a number from ${-MOST} to ${MOST}.`;
}
