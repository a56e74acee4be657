'use strict';

const { describe, duration, members, timestamp } = require('./values.js');

/** The options that change what the emulator prints when it is ready, which the kit reads. */
const PRINTS = /^(-[oh]|--ou|--q|--he)/;

/** The options of `startEmulator` that are options of `emulator start`. */
const OPTIONS = {
  // Without the equals sign, a value that begins with a hyphen would be an option.
  seed: (value) => [`--seed=${path('seed', 'a file in YAML or JSON', value)}`],
  clock: (value) => [`--clock=${timestamp(value)}`],
  revocationDelay: (value) => [`--revocation-delay=${duration('revocationDelay', value, "'30s' or '5m'")}`],
  throttle: (value) => flag('throttle', '--throttle', value),
  strictApiVersion: (value) => flag('strictApiVersion', '--strict-api-version', value),
  args: list,
};

/** Returns the program, if one was named, and the arguments of `emulator start`. */
function readOptions(options = {}) {
  const args = [];
  for (const [name, value] of Object.entries(members('startEmulator', options, '{ throttle: true }'))) {
    if (value === undefined) {
      continue;
    }
    if (name === 'program') {
      path(name, 'a program', value);
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

function path(name, what, value) {
  if (typeof value !== 'string') {
    throw new TypeError(`${name} takes the path of ${what}, but got ${describe(value)}.`);
  }
  return value;
}

function flag(name, option, value) {
  if (typeof value !== 'boolean') {
    throw new TypeError(`${name} takes true or false, but got ${describe(value)}.`);
  }
  return value ? [option] : [];
}

function list(words) {
  if (!Array.isArray(words)) {
    throw new TypeError(`args takes an array, such as ['--token-endpoint'], but got ${describe(words)}.`);
  }
  const all = words.map(String);
  const refused = all.find((word) => PRINTS.test(word));
  if (refused !== undefined) {
    throw new TypeError(`args has '${refused}', which changes what the emulator prints for this kit. Leave it out.`);
  }
  return all;
}

module.exports = { readOptions };
