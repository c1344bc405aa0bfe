import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import {
  OLDEST_VERSION,
  PROTOCOL_VERSION,
  downSchema,
  historyPageSchema,
  logPartSchema,
  opSchema,
  opsReplySchema,
  syncRequestSchema,
  syncResponseSchema,
  tooOldSchema,
  upSchema,
} from './index.ts';

const exchanged = {
  op: opSchema,
  'ops-reply': opsReplySchema,
  'sync-request': syncRequestSchema,
  'sync-response': syncResponseSchema,
  'too-old': tooOldSchema,
  'history-page': historyPageSchema,
};

test('[PV-2] a wire change is noticed', async () => {
  const schemas = [upSchema, downSchema, ...Object.values(exchanged)];
  const wire = JSON.stringify(schemas.map((schema) => z.toJSONSchema(schema, { io: 'input' })));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(wire));
  const fingerprint = Buffer.from(digest).toString('hex').slice(0, 12);

  // Failing? The wire changed. If an old peer could misread it, bump PROTOCOL_VERSION and
  // add a line to its history. Either way, write the new fingerprint here by hand.
  expect(fingerprint).toBe('2d25f5ca2dc3');
  expect(PROTOCOL_VERSION).toBe(1);
});

const folder = join(import.meta.dirname, 'fixtures', String(PROTOCOL_VERSION));
const read = (name: string): unknown[] => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as unknown[];
const typesOf = (schema: { readonly options: readonly { readonly shape: { readonly type: z.ZodMiniLiteral<string> } }[] }) =>
  schema.options.flatMap(({ shape }) => [...shape.type.def.values]);
const ups = typesOf(upSchema.def as never);
const downs = typesOf(downSchema.def as never);

/** JSON Schema does not see refinements, so golden messages hold what it cannot. Written once for each version, never edited. */
const schemas: Readonly<Record<string, z.ZodMiniType>> = {
  ...Object.fromEntries(ups.map((type) => [`up-${type}`, upSchema])),
  ...Object.fromEntries(downs.map((type) => [`down-${type}`, downSchema])),
  ...exchanged,
};

test.each(Object.entries(schemas))('[PV-2] golden messages of %s are read as they stand', (name, schema) => {
  const valid = read(`${name}.valid`);
  expect(valid.length).toBeGreaterThan(0);
  for (const message of valid) expect(schema.parse(message)).toEqual(message);
});

test.each(Object.entries(schemas))('[PV-2] what is no %s is not read', (name, schema) => {
  const invalid = read(`${name}.invalid`) as { readonly why: string; readonly message: unknown }[];
  expect(invalid.length).toBeGreaterThan(0);
  for (const { why, message } of invalid) expect(schema.safeParse(message).success, why).toBe(false);
});

test('[PV-2] every message, every op and every part of a log has its golden one', () => {
  const names = Object.keys(schemas).flatMap((name) => [`${name}.invalid.json`, `${name}.valid.json`]);
  expect(new Set(readdirSync(folder))).toEqual(new Set(names));
  const ops = (read('op.valid') as { readonly type: string }[]).map(({ type }) => type);
  expect(new Set(ops)).toEqual(new Set(typesOf(opSchema.def as never)));
  const parts = (read('sync-response.valid') as z.infer<typeof syncResponseSchema>[]).flatMap(({ logs }) =>
    logs.map(({ kind }) => kind),
  );
  expect(new Set(parts)).toEqual(new Set(logPartSchema.def.options.flatMap(({ shape }) => [...shape.kind.def.values])));
});

test('[PV-3] the versions that are still answered have their golden messages', () => {
  for (let version = OLDEST_VERSION; version <= PROTOCOL_VERSION; version++) {
    expect(existsSync(join(import.meta.dirname, 'fixtures', String(version)))).toBe(true);
  }
});
