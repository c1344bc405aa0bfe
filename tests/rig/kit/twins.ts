/** Two servers in this process with one store between them: two writers that know nothing of each other. */
import { join } from 'node:path';
import type { LogId } from '#sync-protocol';
import { createSqliteAccounts } from '../../../api/store/sqlite/accounts.ts';
import { createSqliteStore } from '../../../api/store/sqlite/store.ts';
import { aDataDir } from '../../kit/processes.ts';
import { type ScriptClient, createGroup, createScriptClient, signUp } from '../../kit/script-client.ts';
import { startServer } from '../../kit/server.ts';

/** One person, known to both servers by the same session. */
export type Twofold = { readonly left: ScriptClient; readonly right: ScriptClient };
export interface Twins {
  readonly people: readonly Twofold[];
  readonly log: LogId;
  stop(): Promise<void>;
}

export async function startTwins(count = 2): Promise<Twins> {
  const folder = aDataDir();
  const store = await createSqliteStore({ file: join(folder.path, 'chatter.db') });
  const adapters = { eventLog: store.eventLog, accounts: createSqliteAccounts(store) };
  const [one, other] = [await startServer({ adapters }), await startServer({ adapters })];
  const door = { url: one.url, codeFor: async () => one.lastCode() };
  const people: Twofold[] = [];
  for (let i = 0; i < count; i++) {
    const left = await signUp(door, `person${i}`);
    people.push({ left, right: createScriptClient({ ...left, url: other.url }) });
  }
  const { log } = await createGroup(
    people[0]!.left,
    people.map(({ left }) => left),
  );
  return {
    people,
    log,
    stop: async () => {
      await Promise.all([one.stop(), other.stop()]);
      await store.close();
      folder.remove();
    },
  };
}
