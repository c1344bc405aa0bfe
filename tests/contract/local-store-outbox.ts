import { afterEach, describe, expect, test } from 'vitest';
import { selfLog, type Op } from '#sync-protocol';
import { aLog, anEvent, anOp, anOpId, aRun } from '#sync-protocol/testing';
import type { LocalStore } from '../../app/sync/ports.ts';
import type { Backend } from '../../app/store/tables.ts';
import { accepted, all, aWindow, createDevice, edit, me, readMarker } from './local-store-device.ts';

/** What every local store must do with what was written here and is on its way. */
export function describeOutbox(
  name: string,
  createBackend: () => Promise<Backend>,
  open: (backend: Backend) => LocalStore,
): void {
  describe(`outbox: ${name}`, () => {
    const opened: Backend[] = [];
    afterEach(() => opened.splice(0).forEach((backend) => backend.close()));
    const create = async () => {
      const backend = await createBackend();
      opened.push(backend);
      return createDevice(backend, open);
    };

    test('[LS-6] what was on its way when the last leader stopped leaves again with the same bytes', async () => {
      const device = await create();
      await device.lead();
      await device.store.stage(anOp(1));
      const first = await device.take();
      const after = createDevice(device.backend, open);
      expect(await after.take()).toEqual(first);
    });

    test('[OB-1] what had no answer once is shown as waiting while it is tried again', async () => {
      const device = await create();
      await device.lead();
      await device.store.stage(anOp(1));
      const shown = async () => (await device.messages())[0]?.local;
      expect([await shown(), await device.take().then(shown)]).toEqual(['queued', 'sending']);
      await device.commit({ kind: 'retry', opIds: [anOpId(1)] });
      expect([await shown(), await device.take().then(shown)]).toEqual(['queued', 'queued']);
      expect(await device.outbox()).toMatchObject([{ state: { at: 'sending', again: true } }]);
    });

    test('[OB-2] an edit of a waiting message changes it, a delete takes it out, a newer read marker replaces the older', async () => {
      const device = await create();
      await device.lead();
      await device.store.stage(anOp(1));
      await device.store.stage(edit(2, 1, 'changed'));
      expect(await device.messages()).toMatchObject([{ body: { text: 'changed' } }]);
      expect((await device.take()).map(({ wire }) => JSON.parse(wire) as Op)).toMatchObject([
        { opId: anOpId(1), payload: { body: { text: 'changed' } } },
      ]);
      await device.store.stage(anOp(3));
      await device.store.stage(anOp<'delete'>(4, { type: 'delete', target: anOpId(3), payload: {} }));
      expect((await device.messages()).map(({ id }) => id)).toEqual([anOpId(1)]);
      await device.store.stage(readMarker(5, 2));
      await device.store.stage(readMarker(6, 3));
      const self = (await device.outbox()).filter(({ log }) => log === selfLog(me));
      expect(self).toMatchObject([{ opId: anOpId(5), op: { payload: { seq: 3 } } }]);
    });

    test('[OB-6] an answered op stays until the watermark passes it; answer first or event first, one row', async () => {
      const device = await create();
      await device.lead();
      await device.commit({ kind: 'run', run: aRun(1, 1) });
      await device.store.stage(anOp(2));
      const sent = await device.take();
      await device.commit(accepted(2, sent));
      expect(await device.messages()).toMatchObject([{ id: anOpId(1) }, { id: anOpId(2), local: 'sent' }]);
      await device.commit({ kind: 'run', run: aRun(2, 2) });
      expect(await device.outbox()).toEqual([]);
      expect((await device.messages()).map(({ id, local }) => [id, local])).toEqual([
        [anOpId(1), undefined],
        [anOpId(2), undefined],
      ]);
    });

    test('[AP-6] what was accepted in a conversation that is no more here is let go', async () => {
      const device = await create();
      await device.lead();
      await device.commit({ kind: 'run', run: aRun(1, 1) });
      await device.store.stage(anOp(2));
      const sent = await device.take();
      await device.commit({ kind: 'gone', gone: { kind: 'gone', log: aLog(), from: 1, to: 3, purge: true } });
      await device.commit(accepted(2, sent));
      expect(await device.outbox()).toEqual([]);
      expect(await device.messages()).toEqual([]);
    });

    test('[OB-5] a refusal parks the op and what depends on it; sending it again frees both', async () => {
      const device = await create();
      await device.lead();
      await device.store.stage(anOp(1));
      await device.store.stage(anOp<'reaction'>(2, { type: 'reaction', target: anOpId(1), payload: { emoji: '👍', on: true } }));
      await device.store.stage(anOp(3));
      const sent = await device.take({ ops: 1, bytes: all.bytes });
      await device.commit({
        kind: 'answers',
        answers: [{ opId: anOpId(1), refusal: 'forbidden' }],
        sent: sent.map(({ opId }) => opId),
      });
      expect((await device.outbox()).map(({ state }) => state)).toEqual([
        { at: 'parked', refusal: 'forbidden', attempted: true },
        { at: 'parked', refusal: 'waits-for-parked', attempted: false },
        { at: 'queued', attempted: false },
      ]);
      await device.store.sendAgain(anOpId(1));
      expect((await device.outbox()).map(({ state }) => state.at)).toEqual(['queued', 'queued', 'queued']);
    });

    test('[OB-7] a reset sends answered ops again and gives back own messages the new history lacks', async () => {
      const device = await create();
      await device.lead();
      await device.commit({ kind: 'run', run: aRun(1, 4) });
      await device.store.stage(anOp(9));
      const sent = await device.take();
      await device.commit(accepted(9, sent));
      await device.commit({ kind: 'reset', reset: { ...aWindow(2, 2), kind: 'reset', why: 'fork', from: 0 } });
      expect((await device.outbox()).map(({ opId, state }) => [opId, state])).toEqual([
        [anOpId(9), { at: 'queued', attempted: true }],
        // From before the window: its answer will tell.
        [anOpId(1), { at: 'queued', attempted: true }],
        [anOpId(3), { at: 'parked', refusal: 'lost-by-server', attempted: true }],
        [anOpId(4), { at: 'parked', refusal: 'lost-by-server', attempted: true }],
      ]);
      expect((await device.messages()).filter(({ local }) => !local).map(({ id }) => id)).toEqual([anOpId(2)]);
    });

    test('[OB-8] what was taken back after it may have left is undone when it turns up', async () => {
      const device = await create();
      await device.lead();
      await device.store.stage(anOp(1));
      await device.take();
      await device.commit({ kind: 'retry', opIds: [anOpId(1)] });
      const undo = anOp<'delete'>(5, { type: 'delete', target: anOpId(1), payload: {} });
      await device.store.discard(anOpId(1), undo);
      expect(await device.messages()).toEqual([]);
      await device.commit({ kind: 'run', run: aRun(1, 1) });
      expect(await device.outbox()).toMatchObject([{ op: undo, state: { at: 'queued' } }]);
    });

    const takenBack = async (device: Awaited<ReturnType<typeof create>>) => {
      const undo = anOp<'delete'>(12, { type: 'delete', target: anOpId(11), payload: {} });
      await device.store.stage(anOp(11));
      // It may have left.
      await device.commit({ kind: 'retry', opIds: (await device.take()).map(({ opId }) => opId) });
      await device.store.stage(undo);
      return undo;
    };

    test('[OB-5][OB-8] what was taken back goes when the person leaves, and its deletion leaves once if it turns up', async () => {
      const device = await create();
      await device.lead();
      await device.commit({ kind: 'run', run: aRun(1, 3) });
      const undo = await takenBack(device);
      await device.commit({ kind: 'gone', gone: { kind: 'gone', log: aLog(), from: 3, to: 3, purge: false } });
      expect(await device.outbox()).toEqual([]);
      await device.commit({ kind: 'run', run: aRun(4, 4, { items: [anEvent(4, { opId: anOpId(11) })] }) });
      expect(await device.outbox()).toMatchObject([{ op: undo, state: { at: 'queued' } }]);
    });

    test('[OB-5][OB-8] what was taken back in a group goes when the group is refused', async () => {
      const device = await create();
      await device.store.stage(anOp<'group-created'>(10, { type: 'group-created', payload: { title: 'Walks', members: [] } }));
      await takenBack(device);
      await device.take({ ...all, ops: 1 });
      const answers = [{ opId: anOpId(10), log: aLog(), refusal: 'forbidden' as const }];
      await device.commit({ kind: 'answers', answers, sent: [anOpId(10)] });
      expect(await device.outbox()).toMatchObject([{ opId: anOpId(10), state: { at: 'parked' } }]);
    });
  });
}
