import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import * as z from 'zod/mini';

/** One variable: how it is read, what it is when it is absent, and what .env.example says about it. */
type Variable = { readonly schema: z.ZodMiniType; readonly example: string; readonly about: string };

const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values as unknown as Record<string, T[number]>);
const integer = (min: number, max: number) =>
  z.pipe(
    z.pipe(z.string().check(z.regex(/^\d{1,9}$/, `a whole number from ${min} to ${max}`)), z.transform(Number)),
    z.int().check(z.gte(min, `at least ${min}`), z.lte(max, `at most ${max}`)),
  );
const text = () => z.string().check(z.minLength(1, 'must not be empty'));
const list = (isEntry: (entry: string) => boolean, what: string) =>
  z.pipe(
    z.pipe(
      z.string(),
      z.transform((value) =>
        value
          .split(',')
          .map((entry) => entry.trim())
          .filter((entry) => entry !== ''),
      ),
    ),
    z.array(z.string().check(z.refine<string>(isEntry, what))),
  );
const flag = () =>
  z.pipe(
    z.enum(['true', 'false']),
    z.transform((value) => value === 'true'),
  );
const isOrigin = (value: string) => URL.canParse(value) && new URL(value).origin === value && /^https?:/.test(value);
const isNetwork = (value: string) => {
  const [address = '', bits] = value.split('/');
  const version = isIP(address);
  return version !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)));
};
const isCountry = (value: string) => /^[A-Z]{2}$/.test(value);
const webAddress = () =>
  z.string().check(z.refine<string>((value) => URL.canParse(value) && /^https?:/.test(value), 'an http(s) address'));

