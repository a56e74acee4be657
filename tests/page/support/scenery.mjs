// What an emulator of a team holds after a while: people, refused requests, faults. The pictures of the documents show it.
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { signed } from './http.mjs';

const API_VERSION = '2025-03-02-preview';

const PEOPLE = [
  'ada.lovelace',
  'alan.turing',
  'barbara.liskov',
  'claude.shannon',
  'donald.knuth',
  'edsger.dijkstra',
  'frances.allen',
  'grace.hopper',
  'hedy.lamarr',
  'john.backus',
  'katherine.johnson',
  'ken.thompson',
  'leslie.lamport',
  'margaret.hamilton',
  'niklaus.wirth',
  'radia.perlman',
  'robin.milner',
  'shafi.goldwasser',
  'tony.hoare',
].map((name) => `${name}@contoso.com`);

/** User agents of the official SDKs and of curl. */
const AGENTS = [
  'azsdk-python-communication-identity/1.5.0 Python/3.13.5 (Linux-6.12-x86_64-with-glibc2.41)',
  'azsdk-js-communication-identity/1.3.1 core-rest-pipeline/1.22.0 Node/22.20.0 OS/(x64-Linux-6.12)',
  'azsdk-net-Communication.Identity/1.4.0 (.NET 9.0.9; Debian GNU/Linux 13)',
  'azsdk-java-azure-communication-identity/1.6.12 (21.0.8; Linux; 6.12)',
  'curl/8.14.1',
];

const SCOPES = [['chat'], ['voip'], ['chat', 'voip'], ['chat.join.limited']];

/** Brings the emulator into this state. Returns the raw ids by custom id, and the last token. */
export async function furnish(emulator) {
  const clients = AGENTS.map((userAgent) => new Client(emulator, userAgent));
  const client = (n) => clients[n % clients.length];
  const ids = {};
  for (const [n, customId] of PEOPLE.entries()) {
    const { identity } = await client(n).call('POST', '/identities', { customId });
    ids[customId] = identity.id;
    await client(n).call('POST', `${path(identity.id)}/:issueAccessToken`, {
      scopes: SCOPES[n % SCOPES.length],
      expiresInMinutes: 60 * (1 + (n % 5)),
    });
    if (n % 6 === 5) await client(n).call('POST', `${path(identity.id)}/:revokeAccessTokens`);
  }
  await client(0).call('POST', '/identities', {});
  await client(1).call('POST', '/identities', { createTokenWithScopes: ['chat', 'calls'] });
  await client(2).call('DELETE', path(ids[PEOPLE[0]].replace(/.{12}$/, '0123456789ab')));
  await client(3).call('POST', '/identities', {}, { signs: '/identities' });
  await client(4).call('POST', '/identities', {}, { signs: null });
  for (const fault of FAULTS) await emulator.control('POST', 'faults', fault);
  for (const n of [0, 1]) await client(n).call('POST', '/identities', { customId: PEOPLE[n] });
  let token;
  for (const n of [7, 8, 9, 10]) {
    const body = { scopes: ['chat', 'voip'], expiresInMinutes: 120 };
    ({ token } = await client(n).call('POST', `${path(ids[PEOPLE[n]])}/:issueAccessToken`, body));
  }
  clients.forEach((client) => client.end());
  return { ids, token };
}

/** Keeps the emulator busy for some seconds, more and less, for a picture of it. */
export async function bustle(emulator, id, seconds = 15) {
  for (let second = 0; second < seconds; second += 1) {
    const until = Date.now() + 1000;
    const count = 20 + 25 * (1 + Math.sin(second / 2));
    for (let n = 0; n < count; n += 1) {
      await emulator.service('POST', `${path(id)}/:issueAccessToken`, { scopes: ['chat'] });
    }
    await new Promise((done) => setTimeout(done, Math.max(0, until - Date.now())));
  }
}

const path = (id) => `/identities/${encodeURIComponent(id)}`;

const FAULTS = [
  { operation: 'createIdentity', status: 429, retryAfter: 2, times: 2 },
  { operation: 'issueAccessToken', delayMilliseconds: 40, probability: 0.5, seed: 1 },
  { method: 'DELETE', status: 503, every: 10 },
];

/** A client library, over TLS: the page shows that it trusts the certificate. */
class Client {
  #emulator;
  #userAgent;
  #agent;

  constructor(emulator, userAgent) {
    this.#emulator = emulator;
    this.#userAgent = userAgent;
    this.#agent = new https.Agent({ keepAlive: true, ca: readFileSync(emulator.ready.caCertificate) });
  }

  /** Returns the JSON of the response. `signs` is what the client signs in place of the URL, or `null`: nothing. */
  call(method, path, body, { signs } = {}) {
    const target = `${path}?api-version=${API_VERSION}`;
    const text = body === undefined ? '' : JSON.stringify(body);
    const { accessKey, host, port } = this.#emulator;
    const credential = signs === null ? { host } : signed(accessKey, host, method, signs ?? target, text);
    const headers = { ...credential, 'content-type': 'application/json', 'user-agent': this.#userAgent };
    return new Promise((resolve, reject) => {
      const options = { host: 'localhost', port, method, path: target, headers, agent: this.#agent };
      const request = https.request(options, async (response) => {
        let answer = '';
        for await (const piece of response) answer += piece;
        resolve(answer && JSON.parse(answer));
      });
      request.on('error', reject);
      request.end(text);
    });
  }

  end() {
    this.#agent.destroy();
  }
}
