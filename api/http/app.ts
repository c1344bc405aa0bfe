import express, { type Express } from 'express';
import { Refusal } from '#sync-protocol';
import type { Log } from '../core/log.ts';
import { handle, type HandleDeps } from './handle.ts';
import { metricsPage, type FiguresDeps } from './metrics-page.ts';
import { refusalHandler } from './refusal-handler.ts';
import { routes, type Routes } from './registry.ts';
import { requestLog, type Answered } from './request-log.ts';
import type { Handlers, Route } from './route.ts';
import { noStore, securityHeaders } from './security-headers.ts';
import { staticFiles } from './static-files.ts';

type AppDeps = HandleDeps & {
  readonly handlers: Handlers<Routes>;
  readonly log: Log;
  readonly appFolder: string;
  /** Hands out a worker that removes itself. */
  readonly isWorkerRetired?: boolean;
  /** Addresses of proxies whose X-Forwarded-For is believed; none by default. */
  readonly trustProxy: readonly string[];
  readonly onAnswered?: (request: Answered) => void;
  /** Who may read what is measured, and what that is. */
  readonly figures?: FiguresDeps | undefined;
};

export function createApp({
  handlers,
  log,
  appFolder,
  isWorkerRetired = false,
  trustProxy,
  onAnswered = () => undefined,
  figures,
  ...deps
}: AppDeps): Express {
  const app = express();
  app.set('trust proxy', [...trustProxy]);
  app.set('etag', false);
  app.disable('x-powered-by');
  app.use(requestLog(log, onAnswered), securityHeaders());
  if (figures) app.get('/metrics', metricsPage(figures));
  app.use(['/api', '/health'], noStore);
  for (const name of Object.keys(routes) as (keyof Routes)[]) {
    const route: Route = routes[name];
    app[route.method](route.path, handle(name, route, handlers[name], deps));
  }
  app.use(['/api', '/health'], () => {
    throw new Refusal('not-found');
  });
  app.use(staticFiles(appFolder, { isWorkerRetired }));
  app.use(refusalHandler(log));
  return app;
}
