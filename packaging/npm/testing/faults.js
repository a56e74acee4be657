'use strict';

const { describe, identity, members, timestamp } = require('./values.js');

/** The faults of the emulator. */
class Faults {
  #control;

  constructor(control) {
    this.#control = control;
  }

  async add(fault) {
    const rule = { ...members('faults.add', fault, '{ status: 503 }') };
    if (rule.until !== undefined) {
      rule.until = timestamp(rule.until);
    }
    if (rule.identity !== undefined) {
      rule.identity = identity("faults.add, in its member 'identity',", rule.identity);
    }
    return this.#control.call('POST', 'faults', rule);
  }

  async list() {
    return (await this.#control.call('GET', 'faults')).value;
  }

  async delete(fault) {
    const id = typeof fault === 'string' ? fault : fault?.id;
    if (typeof id !== 'string') {
      throw new TypeError(`faults.delete takes what faults.add returned, or its id, but got ${describe(fault)}.`);
    }
    await this.#control.call('DELETE', `faults/${encodeURIComponent(id)}`);
  }

  async clear() {
    await this.#control.call('DELETE', 'faults');
  }
}

module.exports = { Faults };
