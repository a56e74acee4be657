'use strict';

// Finds the program, which is in the package for this platform: @az-communication/PLATFORM-ARCH.

const { version, optionalDependencies } = require('./package.json');

const NAME = 'az-communication';

/** What is missing, and in `hint` what to do next. */
class ProgramMissing extends Error {
  constructor(message, hint) {
    super(message);
    this.name = 'ProgramMissing';
    this.hint = hint;
  }
}

/** Returns the path of the program. */
function find() {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@${NAME}/${platform}`;
  const all = Object.keys(optionalDependencies);
  if (!all.includes(name)) {
    const there = all.map((other) => other.slice(other.indexOf('/') + 1)).join(', ');
    throw new ProgramMissing(
      `${NAME} has no npm package for ${platform}, only for ${there}.`,
      'Run it there, in a container for example, or build it from source: ' +
        'https://github.com/acs-identity/az-communication#install'
    );
  }
  try {
    return require.resolve(`${name}/${NAME}`);
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') {
      throw error;
    }
    throw new ProgramMissing(
      `The program of ${NAME} is not installed: the optional dependency ${name} is missing.`,
      'Install again without --omit=optional (pnpm: --no-optional, yarn: --ignore-optional). If node_modules or the lockfile ' +
        `comes from another system, add the package by itself: npm install ${name}@${version}`
    );
  }
}

module.exports = { NAME, ProgramMissing, find };
