// Requests per second, from the number of answered requests in the status. It goes on while other views are open.
import { status } from '../../state/connection';
import type { Status } from '../../api/status';
import { createStore } from '../../base/store';

/** How many seconds are shown. */
export const SECONDS = 60;

export interface Rate {
  /** Between the last two answers. `undefined` before the second one. */
  now: number | undefined;
  /** Of each of the last seconds, the oldest first. `undefined` where nothing is known. */
  seconds: readonly (number | undefined)[];
}

const NOTHING: Rate = { now: undefined, seconds: new Array<undefined>(SECONDS).fill(undefined) };

export const rate = createStore<Rate>(NOTHING);

interface Sample {
  /** In seconds, by the clock of the page, which never goes back. */
  at: number;
  answered: number;
  startedAt: string;
}

/** Gives each second the rate of the interval that its middle lies in. Answers come about a second after each other. */
class Counter {
  private last: Sample | undefined;
  private readonly rates = new Map<number, number>();

  add(sample: Sample): Rate {
    const before = this.last;
    const isOther =
      before !== undefined && (before.startedAt !== sample.startedAt || sample.answered < before.answered);
    if (isOther) this.forget();
    this.last = sample;
    if (before === undefined || isOther) return NOTHING;
    const span = sample.at - before.at;
    if (span <= 0) return rate.get();
    const now = (sample.answered - before.answered) / span;
    const end = Math.round(sample.at);
    for (let second = Math.round(before.at); second < end; second += 1) this.rates.set(second, now);
    for (const second of this.rates.keys()) if (second < end - SECONDS) this.rates.delete(second);
    return { now, seconds: NOTHING.seconds.map((_, index) => this.rates.get(end - SECONDS + index)) };
  }

  forget() {
    this.last = undefined;
    this.rates.clear();
  }
}

const counter = new Counter();

function look(now: Status | undefined) {
  if (now === undefined) counter.forget();
  rate.set(
    now ? counter.add({ at: performance.now() / 1000, answered: now.answered, startedAt: now.startedAt }) : NOTHING,
  );
}

status.subscribe(() => look(status.get()));
