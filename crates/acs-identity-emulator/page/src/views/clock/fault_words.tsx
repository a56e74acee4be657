// A rule in words.
import type { ComponentChildren } from 'preact';
import type { Fault, Rule } from '../../api/faults';
import { status } from '../../state/connection';
import { Badge, StatusBadge } from '../../parts/badge';
import { ClientText } from '../../parts/client_text';
import { durationText, Time } from '../../parts/time';
import { useStore } from '../../base/store';

/** Which requests it hits. */
export function Condition({ rule }: { rule: Rule }) {
  const { operation, method, path, identity, every, probability, seed, includeUnauthenticated } = rule;
  const parts: ComponentChildren[] = [];
  for (const name of operation?.split(',') ?? []) parts.push(<code>{name}</code>);
  if (method) parts.push(<code>{method.toUpperCase()}</code>);
  if (path) parts.push(<ClientText text={path} mono />);
  if (identity) {
    parts.push(
      <>
        of <ClientText text={identity} mono />
      </>,
    );
  }
  if (parts.length === 0) parts.push(everything(rule));
  if (every !== undefined) parts.push(every === 1 ? 'each' : `every ${ordinal(every)}`);
  if (probability !== undefined) {
    const percent = Number((probability * 100).toPrecision(4));
    parts.push(`${percent} % by chance${seed === undefined ? '' : ` (seed ${seed})`}`);
  }
  if (includeUnauthenticated) parts.push('also without authentication');
  return <Parts parts={parts} />;
}

/** What happens to them. */
export function Result({ rule }: { rule: Rule }) {
  const { delayMilliseconds, status, code, message, retryAfter, drop, truncateBodyAt } = rule;
  const { tokenExpiresInSeconds, shiftSeconds } = rule;
  const parts: ComponentChildren[] = [];
  if (delayMilliseconds !== undefined) parts.push(`waits ${millisText(delayMilliseconds)}`);
  if (status !== undefined) parts.push(<StatusBadge status={status} />);
  if (code !== undefined) parts.push(<ClientText text={code} mono />);
  if (message !== undefined) {
    parts.push(
      <>
        “<ClientText text={message} />”
      </>,
    );
  }
  if (retryAfter !== undefined) parts.push(`Retry-After ${retryAfter} s`);
  if (drop) parts.push(drop === 'before' ? 'cut before the work' : 'cut after the work');
  if (truncateBodyAt !== undefined) parts.push(`body cut after ${truncateBodyAt} bytes`);
  if (tokenExpiresInSeconds !== undefined) {
    const long = durationText(Math.abs(tokenExpiresInSeconds));
    parts.push(
      tokenExpiresInSeconds > 0
        ? `tokens expire in ${long}`
        : `tokens have expired${tokenExpiresInSeconds ? ` ${long} ago` : ''}`,
    );
  }
  if (shiftSeconds !== undefined) {
    parts.push(`times ${durationText(Math.abs(shiftSeconds))} ${shiftSeconds < 0 ? 'behind' : 'ahead'}`);
  }
  return <Parts parts={parts} />;
}

/** When it ends, and whether it has ended. */
export function Limit({ fault }: { fault: Fault }) {
  const { times, until, hits } = fault;
  const parts: ComponentChildren[] = [];
  if (times !== undefined) parts.push(times === 1 ? 'once' : `${times} times`);
  if (until !== undefined) {
    parts.push(
      <>
        until <Time value={until} />
      </>,
    );
  }
  if (times !== undefined && hits >= times) parts.push(<Ended />);
  else if (until !== undefined) parts.push(<EndedAt until={until} />);
  if (parts.length === 0) return <span class="quiet">none</span>;
  return <Parts parts={parts} />;
}

const Ended = () => <Badge>ended</Badge>;

function EndedAt({ until }: { until: string }) {
  const isPast = useStore(status, (status) => status && Date.parse(status.clock.now) >= Date.parse(until));
  return isPast ? <Ended /> : null;
}

/** A rule that does nothing but change tokens hits no other requests. */
function everything(rule: Rule): string {
  const others = [rule.status, rule.drop, rule.truncateBodyAt, rule.delayMilliseconds, rule.shiftSeconds];
  const onlyTokens = rule.tokenExpiresInSeconds !== undefined && others.every((other) => other === undefined);
  return onlyTokens ? 'all requests for an access token' : 'all requests';
}

function Parts({ parts }: { parts: readonly ComponentChildren[] }) {
  return (
    <span class="fault-parts">
      {parts.map((part, at) => (
        <span key={at}>{part}</span>
      ))}
    </span>
  );
}

function millisText(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`;
}

function ordinal(count: number): string {
  const tens = count % 100;
  const end = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${end}`;
}
