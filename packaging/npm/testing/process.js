'use strict';

const { spawn } = require('node:child_process');
const { randomBytes } = require('node:crypto');
const { readFileSync } = require('node:fs');
// These are the timers of Node.js also where a test has replaced the global ones.
const { clearTimeout, setTimeout } = require('node:timers');

const { NAME, ProgramMissing, find } = require('../program.js');
const { EmulatorError } = require('./error.js');
const { readReadyLine, removeFolder } = require('./ready.js');

const ARGUMENTS = ['emulator', 'start', '--in-memory', '--port', '0', '--until-stdin-closes'];
const SECRET = 'AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET';
/** How long the start may take, and how long the end, in milliseconds. */
const START = 30_000;
const END = 5000;
/** How long an emulator that does not answer has to be seen as ended. */
const SEEN = 1000;
/** How many characters of the log are kept. */
const KEPT = 16_384;

/**
 * The process of an emulator. It ends when its stdin is closed, so it ends with this process also where that is killed.
 * Nothing of it keeps this process from ending, except while somebody waits for it.
 */
class EmulatorProcess {
  #child;
  #log = '';
  #end;
  #ended;
  #closed;
  /** How many wait for the process. The first one waits until it is ready. */
  #waiting = 1;

  constructor(program, args) {
    this.secret = randomBytes(32).toString('hex');
    this.#child = spawn(program, [...ARGUMENTS, ...args], {
      argv0: NAME,
      env: environment(this.secret),
      // In a process group of its own, Ctrl-C does not end the emulator before the tests that use it.
      detached: process.platform !== 'win32',
    });
    const { stdin, stderr } = this.#child;
    // An emulator that has ended no longer reads. Without free file handles, there are no streams.
    stdin?.on('error', () => {});
    stderr?.setEncoding('utf8').on('data', (text) => {
      this.#log = (this.#log + text).slice(-KEPT);
    });
    this.#ended = new Promise((resolve) => {
      const end = (how) => resolve((this.#end ??= how));
      this.#child.once('error', (error) => end(`cannot be started: ${error.message}`));
      this.#child.once('exit', (code, signal) => {
        this.#end ??= signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
        if (signal !== null && this.ready !== undefined) {
          removeFolder(this.ready, this.#child.pid);
        }
      });
      // All that it has written has been read then.
      this.#child.once('close', () => end('ended'));
    });
  }

  /** Waits for the ready line. */
  async becomeReady() {
    const line = await within(START, Promise.race([this.#firstLine(), this.#ended.then(() => undefined)]));
    if (line === undefined) {
      if (this.#end === undefined) {
        await this.close();
        this.#end = `was not ready within ${START / 1000} s`;
      }
      throw this.#gone('The emulator');
    }
    try {
      this.ready = readReadyLine(line);
      this.caCertificate = readFileSync(this.ready.caCertificate, 'utf8');
    } catch (error) {
      // Without this, the emulator and the handles of its streams would keep this process from ending.
      await this.close();
      const [how, members] =
        error.code === undefined
          ? [error.message]
          : [`has a certificate that cannot be read: ${error.message}`, { cause: error }];
      throw this.#gone('The emulator', how, members);
    }
    this.#hold(false);
  }

  #firstLine() {
    return new Promise((resolve) => {
      let text = '';
      this.#child.stdout?.setEncoding('utf8').on('data', (part) => {
        text += part;
        const end = text.indexOf('\n');
        if (end >= 0) {
          resolve(text.slice(0, end));
          text = '';
        }
      });
    });
  }

  /** Throws if the emulator has ended. */
  check() {
    if (this.#closed !== undefined) {
      throw new EmulatorError('The emulator was closed. Start another one with startEmulator().');
    }
    if (this.#end !== undefined) {
      throw this.#gone(`The emulator at ${this.ready.endpoint}`);
    }
  }

  /** Throws if the emulator has ended, after a connection failed. Its end may be seen a moment later than that. */
  async checkAfter(error) {
    if (['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code)) {
      this.#hold(true);
      await within(SEEN, this.#ended);
      this.#hold(false);
    }
    this.check();
  }

  #gone(name, how = this.#end, members = {}) {
    const said = this.#log.trim();
    return new EmulatorError(`${name} ${how}.${said === '' ? '' : ` It said:\n${said}`}`, members);
  }

  /** Ends the emulator, and waits until it has ended. */
  close() {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close() {
    this.#hold(true);
    this.#child.stdin?.end();
    await within(END, this.#ended);
    if (this.#end === undefined) {
      this.#child.kill('SIGKILL');
      await this.#ended;
    }
  }

  /** Sets whether this process waits for the emulator before it ends. */
  #hold(waits) {
    this.#waiting += waits ? 1 : -1;
    for (const handle of [this.#child, this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      // A stream that has ended would wait for a new connection, with one more listener for each call.
      if (handle && !handle.destroyed) {
        handle[this.#waiting > 0 ? 'ref' : 'unref']();
      }
    }
  }
}

/** Returns the variables of this process without those that are options of the emulator: a test must not depend on them. */
function environment(secret) {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('AZURE_COMMUNICATION_EMULATOR_'));
  return { ...Object.fromEntries(others), [SECRET]: secret };
}

/** Returns the result of the promise, or `undefined` if there is none in that time. */
async function within(milliseconds, promise) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Starts an emulator, and waits until it is ready. */
async function launch({ program, args }) {
  const emulator = new EmulatorProcess(program ?? installed(), args);
  await emulator.becomeReady();
  return emulator;
}

function installed() {
  try {
    return find();
  } catch (error) {
    throw error instanceof ProgramMissing ? new EmulatorError(`${error.message}\n${error.hint}`) : error;
  }
}

module.exports = { launch };
