// The counts of the emulator, and how busy it is.
import type { ComponentChildren } from 'preact';
import type { ClockReading } from '../../api/status';
import { status } from '../../state/connection';
import { linkTo, type ViewName } from '../../state/router';
import { timeText } from '../../parts/time';
import { useStore } from '../../base/store';
import { rate, SECONDS } from './rate';
import { Sparkline } from './sparkline';

export function Overview() {
  const now = useStore(status);
  const clock = now?.clock;
  return (
    <section class="tiles" aria-label="Overview">
      <RateTile />
      <Tile name="Identities" view="identities">
        <Count value={now?.identities} />
      </Tile>
      <Tile name="Requests answered" view="requests" note={now?.keepsRequests === false ? 'not listed' : undefined}>
        <Count value={now?.answered} />
      </Tile>
      <Tile name="Faults" view="clock">
        <Count value={now?.faults} />
      </Tile>
      <Tile
        name="Time of the service"
        view="clock"
        note={clock && `${timeText(clock.now).slice(0, 10)} UTC${clockState(clock)}`}
      >
        {clock ? <time dateTime={clock.now}>{timeText(clock.now).slice(11)}</time> : '–'}
      </Tile>
    </section>
  );
}

function clockState({ frozen, offsetSeconds }: ClockReading): string {
  if (frozen) return ', frozen';
  return offsetSeconds === 0 ? '' : ', set';
}

function RateTile() {
  const { now, seconds } = useStore(rate);
  const shown = now === undefined ? '–' : now > 0 && now < 0.5 ? now.toFixed(1) : whole(now);
  const highest = Math.max(now ?? 0, ...seconds.map((value) => value ?? 0));
  return (
    <div class="tile rate">
      <div>
        <h2 class="tile-name">Requests per second</h2>
        <p class="tile-value number">{shown}</p>
        <p class="tile-note">highest {whole(highest)}</p>
      </div>
      <div class="rate-chart">
        <Sparkline
          values={seconds}
          label={`Requests per second in the last ${SECONDS} seconds. The highest number is ${whole(highest)}.`}
        />
        <p class="tile-note" aria-hidden="true">
          <span>{SECONDS} s ago</span>
          <span>now</span>
        </p>
      </div>
    </div>
  );
}

interface TileProps {
  name: string;
  view: ViewName;
  note?: string | undefined;
  children: ComponentChildren;
}

function Tile({ name, view, note, children }: TileProps) {
  return (
    <div class="tile">
      <h2 class="tile-name">
        <a href={linkTo(view)}>{name}</a>
      </h2>
      <p class="tile-value number">{children}</p>
      <p class="tile-note">{note}</p>
    </div>
  );
}

function Count({ value }: { value: number | undefined }) {
  return <>{value === undefined ? '–' : whole(value)}</>;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
