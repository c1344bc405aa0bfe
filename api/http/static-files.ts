import { join } from 'node:path';
import compression from 'compression';
import express, { Router, type RequestHandler } from 'express';

const yearMs = 365 * 24 * 60 * 60_000;
const askAnew = { 'Cache-Control': 'no-cache' };
/** Without its time: the file of an older release, put back, would count as not modified since the newer one. */
const timeless = { headers: askAnew, lastModified: false };

/**
 * The built app. Files under /assets carry a hash of their content in their name and never change; everything else is asked
 * for anew each time, so that a new version is noticed. Any other address of the app is the app, which finds its way.
 */
export function staticFiles(folder: string, { isWorkerRetired = false } = {}): Router {
  const router = Router();
  router.use(compression());
  router.use(
    '/assets',
    express.static(join(folder, 'assets'), { immutable: true, maxAge: yearMs, index: false, redirect: false }),
  );
  // Never the page in place of a missing script: a browser would keep it and fail at every start.
  router.use('/assets', notThere);
  // A worker that does harm cannot be repaired by its pages, which it holds; the browser asks for its script past it. [P31]
  if (isWorkerRetired) router.get('/sw.js', (_req, res) => res.sendFile(join(folder, 'retired-sw.js'), timeless));
  router.use(express.static(folder, { redirect: false, setHeaders: (res) => void res.setHeader('Cache-Control', 'no-cache') }));
  router.get('/{*any}', (req, res, next) => {
    // What a browser asks for when a person goes somewhere, and no script or image does.
    const isNavigation = (req.headers.accept ?? '').includes('text/html');
    if (!isNavigation) return next();
    return res.sendFile(join(folder, 'index.html'), timeless, (error?: Error) => {
      if (error && !res.headersSent) next();
    });
  });
  router.use(notThere);
  return router;
}

const notThere: RequestHandler = (_req, res) => void res.status(404).set(askAnew).type('text/plain').send('Not found\n');
