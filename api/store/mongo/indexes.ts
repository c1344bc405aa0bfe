import type { Models } from './models.ts';

/** What is indexed, and so what can be asked for without reading everything. */
const indexes = {
  events: [
    { name: 'op', key: { log: 1, opId: 1 }, unique: true },
    { name: 'unfolded', key: { unfolded: 1, log: 1 }, unique: false },
  ],
  logs: [{ name: 'unrelayed', key: { isUnrelayed: 1 }, unique: false }],
  messages: [
    { name: 'place', key: { log: 1, seq: 1 }, unique: false },
    { name: 'author', key: { log: 1, by: 1, seq: 1 }, unique: false },
  ],
  memberships: [
    { name: 'log', key: { log: 1, user: 1 }, unique: false },
    { name: 'user', key: { user: 1, log: 1 }, unique: false },
  ],
  registers: [{ name: 'key', key: { user: 1, key: 1 }, unique: false }],
  mentions: [{ name: 'place', key: { log: 1, user: 1, seq: 1 }, unique: false }],
  profiles: [{ name: 'at', key: { at: 1 }, unique: false }],
  receipts: [{ name: 'version', key: { conversation: 1, version: 1 }, unique: true }],
  numbers: [{ name: 'owed', key: { owedAt: 1 }, unique: false }],
  codePhones: [],
  accounts: [],
  pins: [],
  sessions: [
    { name: 'token', key: { tokenHash: 1 }, unique: true },
    { name: 'user', key: { user: 1 }, unique: false },
  ],
  untold: [],
  lookers: [],
  lookups: [
    { name: 'user', key: { user: 1, found: 1 }, unique: false },
    { name: 'found', key: { found: 1 }, unique: false },
  ],
  passkeys: [
    { name: 'credential', key: { credentialId: 1 }, unique: true },
    { name: 'slot', key: { user: 1, slot: 1 }, unique: true },
  ],
  challenges: [{ name: 'expiry', key: { expiresAt: 1 }, unique: false }],
  links: [
    { name: 'secret', key: { secretHash: 1 }, unique: true },
    { name: 'token', key: { tokenHash: 1 }, unique: true },
    { name: 'code', key: { codeHash: 1 }, unique: false },
    { name: 'expiry', key: { expiresAt: 1 }, unique: false },
  ],
  linkCodes: [],
  facts: [],
} as const;

/** An index that is missing, or is not unique although a rule rests on it. [SQ-11] */
export class IndexesMissingError extends Error {
  override readonly name = 'IndexesMissingError';
}

/** Builds every index and then asks the database which it has: a server that cannot be sure of its fences does not serve. [SQ-11] */
export async function buildIndexes(models: Models): Promise<void> {
  for (const [name, wanted] of Object.entries(indexes)) {
    const { collection } = models[name as keyof typeof indexes];
    for (const { key, name: called, unique } of wanted) {
      await collection.createIndex(key, { name: called, ...(unique && { unique }) });
    }
    if (wanted.length === 0) continue;
    const found = (await collection.listIndexes().toArray()) as readonly Built[];
    for (const { key, unique } of wanted) {
      const isThere = found.some((one) => sameKey(one.key, key) && (!unique || one.unique === true));
      if (!isThere)
        throw new IndexesMissingError(`${name}: ${unique ? 'a unique' : 'an'} index on ${Object.keys(key).join(', ')}`);
    }
  }
}

type Built = { readonly key: unknown; readonly unique?: boolean };

const sameKey = (one: unknown, other: object): boolean => JSON.stringify(one) === JSON.stringify(other);
