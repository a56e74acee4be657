// Follows the log of requests: reads the last ones, and then what is answered, by long polls.
import { Refused } from '../../api/errors';
import { listRequests, type Reading, type RequestEntry, type Wanted } from '../../api/requests';
import type { Matcher } from './filters';
import { MOST, Rows } from './rows';

/** What the view shows. */
export interface Snapshot {
  /** Whether the first requests were read. */
  isLoaded: boolean;
  rows: readonly RequestEntry[];
  /** How many the page holds, whether they match the text or not. */
  held: number;
  /** How many were answered since the pause. */
  waiting: number;
  /** How many were overwritten in the emulator, or skipped, before the page read them. */
  skipped: number;
  error: unknown;
}

export const NOTHING: Snapshot = { isLoaded: false, rows: [], held: 0, waiting: 0, skipped: 0, error: undefined };

/** The first view shows the last ones. The older ones come after it. */
const FIRST = 200;
const OLDER = 1_000;
/** The largest number of one response. */
const BATCH = 2_000;
/** How long a response waits for a request, in seconds. */
const WAIT = 20;
/** The least time between two responses, in milliseconds. */
const TURN = 300;
const TURN_PAUSED = 1_000;
const RETRY = 1_000;
/** After so many full responses, more than the emulator keeps, the page lags and goes on with the last requests. */
const LAGS = 6;

export class Follower {
  #rows = new Rows();
  #wanted: Wanted;
  #publish: (snapshot: Snapshot) => void;
  #isLoaded = false;
  #isEnded = false;
  #isPaused = false;
  #isHeld = false;
  /** The number after which the next read begins. */
  #cursor = 0;
  /** The same for the requests that are only counted. */
  #counted = 0;
  #waiting = 0;
  #skipped = 0;
  #full = 0;
  /** Changes when what is held was thrown away. */
  #round = 0;
  #error: unknown;
  #matches: Matcher | undefined;
  #abort = new AbortController();
  #wake: () => void = () => undefined;

  constructor(wanted: Wanted, publish: (snapshot: Snapshot) => void) {
    this.#wanted = wanted;
    this.#publish = publish;
    document.addEventListener('visibilitychange', this.#interrupt);
    void this.#run();
  }

  end() {
    this.#isEnded = true;
    document.removeEventListener('visibilitychange', this.#interrupt);
    this.#interrupt();
  }

  match(matches: Matcher | undefined) {
    this.#matches = matches;
    this.#rows.match(matches);
    if (this.#isPaused) this.#countAnew();
    this.#tell();
  }

  pause(isPaused: boolean) {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    this.#countAnew();
    this.#tell();
  }

  /** While the user presses a mouse button on a row, the rows stay where they are. */
  hold(isHeld: boolean) {
    this.#isHeld = isHeld;
    if (!isHeld) this.#tell();
  }

  /** Called when the log was cleared. */
  clear() {
    this.#rows.clear();
    this.#round += 1;
    this.#skipped = 0;
    this.#countAnew();
    this.#tell();
  }

  #countAnew() {
    this.#counted = this.#cursor;
    this.#waiting = 0;
    this.#interrupt();
  }

  /** Ends what the follower waits for. */
  #interrupt = () => {
    this.#abort.abort();
    this.#wake();
  };

  #tell() {
    if (this.#isEnded || this.#isHeld) return;
    // Until then, the view shows what it had before.
    if (!this.#isLoaded && this.#error === undefined) return;
    this.#publish({
      isLoaded: this.#isLoaded,
      rows: this.#rows.shown,
      held: this.#rows.all.length,
      waiting: this.#waiting,
      skipped: this.#skipped,
      error: this.#error,
    });
  }

  async #run() {
    while (!this.#isEnded) {
      this.#abort = new AbortController();
      try {
        if (document.visibilityState === 'hidden') await this.#sleep();
        else if (!this.#isLoaded) await this.#load();
        else if (this.#isPaused) await this.#count();
        else await this.#follow();
      } catch (error) {
        if (this.#abort.signal.aborted) continue;
        this.#error = error;
        this.#tell();
        // It will be refused again until the filters change, or the emulator is started again.
        if (error instanceof Refused && error.status < 500) return;
        await this.#sleep(RETRY);
      }
    }
  }

  async #read(reading: Reading) {
    const { signal } = this.#abort;
    const page = await listRequests(this.#wanted, reading, signal);
    // The response may have come before the abort.
    signal.throwIfAborted();
    this.#error = undefined;
    return page;
  }

  async #load() {
    const page = await this.#read({ last: FIRST });
    this.#rows.clear();
    this.#rows.add(page.value);
    this.#round += 1;
    this.#cursor = this.#counted = page.newest;
    this.#isLoaded = true;
    this.#tell();
    if (page.value.length === FIRST) void this.#loadOlder().catch(() => undefined);
  }

  /** Reads the requests before the first ones, from the newer to the older ones. */
  async #loadOlder() {
    const [rows, round] = [this.#rows, this.#round];
    const isOver = () => this.#isEnded || this.#round !== round || rows.all.length >= MOST;
    let lowest = rows.all.at(-1)?.number ?? 0;
    while (lowest > 1 && !isOver()) {
      const after = Math.max(0, lowest - 1 - OLDER);
      const page = await listRequests(this.#wanted, { after, last: OLDER }, new AbortController().signal);
      if (isOver()) return;
      rows.addOlder(page.value);
      this.#tell();
      // The emulator has overwritten all before.
      if (page.dropped > 0) return;
      lowest = after + 1;
      await new Promise((done) => setTimeout(done, 10));
    }
  }

  async #follow() {
    const page = await this.#read({ after: this.#cursor, wait: WAIT, last: BATCH });
    const answered = performance.now();
    if (page.newest < this.#cursor) {
      // The emulator was started again.
      this.#isLoaded = false;
      return;
    }
    this.#skipped += page.dropped;
    this.#cursor = page.newest;
    this.#rows.add(page.value);
    this.#full = page.value.length === BATCH ? this.#full + 1 : 0;
    if (this.#full >= LAGS) await this.#jump();
    this.#tell();
    await this.#sleep(TURN - (performance.now() - answered));
  }

  /** Goes on with the last requests. */
  async #jump() {
    const page = await this.#read({ last: BATCH });
    const entries = page.value.filter((entry) => entry.number > this.#cursor);
    const first = entries[0]?.number;
    if (first !== undefined) this.#skipped += first - 1 - this.#cursor;
    this.#cursor = page.newest;
    this.#rows.add(entries);
    this.#full = LAGS - 1;
  }

  /** While the view is paused, requests are counted and not kept. */
  async #count() {
    if (this.#waiting >= MOST) return this.#sleep();
    const page = await this.#read({ after: this.#counted, wait: WAIT, last: BATCH });
    this.#counted = page.newest;
    const matching = this.#matches ? page.value.filter(this.#matches).length : page.value.length;
    this.#waiting = Math.min(MOST, this.#waiting + matching + page.dropped);
    this.#tell();
    await this.#sleep(TURN_PAUSED);
  }

  /** Sleeps until the time is over or something happens. */
  #sleep(milliseconds?: number): Promise<void> {
    if (this.#abort.signal.aborted) return Promise.resolve();
    return new Promise((done) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(done, Math.max(0, milliseconds));
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