const variables = {
  PORT: { schema: z._default(integer(0, 65_535), 8_000), example: '8000', about: 'The port the server listens on.' },
  HOST: {
    schema: z._default(text(), '127.0.0.1'),
    example: '127.0.0.1',
    about: 'The address it listens on. By default only this machine can reach it; 0.0.0.0 (or ::) is every network it is in.',
  },
  DATA_DIR: { schema: z._default(text(), './data'), example: './data', about: 'The folder of the database.' },
  NODE_ENV: {
    schema: z._default(oneOf(['development', 'production', 'test']), 'development'),
    example: 'development',
    about: 'In production codes are not printed to the console.',
  },
  SERVER_ID: {
    schema: z._default(
      text().check(z.regex(/^[\w.-]{1,64}$/, 'at most 64 letters, digits, dots, dashes')),
      hostname().slice(0, 64),
    ),
    example: 'server-1',
    about: 'What this server calls itself in /health and in logs. By default the name of the machine.',
  },
  SYNC_INTERVAL_MINUTES: {
    schema: z._default(integer(1, 1_440), 5),
    example: '5',
    about: 'How often a device that heard nothing asks anyway.',
  },
  TLS_KEY_PATH: {
    schema: z.optional(text()),
    example: '',
    about: 'A private key in PEM: with TLS_CERT_PATH the server speaks HTTPS.',
  },
  TLS_CERT_PATH: {
    schema: z.optional(text()),
    example: '',
    about: 'The certificate chain in PEM. Key and chain are read again when they change, and at SIGHUP.',
  },
  HTTP_REDIRECT_PORT: {
    schema: z.optional(integer(0, 65_535)),
    example: '',
    about: 'With TLS: a plain port, such as 80, that only says where the same address is over https.',
  },
  SMS_GATEWAY: {
    schema: z._default(oneOf(['console', 'webhook']), 'console'),
    example: 'console',
    about: 'How codes are sent: printed where the server was started, or handed to a webhook that sends them on.',
  },
  SMS_WEBHOOK_URL: {
    schema: z.optional(webAddress()),
    example: '',
    about: 'For SMS_GATEWAY=webhook: gets POST {"to","code","text"} and answers 2xx when it was sent.',
  },
  SMS_WEBHOOK_TOKEN: { schema: z.optional(text()), example: '', about: 'Sent to the webhook as a bearer token.' },
  ALLOW_CONSOLE_SMS_IN_PRODUCTION: {
    schema: z._default(flag(), false),
    example: 'false',
    about: 'Whoever reads the console can sign in as anybody: say true only if that is meant.',
  },
  SMS_COUNTRIES: {
    schema: z._default(list(isCountry, 'countries such as CH, DE, separated by commas'), []),
    example: '',
    about: 'The only countries whose numbers are sent codes, by their two letters. By default all.',
  },
  CODES_PER_ADDRESS_HOUR: {
    schema: z.optional(integer(1, 1_000_000)),
    example: '',
    about: 'Codes one network address may ask for in an hour. 10, or 1000 while codes are only printed.',
  },
  CODES_PER_BLOCK_HOUR: {
    schema: z.optional(integer(1, 1_000_000)),
    example: '',
    about:
      'Codes sent in an hour to numbers that differ in their last four digits only, as bought by whoever is paid for text messages. 50, or 1000 while codes are only printed.',
  },
  CODES_PER_HOUR: {
    schema: z._default(integer(1, 1_000_000), 1_000),
    example: '1000',
    about: 'Codes sent in an hour in all: what an attack may cost at most.',
  },
  FRAMES_PER_SOCKET_TEN_SECONDS: {
    schema: z.optional(integer(10, 1_000_000)),
    example: '',
    about: 'Messages of the wire one socket may send in ten seconds; the rest is answered "too-fast". 300.',
  },
  CONNECTIONS_PER_ADDRESS: {
    schema: z.optional(integer(10, 1_000_000)),
    example: '',
    about: 'Connections one network address may hold at once; one more is closed. Those of TRUST_PROXY are not counted. 2000.',
  },
  ORIGINS: {
    schema: z._default(list(isOrigin, 'origins such as https://chat.example.org, separated by commas'), []),
    example: '',
    about: 'Where the app is served from, if not from this server’s own address. Only these may then use the cookie.',
  },
  TRUST_PROXY: {
    schema: z._default(list(isNetwork, 'addresses or networks such as 10.0.0.0/8, separated by commas'), []),
    example: '',
    about: 'Proxies in front of this server, whose X-Forwarded-For is believed. None by default.',
  },
  RETIRE_WORKER: {
    schema: z._default(flag(), false),
    example: 'false',
    about: 'Removes the service worker and its files from every browser that opens the app: for a release that went wrong.',
  },
  LOG_LEVEL: {
    schema: z.optional(oneOf(['debug', 'info', 'warn', 'error', 'silent'])),
    example: '',
    about: 'What is logged, as JSON on stderr. info in production, warn otherwise.',
  },
  METRICS_TOKEN: {
    schema: z.optional(z.string().check(z.minLength(32, 'at least 32 characters: whoever has it reads what is measured'))),
    example: '',
    about: 'With it GET /metrics answers whoever brings it as a bearer token, in the text format of Prometheus.',
  },
  METRICS_PORT: {
    schema: z.optional(integer(0, 65_535)),
    example: '',
    about: 'The same without a token, on a port of its own that only this machine can reach.',
  },
  MONGODB_URI: {
    schema: notBuilt('the MongoDB store'),
    example: '',
    about: 'Not built yet: the server refuses to start with it.',
  },
  REDIS_URL: {
    schema: notBuilt('joining servers by Redis'),
    example: '',
    about: 'Not built yet: the server refuses to start with it.',
  },
} satisfies Readonly<Record<string, Variable>>;

/** Never silently ignored: whoever sets it expects their data to be there. */
function notBuilt(what: string) {
  return z.optional(z.string().check(z.refine<string>(() => false, `${what} is not built yet: leave it unset`)));
}

const schema = z.object(
  Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, variable.schema])) as {
    [Name in keyof typeof variables]: (typeof variables)[Name]['schema'];
  },
);
export type Env = Readonly<z.output<typeof schema>>;

/** Every wrong variable, each with what it should be. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** What the process was started with; a file `.env` fills in what is not set. */
export function readEnv(): Env {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return parseEnv(process.env);
}

/** Where the data lies: all that an operator's command needs, whatever else is wrong. */
export function readDataDir(): string {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return parseEnv({ DATA_DIR: process.env['DATA_DIR'] }).DATA_DIR;
}

