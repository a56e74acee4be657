import type { Trust } from '../../api/trust';
import { ClientText } from '../../parts/client_text';
import { Time } from '../../parts/time';
import { reasonText } from './advice';

/** The handshakes that clients have ended because of the certificate, the last one first. */
export function Refusals({ refused }: Pick<Trust, 'refused'>) {
  const [last, ...others] = [...refused].reverse();
  if (!last) return <p class="quiet">No client has refused the certificate since the start.</p>;
  return (
    <div class="box warning refusals" role="status">
      <p>
        A client refused the certificate at <Time value={last.time} />. {reasonText(last.reason)} Find it in this
        list, set its variable, and start it again.
      </p>
      <p>
        From <ClientText text={last.peer} mono />, reason <ClientText text={last.reason} mono />
      </p>
      {others.length > 0 && (
        <details>
          <summary>
            {others.length} {others.length === 1 ? 'refusal' : 'refusals'} before
          </summary>
          <ul>
            {others.map(({ time, peer, reason }) => (
              <li key={`${time} ${peer}`}>
                <Time value={time} /> <ClientText text={peer} mono /> <ClientText text={reason} mono />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
