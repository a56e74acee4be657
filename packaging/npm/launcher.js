#!/usr/bin/env node
'use strict';

// Runs the program of the package for this platform, @az-communication/PLATFORM-ARCH, in the foreground, with the same
// arguments, streams, environment, signals and exit code. docs/decisions/packages.md of the repository gives the reasons.

const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { constants } = require('node:os');
const { NAME, ProgramMissing, find } = require('./program.js');

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'];

const args = process.argv.slice(2);
const program = findOrEnd();
refuseForeignBytes();
run();

/** Returns the path of the program. */
function findOrEnd() {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof ProgramMissing)) {
      throw error;
    }
    return end(1, error.message, error.hint);
  }
}

/** Node.js reads arguments as UTF-8, and replaces other bytes by U+FFFD. Such an argument cannot be passed on. */
function refuseForeignBytes() {
  if (process.platform !== 'linux' || !args.some((argument) => argument.includes('\ufffd'))) {
    return;
  }
  // Each byte is read as a character, so that no byte is lost.
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
  // The handlers are set before the program starts. Otherwise a signal could end this process while the program continues.
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
    // This is reached if the signal does not end this process.
    process.exit(128 + constants.signals[signal]);
  });
}

/** Returns whether the terminal has sent the signal to the whole process group, so that the program has it already. */
function reachedGroup(signal, hadTerminal) {
  switch (signal) {
    case 'SIGINT':
    case 'SIGQUIT':
      return terminal().isOurs;
    case 'SIGHUP':
      // After the terminal was closed, this process no longer has one.
      return hadTerminal && !terminal().has;
    default:
      return false;
  }
}

/** Returns whether this process has a terminal, and whether typed signals reach it. Node.js does not tell who sent a signal. */
function terminal() {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , device, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { has: device !== '0', isOurs: group === foreground };
  } catch {
    // This system is not Linux.
    const has = require('node:tty').isatty(0);
    return { has, isOurs: has };
  }
}

/** Prints what is wrong and what to do next, and ends. */
function end(code, error, hint) {
  // The write is synchronous, because process.exit does not wait for the buffer of process.stderr.
  try {
    require('node:fs').writeSync(2, `ERROR: ${error}\nHint: ${hint}\n`);
  } catch {
    // If stderr is closed, there is no other stream for the message.
  }
  process.exit(code);
}
