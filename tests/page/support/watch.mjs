// Watches a context for what the page must never do: leave its origin, write an error to the console, violate its policy,
// set a cookie.

export class Watch {
  #context;
  #origins;
  #complaints = [];
  #expected = [];

  /** Watches all pages of a context. They may send requests to these origins only. */
  constructor(context, origins) {
    this.#context = context;
    this.#origins = new Set(origins);
    context.on('request', (request) => this.#look('a request', request.url(), request.method()));
    context.on('console', (message) => {
      if (message.type() !== 'error') return;
      this.#complain(`an error in the console: ${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.#complain(`an exception: ${error.error().stack ?? error.error()}`));
    context.on('page', (page) => page.on('websocket', (socket) => this.#look('a WebSocket', socket.url(), 'GET')));
  }

  /** Lets the pages of this context send requests to another origin, too. */
  allow(origin) {
    this.#origins.add(origin);
  }

  /** Expects complaints that match. The test fails if there is none. */
  expect(pattern) {
    this.#expected.push(pattern);
  }

  #look(what, url, method) {
    // A browser reads these without the network.
    if (/^(data|about):/.test(url)) return;
    // The origin of blob: is that of the page which made it.
    if (!this.#origins.has(new URL(url).origin)) this.#complain(`${what} that leaves the origin: ${method} ${url}`);
  }

  #complain(text) {
    this.#complaints.push(text);
  }

  /** Fails if there is a complaint that was not expected, or if an expected one is missing. */
  async check() {
    const cookies = (await this.#context.cookies()).map((cookie) => `a cookie: ${cookie.name} of ${cookie.domain}`);
    const all = [...this.#complaints, ...cookies];
    const unexpected = all.filter((text) => !this.#expected.some((pattern) => pattern.test(text)));
    const missing = this.#expected.filter((pattern) => !all.some((text) => pattern.test(text)));
    const lines = [
      ...unexpected.map((text) => `The page did what it must not do: ${text}`),
      ...missing.map((pattern) => `The page did not do what was expected of it: ${pattern}`),
    ];
    if (lines.length > 0) throw new Error(lines.join('\n'));
  }
}
