'use strict';

const { describe, duration, timestamp } = require('./values.js');

const flag = (option) => (value) => (value ? [option] : []);

/** The options of `startEmulator` that are options of `emulator start`. */
const OPTIONS = {
  seed: (value) => ['--seed', path(value)],
  clock: (value) => ['--clock', timestamp(value)],
  revocationDelay: (value) => ['--revocation-delay', duration('revocationDelay', value, "'30s' or '5m'")],
  throttle: flag('--throttle'),
  strictApiVersion: flag('--strict-api-version'),
  args: list,
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

function path(value) {
  if (typeof value !== 'string') {
    throw new TypeError(`seed takes the path of a file in YAML or JSON, but got ${describe(value)}.`);
  }
  return value;
}

function list(words) {
  if (!Array.isArray(words)) {
    throw new TypeError(`args takes an array, such as ['--token-endpoint'], but got ${describe(words)}.`);
  }
  return words.map(String);
}

module.exports = { readOptions };
