import { createServer, type Server } from 'node:http';

/**
 * What listens on the plain port: it says where the same address is over TLS, and nothing else. A host that is none gets no
 * answer that a browser would follow. 308 keeps the method, so that a script learns of its mistake instead of losing a body.
 */
export function createRedirect({ httpsPort }: { readonly httpsPort: number }): Server {
  const port = httpsPort === 443 ? '' : `:${httpsPort}`;
  const server = createServer((req, res) => {
    const host = hostOf(req.headers.host);
    const path = req.url ?? '/';
    if (host === undefined || !path.startsWith('/')) {
      res.writeHead(400, { 'Content-Type': 'text/plain', Connection: 'close' }).end('Use https.\n');
      return;
    }
    res.writeHead(308, { Location: `https://${host}${port}${path}`, 'Cache-Control': 'no-store', Connection: 'close' }).end();
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 5_000;
  server.timeout = 5_000;
  return server;
}

/** Without its port. */
function hostOf(header: string | undefined): string | undefined {
  const [, host] = /^([a-z\d](?:[a-z\d.-]{0,251}[a-z\d])?|\[[\da-f:]{2,39}\])(?::\d{1,5})?$/i.exec(header ?? '') ?? [];
  return host;
}
