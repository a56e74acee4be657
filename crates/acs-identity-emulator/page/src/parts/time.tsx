// Times and durations.

/** Making it takes longer than a row of a list may take. */
const HERE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** Shows a time of RFC 3339 in UTC, with seconds. `zone` says so, where no title of a column does. */
export function Time({
  value,
  millis,
  zone,
}: {
  value: string | null | undefined;
  millis?: boolean;
  zone?: boolean;
}) {
  if (!value) return <span class="quiet">–</span>;
  return (
    <>
      <time class="number" dateTime={value} title={titleOf(value)}>
        {timeText(value, millis)}
      </time>
      {zone && <span class="quiet"> UTC</span>}
    </>
  );
}

function titleOf(value: string): string {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? value : `${value} (${HERE.format(date)} here)`;
}

/** `2030-01-31 09:00:00`, in UTC. */
export function timeText(value: string, millis = false): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return value;
  return date
    .toISOString()
    .replace('T', ' ')
    .slice(0, millis ? 23 : 19);
}

/** `09:00:00.123`, in UTC. */
export function clockText(value: string): string {
  return timeText(value, true).slice(11);
}

/** `2 d 3 h`, `3 min 5 s`, `5 s`: the two largest units. */
export function durationText(seconds: number): string {
  const sign = seconds < 0 ? '−' : '';
  let left = Math.round(Math.abs(seconds));
  const parts: string[] = [];
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 || (unit === 's' && parts.length === 0)) parts.push(`${count} ${unit}`);
  }
  return sign + parts.slice(0, 2).join(' ');
}

/** `850 µs`, `12.4 ms`, `2.50 s`. */
export function microsText(micros: number): string {
  if (micros < 1_000) return `${micros} µs`;
  if (micros < 1_000_000) return `${(micros / 1_000).toFixed(1)} ms`;
  return `${(micros / 1_000_000).toFixed(2)} s`;
}
