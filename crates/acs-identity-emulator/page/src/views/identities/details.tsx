// What is known about one identity, and what can be done with it.
import { useEffect } from 'preact/hooks';
import { showIdentity, type Identity } from '../../api/identities';
import { activityOf } from '../../api/status';
import { status } from '../../state/connection';
import { Badge } from '../../parts/badge';
import { ClientText } from '../../parts/client_text';
import { Copy } from '../../parts/copy';
import { Fact, Facts } from '../../parts/page_head';
import { Loading, Problem } from '../../parts/states';
import { Time } from '../../parts/time';
import { useStore } from '../../base/store';
import { useLoad } from '../../state/use_load';
import { Assignments } from './assignments';
import { EndActions } from './end_actions';
import { IssueForm } from './issue_form';
import { LastRequests } from './last_requests';

interface Props {
  id: string;
  /** Called with what is known now. */
  onSeen: (identity: Identity) => void;
  onDeleted: (id: string) => void;
}

export function IdentityDetails({ id, onSeen, onDeleted }: Props) {
  const activity = useStore(status, activityOf);
  const { value, error, reload } = useLoad((signal) => showIdentity(id, signal), [id, activity]);
  useEffect(() => value && onSeen(value), [value]);
  if (error !== undefined) return <Problem error={error} retry={reload} />;
  if (!value) return <Loading what="the identity" />;
  return (
    <>
      <IdentityFacts identity={value} />
      <IssueForm id={value.id} onIssued={reload} />
      <EndActions identity={value} onRevoked={reload} onDeleted={onDeleted} />
      <Assignments identity={value} />
      <LastRequests id={value.id} activity={activity} />
    </>
  );
}

function IdentityFacts({ identity }: { identity: Identity }) {
  return (
    <div class="identity-facts">
      <Facts>
        <Fact name="Custom id">
          <div class="fact-row">
            <ClientText text={identity.customId} max={300} />
            {identity.customId && <Copy text={identity.customId} what="the custom id" />}
          </div>
        </Fact>
        <Fact name="Raw id">
          <div class="fact-row">
            <span class="mono">{identity.id}</span>
            <Copy text={identity.id} what="the raw id" />
          </div>
        </Fact>
        <Fact name="Created">
          <Time value={identity.createdAt} zone />
        </Fact>
        <Fact name="Last token">
          {identity.lastTokenIssuedAt ? (
            <Time value={identity.lastTokenIssuedAt} zone />
          ) : (
            <span class="quiet">None was issued</span>
          )}
        </Fact>
        <Fact name="Revocation">
          <Revocation identity={identity} />
        </Fact>
      </Facts>
    </div>
  );
}

function Revocation({ identity }: { identity: Identity }) {
  if (identity.pendingRevocationAt) {
    return (
      <>
        <Badge tone="warning">revoking</Badge> Its tokens are revoked at{' '}
        <Time value={identity.pendingRevocationAt} zone />.
      </>
    );
  }
  if (!identity.revoked) return <span class="quiet">No token was revoked</span>;
  return (
    <>
      <Badge tone="danger">revoked</Badge> Tokens that were issued afterwards are valid.
    </>
  );
}
