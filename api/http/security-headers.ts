import type { RequestHandler } from 'express';
import helmet from 'helmet';

const yearSeconds = 365 * 24 * 60 * 60;

/** What a page of ours may load and who may embed it: ourselves, and nobody. */
const policy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'blob:', 'data:'],
  'font-src': ["'self'"],
  'worker-src': ["'self'"],
  'manifest-src': ["'self'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
  'object-src': ["'none'"],
  // No text becomes a script: the app has one use for the other side of this, the address of its worker.
  'require-trusted-types-for': ["'script'"],
  'trusted-types': ['chatter-worker'],
};

/** Not every browser counts a socket to the same host as `'self'`, so its address is spelled out. */
function connectSources(host: string | undefined): readonly string[] {
  const isPlain = host !== undefined && /^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i.test(host);
  return isPlain ? ["'self'", `ws://${host}`, `wss://${host}`] : ["'self'"];
}

export function securityHeaders(): RequestHandler {
  // Most ask for the same host one after the other: its policy is put into words once.
  let last = { host: undefined as string | undefined, set: restFor(undefined) };
  return (req, res, next) => {
    const { host } = req.headers;
    if (last.host !== host) last = { host, set: restFor(host) };
    // Said over plain http it binds nobody, and over a proxy's TLS it is the proxy's word that it is TLS.
    if (req.secure) res.set('Strict-Transport-Security', `max-age=${yearSeconds}; includeSubDomains`);
    res.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
    last.set(req, res, next);
  };
}

const restFor = (host: string | undefined): RequestHandler =>
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { ...policy, 'connect-src': connectSources(host) } },
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  });

/** What people said does not stay in a cache that others may read. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};
