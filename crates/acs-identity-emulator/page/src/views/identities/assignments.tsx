// The assignments whose object id is the GUID of the identity.
import { listAssignments, type Assignment, type Identity } from '../../api/identities';
import { ClientText } from '../../parts/client_text';
import { Fact, Facts } from '../../parts/page_head';
import { Problem } from '../../parts/states';
import { useLoad } from '../../state/use_load';

const KINDS: Record<Assignment['kind'], string> = { teamsExtension: 'Teams extension', entra: 'Entra' };

export function Assignments({ identity }: { identity: Identity }) {
  return (
    <section class="part">
      <h3>Assignments</h3>
      {identity.assignments === 0 ? (
        <p class="quiet">No assignment names this identity.</p>
      ) : (
        <List id={identity.id} count={identity.assignments} />
      )}
    </section>
  );
}

function List({ id, count }: { id: string; count: number }) {
  const { value, error, reload } = useLoad((signal) => listAssignments(id, signal), [id, count]);
  if (error !== undefined) return <Problem error={error} retry={reload} />;
  return (
    <ul class="stack">
      {value?.value.map((assignment) => (
        <li key={`${assignment.kind} ${assignment.tenantId}`} class="assignment">
          <Facts>
            <Fact name="Kind">{KINDS[assignment.kind] ?? assignment.kind}</Fact>
            <Fact name="Tenant">
              <ClientText text={assignment.tenantId} mono />
            </Fact>
            <Fact name="Object">
              <ClientText text={assignment.objectId} mono />{' '}
              {assignment.principalType && `(${assignment.principalType})`}
            </Fact>
            <Fact name="Applications">
              {assignment.clientIds?.length ? (
                assignment.clientIds.map((client) => (
                  <div key={client}>
                    <ClientText text={client} mono />
                  </div>
                ))
              ) : (
                <span class="quiet">None</span>
              )}
            </Fact>
          </Facts>
        </li>
      ))}
    </ul>
  );
}
