// A web server of a test: a page that is not the emulator's.
import { once } from 'node:events';
import http from 'node:http';

/** Serves documents by their paths. Each is HTML, or `{ type, text, headers }`. Returns the origin and `close`. */
export async function serve(documents, host = 'localhost') {
  const server = http.createServer((request, response) => {
    const path = new URL(request.url, 'http://server').pathname;
    const found = documents[path];
    const { type = 'text/html', text, headers = {} } = typeof found === 'string' ? { text: found } : (found ?? {});
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8`, ...headers });
    response.end(text ?? '');
  });
  server.listen(0, host);
  await once(server, 'listening');
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { origin: `http://${host}:${server.address().port}`, close };
}
