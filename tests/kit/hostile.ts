/** Input that is almost right, and input that is meant to break things: made from the schema of whatever reads it, and a seed. */

export type Random = () => number;

/** mulberry32: small, good enough, and the same everywhere. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)]!;

type JsonSchema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
};

const hostileValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  9_007_199_254_740_992,
  '',
  ' ',
  '0',
  'null',
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  'a\u202eb',
  '\u200b',
  '👩‍👩‍👧‍👦'.repeat(20),
  'é'.repeat(70),
  'a'.repeat(20_000),
  "' OR 1=1 --",
  '$where',
  '../../etc/passwd',
  '<img src=x onerror=alert(1)>',
  '${7*7}',
  '%00',
  [],
  [[]],
  {},
  { $ne: null },
  { $gt: '' },
  { toString: 1, valueOf: 1 },
  { length: 1e9 },
  JSON.parse('{"then":"x"}'),
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  Array.from({ length: 2_000 }, () => 0),
];

/** How often a place holds something else than its schema asks for. */
const hostility = 0.06;

/** A value for a JSON schema; ids come from `pool`, tried by their pattern, so that they often name something that is there. */
export function hostileFrom(schema: JsonSchema, random: Random, pool: readonly string[]): unknown {
  if (random() < hostility) return pick(random, hostileValues);
  const of = (inner: JsonSchema) => hostileFrom(inner, random, pool);
  if ('const' in schema) return schema.const;
  if (schema.enum) return pick(random, schema.enum);
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return of(pick(random, options));
  switch (schema.type) {
    case 'object':
      return objectFrom(schema, random, of);
    case 'array': {
      if (schema.prefixItems) return schema.prefixItems.map(of);
      const length = random() < 0.02 ? (schema.maxItems ?? 50) + 1 : Math.floor(random() * 4);
      return Array.from({ length }, () => of(schema.items ?? {}));
    }
    case 'string':
      return stringFrom(schema, random, pool);
    case 'integer':
    case 'number':
      return pick(random, [
        schema.minimum ?? 0,
        1,
        2,
        3,
        Math.floor(random() * 50),
        schema.maximum ?? 1e12,
        (schema.minimum ?? 0) - 1,
      ]);
    case 'boolean':
      return random() < 0.5;
    default:
      return pick(random, hostileValues);
  }
}

function objectFrom({ properties = {}, required = [] }: JsonSchema, random: Random, of: (inner: JsonSchema) => unknown): unknown {
  const kept = Object.entries(properties).filter(([name]) => random() < (required.includes(name) ? 0.99 : 0.4));
  const extra =
    random() < 0.05
      ? [[pick(random, ['role', 'isAdmin', '_id', 'seq', 'by', '__proto__', 'toString']), pick(random, hostileValues)]]
      : [];
  return Object.fromEntries([...kept.map(([name, inner]) => [name, of(inner)]), ...extra]);
}

function stringFrom({ pattern, maxLength }: JsonSchema, random: Random, pool: readonly string[]): string {
  if (pattern !== undefined) {
    const shape = new RegExp(pattern);
    const fitting = pool.filter((one) => shape.test(one));
    if (fitting.length > 0) return pick(random, fitting);
  }
  if (maxLength !== undefined && random() < 0.05) return 'a'.repeat(maxLength + (random() < 0.5 ? 1 : 0));
  const number = `+1201555${String(Math.floor(random() * 10_000)).padStart(4, '0')}`;
  return pick(random, ['a', 'hello', '🙂', number, '123456', ...pool]);
}
