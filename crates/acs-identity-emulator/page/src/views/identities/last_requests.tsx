// The last requests of clients that named the identity.
import { lastRequestsOf, type RequestOfIdentity } from '../../api/identities';
import { status } from '../../state/connection';
import { linkTo } from '../../state/router';
import { StatusBadge } from '../../parts/badge';
import { ClientText } from '../../parts/client_text';
import { Problem } from '../../parts/states';
import { Time } from '../../parts/time';
import { useStore } from '../../base/store';
import { useLoad } from '../../state/use_load';

export function LastRequests({ id, activity }: { id: string; activity: string | undefined }) {
  const isKept = useStore(status, (status) => status?.keepsRequests !== false);
  return (
    <section class="part">
      <div class="card-head">
        <h3>Last requests</h3>
        {isKept && <a href={linkTo('requests', undefined, { identity: id })}>All its requests</a>}
      </div>
      {isKept ? (
        <List id={id} activity={activity} />
      ) : (
        <p class="quiet">The emulator was started without the log of requests.</p>
      )}
    </section>
  );
}

function List({ id, activity }: { id: string; activity: string | undefined }) {
  const { value, error, reload } = useLoad((signal) => lastRequestsOf(id, signal), [id, activity]);
  if (error !== undefined) return <Problem error={error} retry={reload} />;
  if (!value) return null;
  if (value.length === 0) return <p class="quiet">No request of a client has named it since the start.</p>;
  return (
    <table class="last-requests">
      <thead>
        <tr>
          <th>Time (UTC)</th>
          <th>Request</th>
          <th>Status</th>
        </tr>
      </thead>
      <tbody>
        {value.map((request) => (
          <tr key={request.number}>
            <td>
              <Time value={request.time} />
            </td>
            <td>
              <ClientText text={nameOf(request)} max={60} />
            </td>
            <td>
              <StatusBadge status={request.status} /> {request.code && <ClientText text={request.code} max={40} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function nameOf({ operation, method, path }: RequestOfIdentity): string {
  return operation ?? `${method ?? ''} ${path ?? ''}`.trim();
}
