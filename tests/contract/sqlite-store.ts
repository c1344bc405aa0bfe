import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type SqliteOptions, type SqliteStore, createSqliteStore } from '../../api/store/sqlite/store.ts';

/** A database file that is gone after the test. */
export function aFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatter-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'chatter.db');
}

/** A store that is closed after the test. */
export async function anOpenStore(options: Partial<SqliteOptions> = {}): Promise<SqliteStore> {
  const store = await createSqliteStore({ file: aFile(), ...options });
  onTestFinished(() => store.close());
  return store;
}
