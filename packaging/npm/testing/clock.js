'use strict';

const { duration, timestamp } = require('./values.js');

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
    return this.#call('POST', 'clock/advance', { by: duration('clock.advance', by, "'25h' or '-1d'") });
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

module.exports = { Clock };
