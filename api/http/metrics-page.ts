import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { RequestHandler } from 'express';

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

export type FiguresDeps = { readonly token: string; readonly text: () => string };

/** Read with a token of its own; a session of the app opens nothing here. [RU-6] */
export function metricsPage({ token, text }: FiguresDeps): RequestHandler {
  return (req, res) => {
    res.locals['route'] = 'metrics';
    const [, given = ''] = /^Bearer (\S+)$/.exec(req.headers.authorization ?? '') ?? [];
    if (!isSame(given, token)) {
      res
        .status(401)
        .set({ 'WWW-Authenticate': 'Bearer', 'Cache-Control': 'no-store' })
        .type('text/plain')
        .send('Unauthorised\n');
      return;
    }
    res.set({ 'Content-Type': metricsType, 'Cache-Control': 'no-store' }).send(text());
  };
}

const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (said: string): Buffer => createHash('sha256').update(said).digest();

/** The same on a port of its own, to be bound to this machine alone. */
export function createMetricsServer(text: () => string): Server {
  const server = createServer((req, res) => {
    if (req.method !== 'GET' || req.url !== '/metrics') {
      res.writeHead(404).end();
      return;
    }
    res.writeHead(200, { 'Content-Type': metricsType, 'Cache-Control': 'no-store' }).end(text());
  });
  server.timeout = 5_000;
  return server;
}
