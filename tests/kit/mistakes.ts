/** Mistakes that others made, to be planted one at a time: the checks of a simulated world must notice every one. */
import { isRefused, type OpId } from '#sync-protocol';
import { deviceRules } from '../../app/store/device-rules.ts';
import type { MessageRecord } from '../../app/store/rows.ts';
import type { Backend, Tables } from '../../app/store/tables.ts';
import type { LocalStore, Transport } from '../../app/sync/ports.ts';
import type { Mistake } from './world.ts';

const right = deviceRules;

/** The watermark and the ranges are stored first, the messages in a transaction of their own. */
const splitTransactions = (backend: Backend): Backend => ({
  ...backend,
  write: async (names, work) => {
    const later: MessageRecord[] = [];
    const result = await backend.write(names, (tables) => {
      const messages: Tables['messages'] = { ...tables.messages, putMany: async (rows) => void later.push(...rows) };
      return work({ ...tables, messages });
    });
    if (later.length > 0) await backend.write(['messages'], (tables) => tables.messages.putMany(later));
    return result;
  },
});

const forgetWhenSent = (store: LocalStore, backend: Backend): LocalStore => ({
  ...store,
  takeNext: async (take) => {
    const taken = await store.takeNext(take);
    const gone = new Set(taken.map(({ opId }) => opId));
    await backend.write(['outbox'], async ({ outbox }) => {
      await outbox.remove((await outbox.all()).filter(({ opId }) => gone.has(opId)).map(({ n }) => n));
    });
    return taken;
  },
});

/** What was on its way when the leader stopped stays on its way. */
const staysSending = (store: LocalStore, backend: Backend): LocalStore => ({
  ...store,
  lead: async () => {
    const sending = (await backend.read((tx) => tx.outbox.all())).filter(({ state }) => state.at === 'sending');
    const standpoint = await store.lead();
    await backend.write(['outbox'], ({ outbox }) => outbox.putMany(sending));
    return standpoint;
  },
});

/** Every attempt but the first carries an id of its own. */
function newIdOnRetry(transport: Transport): Transport {
  const sent = new Set<string>();
  const fresh = (op: unknown): unknown => {
    const { opId } = op as { opId: OpId };
    if (!sent.has(opId)) {
      sent.add(opId);
      return op;
    }
    return {
      ...(op as object),
      opId: `${opId.slice(0, -4)}${((Number.parseInt(opId.slice(-4), 16) + sent.size) & 0xffff).toString(16).padStart(4, '0')}`,
    };
  };
  return {
    ...transport,
    sync: (request) => transport.sync({ ...request, ...(request.ops && { ops: request.ops.map(fresh) }) }),
    connect: (handlers) => {
      const socket = transport.connect(handlers);
      return { ...socket, ask: (message, ms) => socket.ask({ ...message, ops: message.ops.map(fresh) }, ms) };
    },
  };
}

/** A refused op is forgotten instead of kept for the person. */
const dropsRefused = (store: LocalStore, backend: Backend): LocalStore => ({
  ...store,
  commit: async (changes, term) => {
    const results = await store.commit(changes, term);
    const answers = changes.flatMap((change) => (change.kind === 'answers' ? change.answers : []));
    if (answers.length === 0) return results;
    const refused = new Set(answers.filter(isRefused).map(({ opId }) => opId));
    await backend.write(['outbox'], async ({ outbox }) => {
      await outbox.remove(
        (await outbox.all()).filter(({ opId, state }) => state.at === 'parked' && refused.has(opId)).map(({ n }) => n),
      );
    });
    return results;
  },
});

