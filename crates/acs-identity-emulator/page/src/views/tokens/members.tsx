// The header or the claims of a token: name, value and meaning of each.
import { ClientText } from '../../parts/client_text';
import { Card } from '../../parts/page_head';
import { timeText } from '../../parts/time';
import { TIMES } from './explained';

/** A token with more members than this is not one of ours. */
const MOST = 100;

interface Props {
  members: Record<string, unknown>;
  meanings: Record<string, string>;
}

export function Members({ members, meanings }: Props) {
  const all = Object.entries(members);
  return (
    <>
      <dl class="members">
        {all.slice(0, MOST).map(([name, value]) => (
          <div key={name}>
            <dt>
              <ClientText text={name} max={60} mono />
            </dt>
            <dd>
              <Value name={name} value={value} />
            </dd>
            {Object.hasOwn(meanings, name) && <dd class="hint">{meanings[name]}</dd>}
          </div>
        ))}
      </dl>
      {all.length > MOST && <p class="quiet">And {(all.length - MOST).toLocaleString('en')} more.</p>}
    </>
  );
}

/** What claims mean, without values. */
export function Meanings({ title, meanings }: { title: string; meanings: Record<string, string> }) {
  return (
    <Card title={title}>
      <dl class="members">
        {Object.entries(meanings).map(([name, meaning]) => (
          <div key={name}>
            <dt class="mono">{name}</dt>
            <dd class="meaning quiet">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function Value({ name, value }: { name: string; value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const time = TIMES.has(name) ? timeOf(value) : undefined;
  return (
    <>
      <ClientText text={text} max={600} mono />
      {time && <span class="member-time number"> {time}</span>}
    </>
  );
}

function timeOf(value: unknown): string | undefined {
  const seconds = Number(value);
  // The last second of the year 9999.
  if (value === '' || value === null || !Number.isInteger(seconds) || Math.abs(seconds) > 253_402_300_799)
    return undefined;
  return `${timeText(new Date(seconds * 1000).toISOString())} UTC`;
}
