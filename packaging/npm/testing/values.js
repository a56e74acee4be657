'use strict';

/** Returns a time as the emulator reads it. */
function timestamp(time) {
  if (typeof time === 'string') {
    return time;
  }
  // A Date of another context, as of Jest, is not an instance of this one's Date.
  if (typeof time?.toISOString === 'function') {
    if (Number.isNaN(time.getTime?.())) {
      throw new RangeError('The time is an invalid Date: its text could not be read when it was made.');
    }
    return time.toISOString();
  }
  throw new TypeError(`A time is a Date or a text such as '2030-01-31T09:00:00Z', but got ${describe(time)}.`);
}

/** Returns a duration as the emulator reads it. A number has no unit, and each option would take another one. */
function duration(name, value, example) {
  if (typeof value !== 'string' || !/[a-z]/i.test(value)) {
    throw new TypeError(`${name} takes a duration with a unit, such as ${example}, but got ${describe(value)}.`);
  }
  return value;
}

/** Returns the id of an identity: a text as it is, and that of the user that a client of the SDK has created. */
function identity(name, value) {
  const id = value?.communicationUserId ?? value;
  if (typeof id !== 'string') {
    const hint = 'Pass a raw id, a custom id, or the user that createUser() returned.';
    throw new TypeError(`${name} takes an identity, but got ${describe(value)}. ${hint}`);
  }
  return id;
}

/** Returns an object with options or filters. */
function members(name, value, example) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${name} takes an object such as ${example}, but got ${describe(value)}.`);
  }
  return value;
}

/** Says what a value is, without the members of an object, which can hold a token. */
function describe(value) {
  if (value === null || value === undefined) {
    return String(value);
  }
  if (Array.isArray(value)) {
    return 'an array';
  }
  const kinds = { object: 'an object', function: 'a function', symbol: 'a symbol', string: `'${value}'` };
  return kinds[typeof value] ?? String(value);
}

module.exports = { describe, duration, identity, members, timestamp };
