'use strict';

const { timestamp } = require('./clock.js');

const text = (option) => (value) => [option, String(value)];
const flag = (option) => (value) => (value ? [option] : []);

/** The options of `startEmulator` that are options of `emulator start`. */
const OPTIONS = {
  seed: text('--seed'),
  clock: (value) => ['--clock', timestamp(value)],
  revocationDelay: text('--revocation-delay'),
  throttle: flag('--throttle'),
  strictApiVersion: flag('--strict-api-version'),
  args: (words) => words.map(String),
};

/** Returns the program, if one was named, and the arguments of `emulator start`. */
function readOptions(options = {}) {
  const args = [];
  for (const [name, value] of Object.entries(options)) {
    if (name === 'program' || value === undefined) {
      continue;
    }
    if (!Object.hasOwn(OPTIONS, name)) {
      const known = [...Object.keys(OPTIONS), 'program'].join(', ');
      throw new TypeError(`startEmulator has no option '${name}'. Its options are ${known}.`);
    }
    args.push(...OPTIONS[name](value));
  }
  return { program: options.program, args };
}

module.exports = { readOptions };
