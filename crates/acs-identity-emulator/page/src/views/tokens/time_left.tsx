// The time that a token has left, by the clock that counts for it.
import type { Inspection } from '../../api/tokens';
import { status } from '../../state/connection';
import { durationText } from '../../parts/time';
import { useNow } from '../../state/service_now';
import { useStore } from '../../base/store';

export function TimeLeft({ inspection }: { inspection: Inspection }) {
  const { expiresAt, secondsLeft } = inspection;
  const clock = useStore(status, (status) => status?.clock);
  const of =
    clock && expiresAt && secondsLeft !== null
      ? clockOf(Date.parse(expiresAt) - secondsLeft * 1000, clock)
      : 'service';
  const now = useNow(of);
  if (!expiresAt) return <span class="quiet">–</span>;
  if (now === undefined) return null;
  const left = Math.ceil((Date.parse(expiresAt) - now) / 1000);
  return (
    <>
      {left > 0 ? (
        <span class="countdown">{countdownText(left)}</span>
      ) : (
        <span class="countdown expired">It expired {durationText(left).replace('−', '')} ago.</span>
      )}
      {of === 'service' && clock?.frozen && <span class="quiet"> The clock of the service is frozen.</span>}
      {of === 'machine' && clock?.offsetSeconds !== 0 && (
        <span class="quiet"> The clock of the machine counts for this token.</span>
      )}
    </>
  );
}

/** Returns which clock showed that time: Entra tokens that authenticate a caller expire by the machine's. */
function clockOf(time: number, clock: { now: string; machine: string }): 'service' | 'machine' {
  const distance = (reading: string) => Math.abs(Date.parse(reading) - time);
  return distance(clock.machine) < distance(clock.now) ? 'machine' : 'service';
}

/** `23:59:58`, or `2 d 03:04:05`. */
function countdownText(seconds: number): string {
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const rest = `${two((seconds % 86_400) / 3_600)}:${two((seconds % 3_600) / 60)}:${two(seconds % 60)}`;
  return days > 0 ? `${days} d ${rest}` : rest;
}
