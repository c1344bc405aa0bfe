import { afterEach, describe, expect, test } from 'vitest';
import type { Run, SelfSnapshot } from '#sync-protocol';
import { aChain, aConversation, aLog, aMessage, anEvent, anOp, anOpId, aRow, aRun, aState, aUser } from '#sync-protocol/testing';
import type { Change } from '../../app/sync/change.ts';
import type { LocalStore } from '../../app/sync/ports.ts';
import type { Backend } from '../../app/store/tables.ts';
import { all, aWindow, createDevice, edit, me, readMarker, selfRun } from './local-store-device.ts';

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
