import type { Request, RequestHandler, Response } from 'express';
import { Refusal } from '#sync-protocol';
import type { RateLimit } from '../core/accounts-ports.ts';
import type { Auth } from './auth.ts';
import type { Call, SignedInCall } from './call.ts';
import { readJson } from './read-json.ts';
import type { Pace, Route } from './route.ts';

export type HandleDeps = {
  readonly auth: Auth;
  readonly paces: Readonly<Record<Pace, RateLimit>>;
  readonly addressKey: (address: string) => string;
};
type AnyHandler = (input: never, call: never) => Promise<unknown>;

/** Who, how fast, what: in this order, so that a stranger's body is not even read. Then parse, answer; refusals travel on. [AC-9] */
export function handle(name: string, route: Route, answer: AnyHandler, deps: HandleDeps): RequestHandler {
  const takesBody = !route.body.safeParse(undefined).success;
  return async (req, res) => {
    res.locals['route'] = name;
    if (route.method !== 'get') deps.auth.checkOrigin(req.headers);
    const call = await admit(route, req, res, deps);
    const body = takesBody ? await readJson(req) : undefined;
    const { query, params } = req;
    const input = {
      params: parse('params', route.params, params),
      query: parse('query', route.query, query),
      body: parse('body', route.body, body),
    };
    const said = await answer(input as never, call as never);
    if (route.contentType === undefined) sendJson(res, said);
    else res.type(route.contentType).send(said);
  };
}

/** What `res.json` says, without looking again at what is the same for every answer of ours. */
function sendJson(res: Response, said: unknown): void {
  const text = JSON.stringify(said);
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.end(text);
}

async function admit(route: Route, req: Request, res: Response, deps: HandleDeps): Promise<Call | SignedInCall> {
  const address = deps.addressKey(req.ip ?? '');
  const call: Call = {
    address,
    isBrowser: req.headers.origin !== undefined || req.headers['x-chatter-client'] === 'app',
    headers: req.headers,
    setCookies: (cookies) => cookies.forEach((cookie) => res.append('Set-Cookie', cookie)),
    setStatus: (status) => void res.status(status),
  };
  if (route.access === 'anyone') {
    await pace(deps.paces[route.pace], address);
    return call;
  }
  const caller = await deps.auth.callerOf(req.headers);
  Object.assign(res.locals, caller);
  await pace(deps.paces[route.pace], caller.device);
  return { ...call, caller };
}

async function pace(limit: RateLimit, key: string): Promise<void> {
  const retryAfterMs = await limit.take(key);
  if (retryAfterMs > 0) throw new Refusal('too-fast', '', { retryAfterMs });
}

function parse(part: string, schema: Route['body'], value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refusal('malformed', [part, ...(issue?.path ?? [])].join('.'));
}
