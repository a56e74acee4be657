#!/usr/bin/env node
'use strict';

// Runs the program of the package for this platform, @az-communication/PLATFORM-ARCH, in the foreground: with the same
// arguments, streams and environment, the same signals, and the same end. docs/decisions/packages.md of the repository says why.

const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { constants } = require('node:os');
const { version, optionalDependencies } = require('./package.json');

const NAME = 'az-communication';
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'];

const args = process.argv.slice(2);
const program = find();
refuseForeignBytes();
run();

/** The path of the program. */
function find() {
  const platform = `${process.platform}-${process.arch}`;
  const name = `@${NAME}/${platform}`;
  const all = Object.keys(optionalDependencies);
  if (!all.includes(name)) {
    const there = all.map((other) => other.slice(other.indexOf('/') + 1)).join(', ');
    end(
      1,
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
    return end(
      1,
      `The program of ${NAME} is not installed: the optional dependency ${name} is missing.`,
      'Install again without --omit=optional (pnpm: --no-optional, yarn: --ignore-optional). If node_modules or the lockfile ' +
        `comes from another system, add the package by itself: npm install ${name}@${version}`
    );
  }
}

/** Node.js reads arguments as UTF-8, and has U+FFFD for other bytes. Such an argument cannot be passed on. */
function refuseForeignBytes() {
  if (process.platform !== 'linux' || !args.some((argument) => argument.includes('\ufffd'))) {
    return;
  }
  // Bytes as characters, so that nothing is lost.
  const words = readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1).slice(-args.length);
  const at = words.findIndex((word, index) => word !== Buffer.from(args[index]).toString('latin1'));
  if (at >= 0) {
    end(
      2,
      `Argument ${at + 1} is not valid UTF-8: '${args[at]}'.`,
      `Node.js cannot pass it on. The program itself takes it where it may stand: ${program}`
    );
  }
}

function run() {
  const hadTerminal = terminal().has;
  let child;
  // Before the program is there: a signal that came in between would end this process and leave the program behind.
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (!reachedGroup(signal, hadTerminal)) {
        child.kill(signal);
      }
    });
  }
  child = spawn(program, args, { argv0: NAME, stdio: 'inherit' });
  child.on('error', (error) => end(1, `${program} cannot be started: ${error.message}.`, `Install ${NAME} again.`));
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exit(code);
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // Where this process outlives it.
    process.exit(128 + constants.signals[signal]);
  });
}

/** Whether the terminal has sent the signal to the whole process group, so that the program has got it already. */
function reachedGroup(signal, hadTerminal) {
  switch (signal) {
    case 'SIGINT':
    case 'SIGQUIT':
      return terminal().isOurs;
    case 'SIGHUP':
      // A terminal that was closed is nobody's any more.
      return hadTerminal && !terminal().has;
    default:
      return false;
  }
}

/** Whether this process has a terminal, and whether what is typed there reaches it. Node.js does not say who sent a signal. */
function terminal() {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , device, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { has: device !== '0', isOurs: group === foreground };
  } catch {
    // Not Linux.
    const has = require('node:tty').isatty(0);
    return { has, isOurs: has };
  }
}

/** Says what is wrong and what to do next, and ends. */
function end(code, error, hint) {
  // At once: process.exit does not wait for what process.stderr still holds.
  try {
    require('node:fs').writeSync(2, `ERROR: ${error}\nHint: ${hint}\n`);
  } catch {
    // A closed stderr: there is no other stream for the message.
  }
  process.exit(code);
}
