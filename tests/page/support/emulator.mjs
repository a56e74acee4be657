// An emulator of its own for a test file: in memory, on a free port, with a home of its own.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expectOk, send, signed } from './http.mjs';
import { program } from './program.mjs';

/** The newest version that can do what the preview versions can: custom ids. */
const API_VERSION = '2025-03-02-preview';

export class Emulator {
  #options;
  #home;
  #child;
  #agent;

  /** The control secret. It stays the same when the emulator is started again. */
  secret = randomBytes(24).toString('hex');
  port = 0;
  /** The primary access key. `reset` reads it anew. */
  accessKey = '';

  /** Starts an emulator. The options are those of `emulator start`, in addition to those of all tests. */
  static async start(options = []) {
    const emulator = new Emulator();
    emulator.#options = options;
    emulator.#home = await mkdtemp(join(tmpdir(), 'page-test-'));
    await emulator.start();
    return emulator;
  }

  /** Starts it again, on the same port. */
  async start() {
    const common = ['--in-memory', '--port', String(this.port), '--until-stdin-closes'];
    this.#child = spawn(program, ['communication', 'emulator', 'start', ...common, ...this.#options], {
      env: {
        PATH: process.env.PATH,
        HOME: this.#home,
        TMPDIR: this.#home,
        AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET: this.secret,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    this.#child.stderr.on('data', (piece) => (said += piece));
    const lines = createInterface(this.#child.stdout);
    const ended = once(this.#child, 'close').then(([code]) => {
      throw new Error(`The emulator ended with ${code} before it was ready:\n${said}`);
    });
    const [line] = await Promise.race([once(lines, 'line'), ended]);
    ended.catch(() => undefined);
    this.ready = JSON.parse(line);
    this.port = Number(new URL(this.ready.endpoint).port);
    this.accessKey = /accesskey=([^;]+)/.exec(this.ready.connectionString)[1];
    this.#agent = new http.Agent({ keepAlive: true });
  }

  /** Stops it. `start` can start it again. */
  async stop() {
    this.#agent.destroy();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    const [code] = await closed;
    if (code !== 0) throw new Error(`The emulator ended with ${code}.`);
  }

  /** Stops it, and removes its home. */
  async end() {
    await this.stop();
    await rm(this.#home, { recursive: true, force: true });
  }

  /** The process, for what ends it in another way. */
  get pid() {
    return this.#child.pid;
  }

  get host() {
    return `localhost:${this.port}`;
  }

  get origin() {
    return `http://${this.host}`;
  }

  /** The URL of the page. */
  get page() {
    return `${this.origin}/emulator/`;
  }

  get connectionString() {
    return `endpoint=${this.ready.endpoint}/;accesskey=${this.accessKey}`;
  }

  /** Sends a request as it is. */
  send(method, path, options = {}) {
    return send(this.origin, method, path, { agent: this.#agent, ...options });
  }

  /** Calls the control API with the control secret. Returns the JSON of the answer. */
  async control(method, path, body) {
    const headers = { authorization: `Bearer ${this.secret}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const text = body === undefined ? undefined : JSON.stringify(body);
    return expectOk(await this.send(method, `/emulator/${path}`, { headers, body: text }), `${method} ${path}`);
  }

  /** Calls the service with the access key. Returns the response, whatever its status is. */
  async service(method, path, body, headers = {}) {
    const target = `${path}${path.includes('?') ? '&' : '?'}api-version=${API_VERSION}`;
    const text = body === undefined ? '' : JSON.stringify(body);
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const credential = signed(this.accessKey, this.host, method, target, text);
    return this.send(method, target, { headers: { ...credential, ...json, ...headers }, body: text });
  }

  /** Makes an identity, and returns its raw id. */
  async identity(customId) {
    const response = await this.service('POST', '/identities', customId === undefined ? {} : { customId });
    return expectOk(response, 'The creation of an identity').identity.id;
  }

  /** Makes a new code for signing in, and returns the URL that has it. */
  async link() {
    const { code } = await this.control('POST', 'page/code');
    return `${this.page}#code=${code}`;
  }

  /** Brings it back to how it was started. Identities, the log of requests, faults and the clock are reset. */
  async reset() {
    await this.control('DELETE', 'faults');
    await this.control('POST', 'clock/reset');
    await this.control('POST', 'reset');
    this.accessKey = (await this.control('POST', 'list-keys')).primaryKey;
    await this.control('DELETE', 'requests');
  }
}
