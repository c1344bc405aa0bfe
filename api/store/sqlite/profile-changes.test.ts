import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { selfLog } from '#sync-protocol';
import { aUser } from '#sync-protocol/testing';
import { describeProfileChanges } from '../../../tests/contract/profile-changes.ts';
import { aFile, anOpenStore } from '../../../tests/contract/sqlite-store.ts';
import { createCoreWorld } from '../../../tests/kit/core-world.ts';
import { profileChangesTables } from './profile-changes.ts';
import { createSqliteStore } from './store.ts';

describeProfileChanges('SQLite', async () => (await anOpenStore()).eventLog);

test('[PR-2] a file from before knows who had changed theirs', async () => {
  const file = aFile();
  const store = await createSqliteStore({ file });
  const world = createCoreWorld({ log: store.eventLog });
  const ann = aUser(1);
  for (const name of ['Anna', 'Annabel']) {
    world.clock.advance(1_000);
    await world.write(ann, [world.say({ log: selfLog(ann), type: 'profile', payload: { name } })]);
  }
  const known = await store.eventLog.profilesChanged(ann, 0);
  expect(known).toHaveLength(1);
  await store.close();
  const db = new DatabaseSync(file);
  db.exec(`DROP TABLE profile_changes; ${profileChangesTables}`);
  db.close();
  const { eventLog } = await anOpenStore({ file });
  expect(await eventLog.profilesChanged(ann, 0)).toEqual(known);
});
