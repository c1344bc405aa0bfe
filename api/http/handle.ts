import type { Request, RequestHandler, Response } from 'express';
import { Refusal } from '#sync-protocol';
import type { RateLimit } from '../core/accounts-ports.ts';
import type { Auth } from './auth.ts';
import type { Call, SignedInCall } from './call.ts';
import { challengeCookie, linkCookie, readCookie } from './cookies.ts';
import { keyIn, type KeptAnswers, type Said } from './kept-answers.ts';
import { readJson } from './read-json.ts';
import type { Pace, Route } from './route.ts';

export type HandleDeps = {
  readonly auth: Auth;
  readonly paces: Readonly<Record<Pace, RateLimit>>;
  readonly addressKey: (address: string) => string;
  readonly keptAnswers: KeptAnswers;
  /** Refuses when more comes than can be done. */
  readonly admission: { check(): void };
};
type AnyHandler = (input: never, call: never) => Promise<unknown>;

/** Who, how fast, what: in this order, so that a stranger's body is not even read. Then parse, answer; refusals travel on. [AC-9] */
export function handle(name: string, route: Route, answer: AnyHandler, deps: HandleDeps): RequestHandler {
  const takesBody = !route.body.safeParse(undefined).success;
  const changesSomething = route.method !== 'get';
  return async (req, res) => {
    res.locals['route'] = name;
    if (changesSomething) deps.auth.checkOrigin(req.headers);
    // Before it is looked up who asks: when more comes than can be done, saying no must cost far less than doing it.
    if (route.pace === 'write') deps.admission.check();
    const said: Said = { status: 200, cookies: [], text: '' };
    const call = await admit(route, req, res, { ...deps, said });
    const body = takesBody ? await readJson(req) : undefined;
    const { query, params } = req;
    const input = {
      params: parse('params', route.params, params),
      query: parse('query', route.query, query),
      body: parse('body', route.body, body),
    };
    const work = async (): Promise<Said> => {
      const value = await answer(input as never, call as never);
      said.text = route.contentType === undefined ? JSON.stringify(value) : String(value);
      return said;
    };
    const key = changesSomething ? keyIn(req.headers) : undefined;
    const keyed = key !== undefined && { key, from: keyHolder(call), words: JSON.stringify([name, req.originalUrl, body]) };
    send(res, keyed ? await deps.keptAnswers.once(keyed, work) : await work(), route.contentType);
  };
}

/** What `res.json` says, without looking again at what is the same for every answer of ours. */
function send(res: Response, { status, cookies, text }: Said, contentType = 'application/json'): void {
  res.statusCode = status;
  for (const cookie of cookies) res.append('Set-Cookie', cookie);
  res.setHeader('Content-Type', `${contentType}; charset=utf-8`);
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.end(text);
}

/** Where nobody is signed in yet, the browser by what only it holds: its answer is worth a session. [AC-17] */
function keyHolder(call: Call | SignedInCall): string {
  if ('caller' in call) return call.caller.device;
  const secrets = [linkCookie, challengeCookie].map((name) => readCookie(call.headers.cookie, name));
  return JSON.stringify(['anyone', call.isBrowser, ...secrets]);
}

type Admitting = HandleDeps & { readonly said: Said };

async function admit(route: Route, req: Request, res: Response, { said, ...deps }: Admitting): Promise<Call | SignedInCall> {
  const address = deps.addressKey(req.ip ?? '');
  const call: Call = {
    address,
    isBrowser: req.headers.origin !== undefined || req.headers['x-chatter-client'] === 'app',
    headers: req.headers,
    setCookies: (cookies) => void said.cookies.push(...cookies),
    setStatus: (status) => void (said.status = status),
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
