import { afterEach, describe, expect, test } from 'vitest';
import { selfLog, type Op, type Run, type SelfSnapshot } from '#sync-protocol';
import { aChain, aConversation, aLog, aMessage, anEvent, anOp, anOpId, aRow, aRun, aState, aUser } from '#sync-protocol/testing';
import type { Change } from '../../app/sync/change.ts';
import type { LocalStore } from '../../app/sync/ports.ts';
import type { Backend } from '../../app/store/tables.ts';
import { accepted, all, aWindow, createDevice, edit, me, readMarker, selfRun } from './local-store-device.ts';

/** Of another conversation than everything else here. */
const elsewhere = aRun(1, 2, {
  log: aLog(2),
  items: aRun(1, 2).items.map((item, i) => ({ ...item, opId: anOpId(500 + i) })),
});

/** What every local store must do, whatever keeps its rows. */
export function describeLocalStore(
  name: string,
  createBackend: () => Promise<Backend>,
  open: (backend: Backend) => LocalStore,
): void {
  describe(`local store: ${name}`, () => {
    const opened: Backend[] = [];
    afterEach(() => opened.splice(0).forEach((backend) => backend.close()));
    const create = async () => {
      const backend = await createBackend();
      opened.push(backend);
      return createDevice(backend, open);
    };

    test('[LS-1] what is staged survives a crash and is shown', async () => {
      const device = await create();
      await device.store.stage(anOp(1));
      const after = createDevice(device.backend, open);
      expect(await after.messages()).toMatchObject([{ id: anOpId(1), local: 'queued', body: { text: 'message 1' } }]);
      expect(await after.take()).toMatchObject([{ opId: anOpId(1) }]);
    });

    test('[LS-2] staging an op twice is staging it once, also after its event has come', async () => {
      const device = await create();
      await device.store.stage(anOp(1));
      await device.store.stage(anOp(1));
      expect(await device.outbox()).toHaveLength(1);
      await device.commit({ kind: 'run', run: aRun(1, 1) });
      await device.store.stage(anOp(1));
      expect(await device.outbox()).toEqual([]);
      expect(await device.messages()).toHaveLength(1);
    });

    test('[LS-3] a change and its watermark are stored together, or neither is', async () => {
      const device = await create();
      await device.lead();
      for (let failing = 0; failing < 40; failing++) {
        const before = await device.dump();
        const result = await device.failAt(failing, () => device.commit({ kind: 'run', run: aRun(1, 3) }));
        if (result !== 'failed') break;
        expect(await device.dump()).toEqual(before);
      }
      expect(await device.conversation()).toMatchObject({ watermark: 3, chain: aChain(3) });
      expect(await device.messages()).toHaveLength(3);
    });

    test('[LS-3] several changes are stored together with all their watermarks, or none of them is', async () => {
      const device = await create();
      await device.lead();
      const changes: readonly Change[] = [
        selfRun(1, { type: 'joined', payload: { conversation: aConversation(), from: 1 } }),
        { kind: 'run', run: aRun(1, 3) },
        { kind: 'run', run: elsewhere },
      ];
      for (let failing = 0; failing < 80; failing++) {
        const before = await device.dump();
        const result = await device.failAt(failing, () => device.commitAll(changes));
        if (result !== 'failed') break;
        expect(await device.dump()).toEqual(before);
      }
      expect(await device.conversation()).toMatchObject({ watermark: 3, spans: [{ from: 1 }] });
      expect(await device.conversation(aConversation(2))).toMatchObject({ watermark: 2 });
    });

    test('[AP-2] of several changes one that does not fit changes nothing, and the others are stored', async () => {
      const device = await create();
      await device.lead();
      const results = await device.commitAll([
        { kind: 'run', run: aRun(1, 2) },
        { kind: 'run', run: aRun(4, 5) },
        { kind: 'run', run: elsewhere },
        { kind: 'run', run: aRun(3, 3) },
      ]);
      expect(results).toMatchObject([
        { kind: 'committed', heads: [{ id: aConversation(), watermark: 2 }] },
        { kind: 'rejected', why: 'gap' },
        { kind: 'committed', heads: [{ id: aConversation(2), watermark: 2 }] },
        { kind: 'committed', heads: [{ id: aConversation(), watermark: 3 }] },
      ]);
      expect((await device.messages()).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    });

    test('[LS-4] a leader whose term is over stores nothing and takes nothing', async () => {
      const device = await create();
      const { leaderTerm } = await device.store.lead();
      await device.store.lead();
      await device.store.stage(anOp(7));
      const before = await device.dump();
      expect(await device.store.commit([{ kind: 'run', run: aRun(1, 1) }], leaderTerm)).toEqual([{ kind: 'superseded' }]);
      expect(await device.store.takeNext({ leaderTerm, limit: all, skip: new Set() })).toEqual([]);
      expect(await device.dump()).toEqual(before);
    });

    test('[LS-5] what is taken is marked and is exactly what was stored, so a change cannot slip under it', async () => {
      const device = await create();
      await device.lead();
      await device.store.stage(anOp(1));
      const [taken] = await device.take();
      expect(JSON.parse(taken!.wire)).toEqual(anOp(1));
      expect(await device.outbox()).toMatchObject([{ state: { at: 'sending' }, wire: taken!.wire }]);
      await device.store.stage(edit(2, 1, 'changed'));
      expect(await device.outbox()).toMatchObject([{ wire: taken!.wire }, { op: { type: 'edit' }, state: { at: 'queued' } }]);
      expect(await device.take()).toEqual([]);
    });

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

    test('[AP-2] a run that does not continue the watermark changes nothing', async () => {
      const device = await create();
      await device.lead();
      await device.commit({ kind: 'run', run: aRun(1, 2) });
      const before = await device.dump();
      expect(await device.commit({ kind: 'run', run: aRun(4, 5) })).toMatchObject({ why: 'gap' });
      expect(await device.commit({ kind: 'run', run: aRun(1, 2) })).toMatchObject({ why: 'duplicate' });
      expect(await device.commit({ kind: 'run', run: aRun(3, 4, { fromChain: aChain(2, 1) }) })).toMatchObject({ why: 'fork' });
      expect(await device.commit({ kind: 'run', run: { ...aRun(3, 4), items: [anEvent(4)] } })).toMatchObject({ why: 'broken' });
      expect(await device.dump()).toEqual(before);
    });

    test('[AP-1] a window is taken only from the watermark it was asked from', async () => {
      const device = await create();
      await device.lead();
      await device.commit({ kind: 'run', run: aRun(1, 3) });
      expect(await device.commit({ kind: 'window', window: { ...aWindow(8, 9), from: 2 } })).toMatchObject({ why: 'stale' });
      expect(await device.conversation()).toMatchObject({ watermark: 3 });
    });

    test('[AP-3] a window leaves a hole before it and makes what is older stale', async () => {
      const device = await create();
      await device.lead();
      await device.commit({ kind: 'run', run: aRun(1, 3) });
      await device.commit({ kind: 'window', window: { ...aWindow(8, 9), from: 3 } });
      expect((await device.conversation())?.ranges).toEqual([
        { from: 1, to: 3, asOf: 3 },
        { from: 8, to: 9 },
      ]);
    });

    test('[AP-4] a snapshot takes away what is no more, and an older event does not bring it back', async () => {
      const device = await create();
      await device.lead();
      await device.commit({ kind: 'run', run: aRun(1, 1) });
      const reaction = (seq: number, on: boolean) =>
        anEvent(seq, { type: 'reaction', target: anOpId(1), payload: { emoji: '👍', on } });
      const on: Run = { ...aRun(2, 2), items: [reaction(2, true)] };
      await device.commit({ kind: 'run', run: on });
      expect(await device.messages()).toMatchObject([{ reactions: [{ on: true }] }]);
      await device.commit({ kind: 'window', window: { ...aWindow(1, 1), head: 4, chain: aChain(4), from: 2, row: aRow(1, 4) } });
      expect(await device.messages()).toMatchObject([{ reactions: [] }]);
    });

    test('[AP-6] leaving with purge deletes what was received and keeps what was not delivered', async () => {
      const device = await create();
      await device.lead();
      await device.commit({ kind: 'run', run: aRun(1, 3) });
      await device.store.stage(anOp(8));
      await device.commit({ kind: 'gone', gone: { kind: 'gone', log: aLog(), from: 3, to: 3, purge: true } });
      expect(await device.conversation()).toBeUndefined();
      expect(await device.messages()).toMatchObject([{ id: anOpId(8), local: 'parked' }]);
      expect(await device.outbox()).toMatchObject([{ state: { at: 'parked', refusal: 'no-longer-member' } }]);
    });

    test('[AP-9] a page fills holes and stale stretches only, and only as the stays were when it was asked for', async () => {
      const device = await create();
      await device.lead();
      await device.commit({ kind: 'store-epoch', storeEpoch: 'one' });
      await device.commit({ kind: 'run', run: aRun(1, 2) });
      const result = await device.commit({ kind: 'window', window: { ...aWindow(8, 9), from: 2 } });
      const spans = result.kind === 'committed' ? result.heads[0]!.spans : '';
      const page = {
        storeEpoch: 'one',
        asOf: 9,
        from: 1,
        to: 9,
        messages: [1, 3, 8, 9].map((seq) => aMessage(seq, { edits: 7 })),
        more: false,
      };
      expect(await device.commit({ kind: 'fill', conversation: aConversation(), page, spans: 'others' })).toMatchObject({
        why: 'stale',
      });
      await device.commit({ kind: 'fill', conversation: aConversation(), page, spans });
      expect((await device.conversation())?.ranges).toEqual([{ from: 1, to: 9 }]);
      expect((await device.messages()).map(({ seq, edits }) => [seq, edits])).toEqual([
        [1, 7],
        [3, 7],
        [8, 0],
        [9, 0],
      ]);
    });

    test('[AP-10][AP-11] a page older than the watermark is current only when every later event is still kept', async () => {
      for (const isOpen of [true, false]) {
        const device = await create();
        await device.lead();
        device.store.keepEventsOf(isOpen ? new Set([aConversation()]) : new Set());
        await device.commit({ kind: 'store-epoch', storeEpoch: 'one' });
        const windowed = await device.commit({ kind: 'window', window: { ...aWindow(8, 9), from: 0 } });
        const spans = windowed.kind === 'committed' ? windowed.heads[0]!.spans : '';
        const edited = anEvent(10, { type: 'edit', target: anOpId(3), payload: { body: { kind: 'text', text: 'later' } } });
        await device.commit({ kind: 'run', run: { ...aRun(10, 10), items: [edited] } });
        const page = { storeEpoch: 'one', asOf: 9, from: 1, to: 7, messages: [aMessage(3)], more: false };
        await device.commit({ kind: 'fill', conversation: aConversation(), page, spans });
        expect((await device.conversation())?.ranges[0]).toEqual(isOpen ? { from: 1, to: 10 } : { from: 1, to: 7, asOf: 9 });
        expect((await device.messages()).find(({ seq }) => seq === 3)?.body).toMatchObject({
          text: isOpen ? 'later' : 'message 3',
        });
      }
    });

    test('[AP-8] what was held before one left is stale after the return, and the time between is neither held nor missing', async () => {
      const device = await create();
      await device.lead();
      await device.commit(selfRun(1, { type: 'joined', payload: { conversation: aConversation(), from: 1 } }));
      await device.commit({ kind: 'run', run: aRun(1, 3, { state: aState() }) });
      await device.commit(selfRun(2, { type: 'left', payload: { conversation: aConversation(), to: 3, purge: false } }));
      await device.commit(selfRun(3, { type: 'joined', payload: { conversation: aConversation(), from: 6 } }));
      const back = anEvent(6, { type: 'members-added', payload: { members: [me] } });
      const run: Run = { ...aRun(4, 7), items: [{ hidden: true, seq: 4, count: 2 }, back, anEvent(7)] };
      await device.commit({ kind: 'run', run });
      expect((await device.conversation())?.ranges).toEqual([
        { from: 1, to: 3, asOf: 3 },
        { from: 6, to: 7 },
      ]);
    });

    test('[AP-13] a staged read marker counts at once, and own messages never count', async () => {
      const device = await create();
      await device.lead();
      await device.commit(selfRun(1, { type: 'joined', payload: { conversation: aConversation(), from: 1 } }));
      const items = [anEvent(1), anEvent(2, { by: aUser(2) }), anEvent(3, { by: aUser(2) })];
      await device.commit({ kind: 'run', run: { ...aRun(1, 3), items } });
      expect(await device.conversation()).toMatchObject({ unread: 2 });
      await device.store.stage(readMarker(9, 2));
      expect(await device.conversation()).toMatchObject({ unread: 1 });
    });

    test('[AP-15] a first snapshot of the self log brings registers, rows and the cursor in one', async () => {
      const device = await create();
      await device.lead();
      const snapshot: SelfSnapshot = {
        snapshot: [{ key: `member:${aConversation()}`, revised: 2, value: { spans: [{ from: 1 }] } }],
        at: 2,
        chain: aChain(2),
        rows: [aRow(1, 5)],
        bootstrap: 'next',
      };
      await device.commit({ kind: 'self-snapshot', snapshot, storeEpoch: 'one' });
      expect(await device.conversation()).toMatchObject({ knownHead: 5, watermark: 0, spans: [{ from: 1 }] });
      expect(await createDevice(device.backend, open).lead()).toMatchObject({
        self: { watermark: 2 },
        bootstrap: 'next',
        storeEpoch: 'one',
      });
    });
  });
}