export function parseEnv(given: Readonly<Record<string, string | undefined>>): Env {
  // An empty value is how .env.example and compose files say "not set".
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(set);
  const issues = parsed.error?.issues ?? [];
  const problems = [
    ...issues.map(({ path, message }) => `${String(path[0])}: ${message}`),
    ...Object.keys(set)
      .filter((name) => name.startsWith('CHATTER_'))
      .map((name) => `${name}: there is no such variable`),
    ...clashesOf(set, new Set(issues.map(({ path }) => String(path[0])))),
  ];
  if (!parsed.success || problems.length > 0) throw new EnvError(problems);
  return parsed.data;
}

/** Values that are well-formed one by one and wrong together. Judged where each of them is well-formed, whatever else is wrong. */
type Clash = { readonly among: readonly Name[]; readonly problem: string; readonly isWrong: (env: Partial<Env>) => boolean };
type Name = keyof typeof variables;

const clashes: readonly Clash[] = [
  {
    among: ['TLS_KEY_PATH', 'TLS_CERT_PATH'],
    problem: 'TLS_KEY_PATH, TLS_CERT_PATH: set both or none',
    isWrong: (env) => (env.TLS_KEY_PATH === undefined) !== (env.TLS_CERT_PATH === undefined),
  },
  {
    among: ['HTTP_REDIRECT_PORT', 'TLS_KEY_PATH', 'TLS_CERT_PATH'],
    problem: 'HTTP_REDIRECT_PORT: leads to https, which needs TLS_KEY_PATH and TLS_CERT_PATH',
    isWrong: (env) => env.HTTP_REDIRECT_PORT !== undefined && env.TLS_KEY_PATH === undefined,
  },
  {
    among: ['HTTP_REDIRECT_PORT', 'PORT'],
    problem: 'HTTP_REDIRECT_PORT: must be another than PORT',
    isWrong: (env) => env.HTTP_REDIRECT_PORT !== undefined && env.HTTP_REDIRECT_PORT !== 0 && env.HTTP_REDIRECT_PORT === env.PORT,
  },
  ...(['TLS_KEY_PATH', 'TLS_CERT_PATH'] as const).map((name) => ({
    among: [name],
    problem: `${name}: the file cannot be read`,
    isWrong: (env: Partial<Env>) => env[name] !== undefined && !isReadable(env[name]),
  })),
  {
    among: ['SMS_GATEWAY', 'SMS_WEBHOOK_URL'],
    problem: 'SMS_WEBHOOK_URL: needed by SMS_GATEWAY=webhook',
    isWrong: (env) => env.SMS_GATEWAY === 'webhook' && env.SMS_WEBHOOK_URL === undefined,
  },
  {
    among: ['SMS_GATEWAY', 'NODE_ENV', 'ALLOW_CONSOLE_SMS_IN_PRODUCTION'],
    problem:
      'SMS_GATEWAY: console prints codes, which production refuses; use webhook, or set ALLOW_CONSOLE_SMS_IN_PRODUCTION=true',
    isWrong: (env) =>
      env.SMS_GATEWAY === 'console' && env.NODE_ENV === 'production' && env.ALLOW_CONSOLE_SMS_IN_PRODUCTION === false,
  },
];

function clashesOf(set: Readonly<Record<string, unknown>>, wrong: ReadonlySet<string>): readonly string[] {
  // A wrong value reads as absent here, and no clash it could be part of is judged.
  const known = schema.safeParse(Object.fromEntries(Object.entries(set).filter(([name]) => !wrong.has(name)))).data ?? {};
  return clashes
    .filter(({ among, isWrong }) => !among.some((name) => wrong.has(name)) && isWrong(known))
    .map(({ problem }) => problem);
}

function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The text of .env.example. */
export function envExample(): string {
  const entries = Object.entries(variables).map(([name, { about, example }]) => `# ${about}\n${name}=${example}\n`);
  return `# Copy to .env and change what you need. An empty value is the default. Written by scripts/env-example.ts.\n\n${entries.join('\n')}`;
}
