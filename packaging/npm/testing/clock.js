'use strict';

/** The clock of the service. Every method returns the time that it then shows. */
class Clock {
  #control;

  constructor(control) {
    this.#control = control;
  }

  now() {
    return this.#call('GET', 'clock');
  }

  async set(time) {
    return this.#call('POST', 'clock/set', { now: timestamp(time) });
  }

  async advance(by) {
    if (typeof by !== 'string') {
      throw new TypeError(`clock.advance takes a duration with a unit, such as '25h' or '-1d', but got ${by}.`);
    }
    return this.#call('POST', 'clock/advance', { by });
  }

  freeze() {
    return this.#call('POST', 'clock/freeze');
  }

  resume() {
    return this.#call('POST', 'clock/resume');
  }

  reset() {
    return this.#call('POST', 'clock/reset');
  }

  async #call(method, path, body) {
    return new Date((await this.#control.call(method, path, body)).now);
  }
}

/** Returns a time as the emulator reads it. */
function timestamp(time) {
  if (typeof time === 'string') {
    return time;
  }
  // A Date of another context, as of Jest, is not an instance of this one's Date.
  if (typeof time?.toISOString === 'function') {
    return time.toISOString();
  }
  throw new TypeError(`A time is a Date or a text such as '2030-01-31T09:00:00Z', but got ${time}.`);
}

module.exports = { Clock, timestamp };
