// What a pasted token is, whether the emulator accepts it, and what it contains.
import type { Inspection } from '../../api/tokens';
import { Badge } from '../../parts/badge';
import { ClientText } from '../../parts/client_text';
import { Card, Fact, Facts } from '../../parts/page_head';
import { Time } from '../../parts/time';
import { ACCESS, ENTRA, HEADER } from './explained';
import { Members } from './members';
import { TimeLeft } from './time_left';

const KINDS = {
  access: 'An access token of Communication Services',
  entra: 'An Entra token',
};

export function Result({ inspection }: { inspection: Inspection }) {
  const { kind, header, claims } = inspection;
  return (
    <div class="token-parts">
      <Card title="Result">
        <Verdict inspection={inspection} />
        {kind !== 'malformed' && (
          <Facts>
            <Fact name="What it is">{KINDS[kind]}</Fact>
            <Fact name="Time left">
              <TimeLeft inspection={inspection} />
            </Fact>
            <Fact name="Expires">
              <Time value={inspection.expiresAt} zone />
            </Fact>
            <Fact name="Issued">
              <Time value={inspection.issuedAt} zone />
            </Fact>
            <Fact name="Signature">
              <Signature inspection={inspection} />
            </Fact>
          </Facts>
        )}
      </Card>
      {claims && (
        <Card title="Claims">
          <Members members={claims} meanings={kind === 'access' ? ACCESS : ENTRA} />
        </Card>
      )}
      {header && (
        <Card title="Header">
          <Members members={header} meanings={HEADER} />
        </Card>
      )}
    </div>
  );
}

function Verdict({ inspection: { kind, active, explanation, reason } }: { inspection: Inspection }) {
  const title = active ? 'Accepted' : kind === 'malformed' ? 'Not a token' : 'Refused';
  return (
    <div class={`box verdict ${active ? 'good' : 'danger'}`} role="status">
      <div class="card-head">
        <strong>{title}</strong>
        {reason && <code>{reason}</code>}
      </div>
      {explanation && <ClientText text={explanation} max={1000} />}
    </div>
  );
}

function Signature({ inspection: { signature, kind } }: { inspection: Inspection }) {
  switch (signature) {
    case 'valid':
      return (
        <>
          <Badge tone="good">holds</Badge> The key that the header names has signed it.
        </>
      );
    case 'invalid':
      return (
        <>
          <Badge tone="danger">does not hold</Badge> The token was changed, or another key has signed it.
        </>
      );
    case 'unknownKey':
      return (
        <>
          <Badge tone="warning">unknown key</Badge> The emulator has no key with the id in the header.{' '}
          {kind === 'access'
            ? 'Another emulator or resource has issued it, or the access key was regenerated.'
            : 'Another issuer has issued it.'}
        </>
      );
    default:
      return <span class="quiet">–</span>;
  }
}
