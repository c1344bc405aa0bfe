import { understand } from '#sync-protocol';
import type { Standpoint } from '../sync/ports.ts';
import { applySelfEvent } from './apply/self-run.ts';
import { move } from './outbox.ts';
import { headOf, type Scope } from './outcome.ts';
import { peopleWanted } from './people-wanted.ts';
import { selfWatermark } from './watermarks.ts';

/** Raised whenever this app understands more of what is in a log than it did. */
export const PAYLOAD_VERSION = 1;

/** A new leader: the one before writes nothing any more, and what it had sent without an answer is queued again. [LS-4, LS-6] */
export async function takeLead(scope: Scope): Promise<Standpoint> {
  const { tx } = scope;
  const read = async (key: string) => (await tx.meta.get(key))?.value;
  const leaderTerm = (((await read('leaderTerm')) as number | undefined) ?? 0) + 1;
  await tx.meta.put({ key: 'leaderTerm', value: leaderTerm });
  for (const entry of await tx.outbox.all()) {
    if (entry.state.at === 'sending') await move(scope, entry, { at: 'queued', attempted: true });
  }
  const version = (await read('payloadVersion')) as number | undefined;
  if (version !== PAYLOAD_VERSION) await upgrade(scope, version !== undefined);
  return {
    leaderTerm,
    storeEpoch: (await read('storeEpoch')) as string | undefined,
    self: await selfWatermark(tx),
    since: (await read('since')) as number | undefined,
    bootstrap: (await read('bootstrap')) as string | undefined,
    people: await peopleWanted(scope),
    heads: (await tx.conversations.all()).map(headOf),
  };
}

/** The older app may have dropped what it did not understand: everything held is stale, and what it kept raw is folded now. [RA-5, FD-9] */
async function upgrade({ tx, device, outcome }: Scope, isUpgrade: boolean): Promise<void> {
  await tx.meta.put({ key: 'payloadVersion', value: PAYLOAD_VERSION });
  if (!isUpgrade) return;
  for (const record of await tx.conversations.all()) {
    await tx.conversations.put({ ...record, ranges: device.rules.makeStale(record.ranges, record.watermark) });
  }
  for (const { key, event } of await tx.raw.all()) {
    const known = understand(event);
    if (!known) continue;
    await tx.raw.remove([key]);
    if (key.startsWith('u:')) await applySelfEvent({ tx, device, outcome }, known);
    const target = event.target && (await tx.messages.get(event.target));
    if (target) await tx.messages.put(device.rules.reviseHeld(target, event, known));
  }
}
