// Issues an access token for an identity.
import { useState } from 'preact/hooks';
import { issueToken, LIFETIME, SCOPES, type IssuedToken } from '../../api/identities';
import { Button } from '../../parts/button';
import { Check, Group, TextField } from '../../parts/field';
import { Problem } from '../../parts/states';
import { Time } from '../../parts/time';
import { TokenBox } from '../../parts/token_box';
import { useAction } from '../../state/use_action';

export function IssueForm({ id, onIssued }: { id: string; onIssued: () => void }) {
  const [scopes, setScopes] = useState<readonly string[]>(['chat', 'voip']);
  const [minutes, setMinutes] = useState(String(LIFETIME.most));
  const [issued, setIssued] = useState<IssuedToken | undefined>(undefined);
  const action = useAction(async () => {
    setIssued(await issueToken(id, scopes, Number(minutes)));
    onIssued();
  });
  const wrong = wrongLifetime(minutes);
  const toggle = (scope: string, isOn: boolean) =>
    // The token names the scopes in the order of the list.
    setScopes((scopes) => SCOPES.filter((each) => (each === scope ? isOn : scopes.includes(each))));
  return (
    <section class="part">
      <h3>Issue a token</h3>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrong && scopes.length > 0) void action.run();
        }}
      >
        <Group label="Scopes">
          {SCOPES.map((scope) => (
            <Check
              key={scope}
              label={<code>{scope}</code>}
              checked={scopes.includes(scope)}
              onInput={(isOn) => toggle(scope, isOn)}
            />
          ))}
        </Group>
        {scopes.length === 0 && <p class="field-error">Choose at least one scope.</p>}
        <div class="issue-row">
          <TextField
            label="Lifetime in minutes"
            type="number"
            min={LIFETIME.least}
            max={LIFETIME.most}
            value={minutes}
            onInput={setMinutes}
            error={wrong}
          />
          <Button kind="primary" type="submit" busy={action.busy} disabled={Boolean(wrong) || scopes.length === 0}>
            Issue a token
          </Button>
        </div>
      </form>
      {action.error !== undefined && <Problem error={action.error} />}
      {issued && (
        <TokenBox token={issued.token} what="access token">
          Expires at <Time value={issued.expiresOn} />
        </TokenBox>
      )}
    </section>
  );
}

function wrongLifetime(text: string): string | undefined {
  const minutes = Number(text);
  const fits = Number.isInteger(minutes) && minutes >= LIFETIME.least && minutes <= LIFETIME.most;
  return fits ? undefined : `Enter a whole number from ${LIFETIME.least} to ${LIFETIME.most}.`;
}
