import 'fake-indexeddb/auto';
import { expect, test, vi } from 'vitest';
import type { ConversationId } from '#sync-protocol';
import { openDexieBackend } from '../../app/store/dexie-backend.ts';
import { createLocalStore } from '../../app/store/local-store.ts';
import { createMemoryBackend } from '../../app/store/memory-backend.ts';
import type { Backend } from '../../app/store/tables.ts';
import { me } from './local-store-device.ts';
import { describeOutbox } from './local-store-outbox.ts';
import { describeLocalStore } from './local-store.ts';

const open = (backend: Backend) => createLocalStore(backend, { user: me });
let databases = 0;

for (const describeStore of [describeLocalStore, describeOutbox]) {
  describeStore('memory', async () => createMemoryBackend(), open);
  describeStore('dexie', () => openDexieBackend(`contract-${databases++}`, { onClosed: () => {} }), open);
}

test('a query hears of what another tab writes, of nothing it did not read, and after closing of nothing', async () => {
  const name = `contract-${databases++}`;
  const [tab, other] = [
    await openDexieBackend(name, { onClosed: () => {} }),
    await openDexieBackend(name, { onClosed: () => {} }),
  ];
  const told: string[][] = [];
  let asked = 0;
  const read = async ({ drafts }: Parameters<Parameters<Backend['observe']>[0]>[0]) => {
    asked += 1;
    return (await drafts.all()).map(({ text }) => text);
  };
  const draft = (text: string) => ({ conversationId: 'c1' as ConversationId, text, writtenAtMs: 1 });
  tab.observe(read, { next: (texts) => told.push(texts), error: (error) => expect.unreachable(String(error)) });
  await vi.waitUntil(() => told.length === 1);
  await other.write(['meta'], ({ meta }) => meta.put({ key: 'x', value: 1 }));
  await other.write(['drafts'], ({ drafts }) => drafts.put(draft('from over there')));
  await vi.waitUntil(() => told.length === 2);
  expect(told).toEqual([[], ['from over there']]);
  expect(asked).toBe(2);
  tab.close();
  await other.write(['drafts'], ({ drafts }) => drafts.put(draft('unheard')));
  await other.read(({ drafts }) => drafts.all());
  expect(told).toHaveLength(2);
  other.close();
});