export const mistakes: Readonly<Record<string, Mistake>> = {
  'the watermark is the biggest seq seen': {
    rules: {
      admit: (watermark, run) => {
        const admission = right.admit(watermark, run);
        if (admission.kind !== 'gap') return admission;
        return { kind: 'apply', items: run.items, to: { log: watermark.log, seq: run.to, chain: run.toChain } };
      },
    },
  },
  'a live run is applied whatever came before it': {
    rules: {
      admit: (watermark, run) =>
        run.from > watermark.seq
          ? right.admit({ ...watermark, seq: run.from, chain: run.fromChain }, run)
          : right.admit(watermark, run),
    },
  },
  'a window leaves no hole': {
    rules: {
      putWindow: (ranges, watermark, windowStart, head, holds) => {
        const put = right.putWindow(ranges, watermark, windowStart, head, holds);
        return put.map((range, i) => (put[i + 1]?.from === windowStart ? { ...range, to: windowStart - 1 } : range));
      },
    },
  },
  'a window leaves what is older current': {
    rules: {
      putWindow: (ranges, watermark, windowStart, head, holds) =>
        right.putWindow(ranges, watermark, windowStart, head, holds).map(({ from, to }) => ({ from, to })),
    },
  },
  'older ranges are not cut where the window starts': {
    rules: {
      putWindow: (ranges, watermark, windowStart, head, holds) => [
        ...ranges.map((range) => ({ ...range, asOf: range.asOf ?? watermark })),
        ...(holds && windowStart <= head ? [{ from: windowStart, to: head }] : []),
      ],
    },
  },
  'every fill is current': { rules: { filledAsOf: () => undefined } },
  'a page goes over what is current': {
    rules: {
      fillable: (_, page, watermark) =>
        page.from <= Math.min(page.to, watermark) ? [{ from: page.from, to: Math.min(page.to, watermark) }] : [],
    },
  },
  'kept events stay good over a window': { rules: { keepsOver: (what) => what === 'window' } },
  'kept events stay good over a change of leader': { rules: { keepsOver: (what) => what === 'leader-term' } },
  'the newer revision wins for a whole message': {
    rules: { mergeSnapshot: (held, fresh) => (held && !held.local && held.revised > fresh.revised ? held : fresh) },
  },
  'a snapshot adds and never takes away': {
    rules: {
      mergeSnapshot: (held, fresh) => {
        const merged = right.mergeSnapshot(held, fresh);
        const others = (held?.local ? [] : (held?.reactions ?? [])).filter(
          (one) => !merged.reactions.some(({ user, emoji }) => user === one.user && emoji === one.emoji),
        );
        return { ...merged, reactions: [...merged.reactions, ...others] };
      },
    },
  },
  'messages have no as-of': {
    rules: { reviseHeld: (held, event, known) => ({ ...right.reviseHeld({ ...held, asOf: 0 }, event, known), asOf: held.asOf }) },
  },
  'a window is taken from any watermark': { rules: { windowFits: () => true }, engineRules: { holdsBack: () => false } },
  'what was held before a return stays current': { rules: { makeStale: (ranges) => [...ranges] } },
  'a deleted message can be edited back': {
    rules: {
      reviseHeld: (held, event, known) => {
        const revised = right.reviseHeld(held, event, known);
        return known?.type === 'edit' && held.deleted !== undefined ? { ...revised, body: known.payload.body } : revised;
      },
    },
  },
  'an accepted op is let go at once': { rules: { isSettled: ({ state }) => state.at === 'answered' } },
  'a lane goes on while something of it is on its way': {
    rules: {
      nextOfLane: (lane, outbox, limit, sizeOf) =>
        right.nextOfLane(
          lane,
          outbox.filter(({ log, state }) => log !== lane || state.at !== 'sending'),
          limit,
          sizeOf,
        ),
    },
  },
  'nothing waits for what it names': {
    rules: {
      nextOfLane: (lane, outbox, limit, sizeOf) =>
        right.nextOfLane(lane, outbox.filter(({ log }) => log === lane).toReversed(), limit, sizeOf),
    },
  },
  'a leader whose term is over goes on writing': { rules: { leads: () => true } },
  'the watermark is stored before the messages': { wrapBackend: splitTransactions },
  'an op is forgotten when it is sent': { wrapStore: forgetWhenSent },
  'what was on its way is not sent again': { wrapStore: staysSending },
  'an op has another id on every attempt': { wrapTransport: newIdOnRetry },
  'a refused op is forgotten': { wrapStore: dropsRefused },
};
