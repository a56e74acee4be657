'use strict';

/** What is wrong with the emulator, and what to do next. */
class EmulatorError extends Error {
  constructor(message, members = {}) {
    super(message);
    this.name = 'EmulatorError';
    Object.assign(this, members);
  }
}

module.exports = { EmulatorError };
