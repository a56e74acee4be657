// Requests of node, without the page: raw headers, no CORS, no redirects.
import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';

/** Sends a request to an origin such as http://localhost:10100. Returns the status, the headers and the text. */
export function send(origin, method, path, { headers = {}, body, agent } = {}) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const options = {
      host: hostname,
      port,
      method,
      path,
      headers: { host: `${hostname}:${port}`, ...headers },
      agent,
    };
    const request = http.request(options, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        const json = () => JSON.parse(text);
        resolve({
          status: response.statusCode,
          headers: response.headers,
          rawHeaders: response.rawHeaders,
          text,
          json,
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Returns the headers that sign a request with an access key (docs/service.md, section 2). */
export function signed(accessKey, host, method, target, body = '') {
  const date = new Date().toUTCString();
  const hash = createHash('sha256').update(body).digest('base64');
  const text = `${method}\n${target}\n${date};${host};${hash}`;
  const signature = createHmac('sha256', Buffer.from(accessKey, 'base64')).update(text).digest('base64');
  return {
    host,
    'x-ms-date': date,
    'x-ms-content-sha256': hash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  };
}

/** Returns the JSON of a response, or fails with what the emulator said. */
export function expectOk(response, what) {
  if (response.status >= 200 && response.status < 300) return response.text ? response.json() : undefined;
  throw new Error(`${what} was answered with ${response.status}: ${response.text.slice(0, 500)}`);
}
