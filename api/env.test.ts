import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { envExample, EnvError, parseEnv } from './env.ts';

function problemsOf(given: Record<string, string>): readonly string[] {
  try {
    parseEnv(given);
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.problems;
    throw error;
  }
}

test('nothing set is a server for this machine alone', () => {
  expect(parseEnv({})).toMatchObject({ PORT: 8_000, HOST: '127.0.0.1', DATA_DIR: './data', SMS_GATEWAY: 'console', ORIGINS: [] });
});

test('an empty value is not set', () => {
  expect(parseEnv({ PORT: '', MONGODB_URI: '' })).toMatchObject({ PORT: 8_000 });
});

test('every wrong and every unknown variable is named at once', () => {
  const problems = problemsOf({
    PORT: '80a',
    NODE_ENV: 'prod',
    TRUST_PROXY: '10.0.0.0/99',
    CHATTER_PROT: '1',
    ORIGINS: 'https://a.example/x',
  });
  expect(new Set(problems.map((problem) => problem.split(':')[0]))).toEqual(
    new Set(['CHATTER_PROT', 'NODE_ENV', 'ORIGINS', 'PORT', 'TRUST_PROXY']),
  );
});

test('what is wrong only together is named beside what is wrong alone', () => {
  const mix = {
    PORT: '80a',
    CHATTER_PROT: '1',
    NODE_ENV: 'production',
    TLS_KEY_PATH: '/nowhere/key.pem',
    REDIS_URL: 'redis://x',
  };
  const named = (given: Record<string, string>) => problemsOf(given).map((problem) => problem.split(':')[0]);
  expect(new Set(named(mix))).toEqual(
    new Set(['CHATTER_PROT', 'PORT', 'REDIS_URL', 'SMS_GATEWAY', 'TLS_KEY_PATH', 'TLS_KEY_PATH, TLS_CERT_PATH']),
  );
  expect(named({ ...mix, SMS_GATEWAY: 'webhook' })).toContain('SMS_WEBHOOK_URL');
});

test('a value that is wrong alone is named once, not again for what it might clash with', () => {
  expect(problemsOf({ SMS_GATEWAY: 'webhook', SMS_WEBHOOK_URL: 'ftp://a.example' })).toEqual([
    'SMS_WEBHOOK_URL: an http(s) address',
  ]);
  expect(problemsOf({ NODE_ENV: 'production', ALLOW_CONSOLE_SMS_IN_PRODUCTION: 'yes' })).toEqual([
    expect.stringMatching('^ALLOW_CONSOLE_SMS_IN_PRODUCTION'),
  ]);
});

test.each(['MONGODB_URI', 'REDIS_URL'])('%s is refused until it is built, never ignored', (name) => {
  expect(problemsOf({ [name]: 'x://y' })).toEqual([expect.stringMatching(`^${name}: .* not built yet`)]);
});

test('[AC-10] production refuses to print codes unless that is meant', () => {
  expect(problemsOf({ NODE_ENV: 'production' })).toEqual([expect.stringMatching('^SMS_GATEWAY: console prints codes')]);
  expect(problemsOf({ NODE_ENV: 'production', ALLOW_CONSOLE_SMS_IN_PRODUCTION: 'true' })).toEqual([]);
  expect(problemsOf({ NODE_ENV: 'production', SMS_GATEWAY: 'webhook' })).toEqual([expect.stringMatching('^SMS_WEBHOOK_URL')]);
});

test('TLS needs both of its files, and both readable', () => {
  expect(problemsOf({ TLS_KEY_PATH: '/nowhere/key.pem' })).toEqual([
    'TLS_KEY_PATH, TLS_CERT_PATH: set both or none',
    'TLS_KEY_PATH: the file cannot be read',
  ]);
});

test('.env.example is what the schema says; write it anew with scripts/env-example.ts', () => {
  expect(readFileSync('.env.example', 'utf8')).toBe(envExample());
});
