'use strict';

const { timestamp } = require('./clock.js');

/** The faults of the emulator. */
class Faults {
  #control;

  constructor(control) {
    this.#control = control;
  }

  async add(fault) {
    const until = fault?.until === undefined ? {} : { until: timestamp(fault.until) };
    return this.#control.call('POST', 'faults', { ...fault, ...until });
  }

  async list() {
    return (await this.#control.call('GET', 'faults')).value;
  }

  async delete(fault) {
    const id = typeof fault === 'string' ? fault : fault?.id;
    if (typeof id !== 'string') {
      throw new TypeError(`faults.delete takes what faults.add returned, or its id, but got ${fault}.`);
    }
    await this.#control.call('DELETE', `faults/${encodeURIComponent(id)}`);
  }

  async clear() {
    await this.#control.call('DELETE', 'faults');
  }
}

module.exports = { Faults };
