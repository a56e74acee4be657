'use strict';

// The test kit: `az-communication/testing`. docs/kits/javascript.md of the repository is its manual, index.d.ts describes
// every member. It has no dependencies, and its syntax is that of Node.js 18.

const { Clock } = require('./clock.js');
const { Control } = require('./control.js');
const { environment } = require('./environment.js');
const { EmulatorError } = require('./error.js');
const { Faults } = require('./faults.js');
const { readOptions } = require('./options.js');
const { launch } = require('./process.js');
const { describe, identity, members } = require('./values.js');

/** A running emulator. `startEmulator` makes it. */
class Emulator {
  #process;
  #control;

  constructor(process, control, connectionString) {
    this.#process = process;
    this.#control = control;
    this.connectionString = connectionString;
    this.endpoint = process.ready.endpoint;
    this.caCertificate = process.caCertificate;
    this.clientOptions = clientOptions(process.caCertificate);
    this.clock = new Clock(control);
    this.faults = new Faults(control);
  }

  async isActive(token) {
    if (typeof token !== 'string') {
      const hint = 'getToken() returns an object: pass its member token.';
      throw new TypeError(`isActive takes the text of an access token, but got ${describe(token)}. ${hint}`);
    }
    return (await this.#control.call('POST', 'inspect', { token })).active;
  }

  async requests(filter = {}) {
    const query = new URLSearchParams({ last: '10000', control: 'false' });
    for (const [name, value] of Object.entries(members('requests', filter, '{ status: 429 }'))) {
      if (value !== undefined) {
        query.set(name, name === 'identity' ? identity("requests, in its member 'identity',", value) : String(value));
      }
    }
    return (await this.#control.call('GET', `requests?${query}`)).value;
  }

  environment() {
    return environment(this.#process.ready, this.connectionString);
  }

  async reset() {
    await this.#control.call('POST', 'reset');
    await this.clock.reset();
  }

  close() {
    return this.#process.close();
  }
}

// `await using` of TypeScript, Babel and esbuild takes the second symbol where Node.js lacks the first one. Jest runs tests in a
// context of its own, which may lack a symbol that Node.js has.
for (const symbol of new Set([Symbol.asyncDispose, Symbol.for('Symbol.asyncDispose')])) {
  if (symbol !== undefined) {
    Object.defineProperty(Emulator.prototype, symbol, {
      value: Emulator.prototype.close,
      configurable: true,
      writable: true,
    });
  }
}

async function startEmulator(options) {
  const process = await launch(readOptions(options));
  try {
    const control = new Control(process);
    // The ready line has no connection string with an access key of the caller's own.
    const connectionString =
      process.ready.connectionString ?? (await control.call('POST', 'list-keys')).primaryConnectionString;
    return new Emulator(process, control, connectionString);
  } catch (error) {
    await process.close();
    throw error;
  }
}

/** Returns options of a client of the official SDK, which trusts this emulator and reaches it without a proxy. */
function clientOptions(caCertificate) {
  return {
    tlsOptions: { ca: caCertificate },
    // The SDK takes a proxy from HTTPS_PROXY also for localhost, unless NO_PROXY names it.
    additionalPolicies: [
      {
        position: 'perRetry',
        policy: {
          name: 'azCommunicationEmulatorWithoutProxy',
          sendRequest(request, next) {
            request.proxySettings = undefined;
            request.agent = undefined;
            return next(request);
          },
        },
      },
    ],
  };
}

module.exports = { startEmulator, EmulatorError };
