'use strict';

const https = require('node:https');
// These are the timers of Node.js also where a test has replaced the global ones.
const { clearTimeout, setTimeout } = require('node:timers');

const { EmulatorError } = require('./error.js');

/** How long the emulator may take for a call of its control API. */
const LIMIT = 10_000;

/** The codes of errors if a connection has ended. */
const ENDED = ['ECONNRESET', 'EPIPE'];

/** The control API of an emulator: docs/emulator/steering.md of the repository. */
class Control {
  #process;
  #agent;

  constructor(process) {
    this.#process = process;
    // A connection that waits for its next call does not keep the test runner from ending.
    this.#agent = new https.Agent({ ca: process.caCertificate, keepAlive: true });
  }

  /** Returns the JSON of the response, or `undefined` if there is none. */
  async call(method, path, body) {
    this.#process.check();
    let response;
    try {
      response = await this.#send(method, path, body);
    } catch (error) {
      await this.#process.checkAfter(error);
      throw new EmulatorError(
        `The emulator at ${this.#process.ready.endpoint} did not answer ${method} /emulator/${path}: ${error.message}`,
        { cause: error }
      );
    }
    return read(response, `${method} /emulator/${path}`);
  }

  #send(method, path, body) {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = { authorization: `Bearer ${this.#process.secret}`, 'content-length': Buffer.byteLength(text) };
    if (text !== '') {
      headers['content-type'] = 'application/json';
    }
    const url = new URL(path, this.#process.ready.controlEndpoint);
    let timer;
    const answer = new Promise((resolve, reject) => {
      const request = https.request(url, { method, headers, agent: this.#agent }, (response) => {
        const parts = [];
        response.setEncoding('utf8');
        response.on('data', (part) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode, text: parts.join('') }));
      });
      // The option `timeout` of a request begins again when it is connected.
      timer = setTimeout(() => {
        const late = new Error(`there was no answer within ${LIMIT / 1000} s`);
        reject(late);
        request.destroy(late);
      }, LIMIT);
      request.on('error', (error) => {
        // The emulator has closed a connection that waited, and has not read the call.
        if (request.reusedSocket && ENDED.includes(error.code)) {
          resolve(this.#send(method, path, body));
        } else {
          reject(error);
        }
      });
      request.end(text);
    });
    return answer.finally(() => clearTimeout(timer));
  }
}

function read({ status, text }, what) {
  if (status >= 200 && status < 300) {
    return text === '' ? undefined : JSON.parse(text);
  }
  let refusal = {};
  try {
    refusal = JSON.parse(text).error ?? {};
  } catch {
    // The status alone says what is wrong.
  }
  const { code, message } = refusal;
  const reason = [code, message].filter((part) => part !== undefined).join(': ') || text;
  throw new EmulatorError(`The emulator refused ${what} with ${status}. ${reason}`.trimEnd(), { status, code });
}

module.exports = { Control };
