// A page of another origin, which tries to call the emulator in every way that a browser knows.
import { newContext } from './browser.mjs';
import { serve } from './server.mjs';

const DOCUMENT = `<!doctype html><html lang="en"><head><title>Another page</title><link rel="icon" href="data:,"></head>
  <body><h1>Another page</h1></body></html>`;

export class Intruder {
  /** Opens the page on another port of a host. The cookies and storage of the context are its own. */
  static async open(browser, host = 'localhost') {
    const intruder = new Intruder();
    intruder.server = await serve({ '/': DOCUMENT }, host);
    intruder.context = await newContext(browser);
    intruder.page = await intruder.context.newPage();
    await intruder.page.goto(intruder.server.origin);
    return intruder;
  }

  async close() {
    await Promise.all([this.context.close(), this.server.close()]);
  }

  /**
   * Sends requests by `fetch`, each in each mode: with and without headers of its own, with and without the credentials
   * of the browser. Returns the texts and statuses that the page could read.
   */
  fetch(calls, headers) {
    const send = async ({ calls, headers }) => {
      const tries = [];
      for (const { method, url, body } of calls) {
        const simple = method === 'GET' || method === 'POST';
        const content = method === 'POST' ? (body ?? '{}') : undefined;
        for (const credentials of ['include', 'omit']) {
          // Without a preflight: what a form could send, too.
          if (simple) tries.push([url, { method, mode: headers ? 'cors' : 'no-cors', credentials, body: content }]);
          // With a preflight.
          const given = { 'content-type': 'application/json', ...headers };
          tries.push([url, { method, mode: 'cors', credentials, body: content, headers: given }]);
        }
      }
      const answers = tries.map(async ([url, options]) => {
        try {
          const answer = await fetch(url, { cache: 'no-store', ...options });
          return answer.type === 'opaque'
            ? []
            : [`${options.method} ${url}: ${answer.status} ${await answer.text()}`];
        } catch {
          return [];
        }
      });
      return (await Promise.all(answers)).flat();
    };
    return this.page.evaluate(send, { calls, headers });
  }

  /** Posts forms to URLs, each in a frame of its own, and waits until all frames have loaded something. */
  postForms(urls, text) {
    const post = ({ urls, text }) =>
      Promise.all(
        urls.map(
          (action, n) =>
            new Promise((done) => {
              const frame = document.createElement('iframe');
              frame.name = `frame-${n}`;
              document.body.append(frame);
              const form = Object.assign(document.createElement('form'), {
                action,
                method: 'post',
                enctype: 'text/plain',
                target: frame.name,
              });
              // The name and the value, joined by '=', are JSON.
              const [name, value] = text.split('=');
              form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
              document.body.append(form);
              frame.addEventListener('load', done);
              form.submit();
            }),
        ),
      ).then((all) => all.length);
    return this.page.evaluate(post, { urls, text });
  }

  /** Loads URLs as pictures, scripts and style sheets. Returns what the page could see of them. */
  loadParts(urls) {
    const load = async (urls) => {
      const seen = [];
      const loads = urls.flatMap((url) =>
        ['img', 'script', 'link'].map(
          (name) =>
            new Promise((done) => {
              const part = document.createElement(name);
              part.addEventListener('error', done);
              part.addEventListener('load', () => {
                seen.push(`<${name}> ${url}`);
                done();
              });
              if (name === 'link') Object.assign(part, { rel: 'stylesheet', href: url });
              else part.src = url;
              document.body.append(part);
            }),
        ),
      );
      await Promise.all(loads);
      return seen;
    };
    return this.page.evaluate(load, urls);
  }
}
