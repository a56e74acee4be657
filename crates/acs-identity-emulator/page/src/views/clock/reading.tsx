import { Fact, Facts } from '../../parts/page_head';
import { durationText } from '../../parts/time';
import type { Now } from './ticking';

/** What the clocks show now. */
export function Reading({ now }: { now: Now }) {
  const service = new Date(now.service).toISOString();
  const machine = new Date(now.machine).toISOString();
  return (
    <>
      <time class={`clock-now${now.frozen ? ' frozen' : ''}`} dateTime={service.slice(0, 19) + 'Z'}>
        <span>{service.slice(0, 10)}</span> <span>{service.slice(11, 19)}</span> <small>UTC</small>
      </time>
      <Facts>
        <Fact name="Machine’s time">
          <span class="number">{machine.slice(0, 19).replace('T', ' ')}</span>
        </Fact>
        <Fact name="Offset">
          <span class="number">{offsetText(now)}</span>
        </Fact>
      </Facts>
    </>
  );
}

function offsetText(now: Now): string {
  const seconds = Math.round((now.service - now.machine) / 1000);
  if (seconds === 0) return 'none';
  return `${durationText(Math.abs(seconds))} ${seconds > 0 ? 'ahead' : 'behind'}`;
}
