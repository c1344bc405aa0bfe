import { CHAIN_START, limits, Refusal, selfLog, type Register, type Run, type SyncRequest, type UserId } from '#sync-protocol';
import { bounds } from './bounds.ts';
import type { EventLog, LogHead } from './ports.ts';
import { selfRun } from './runs.ts';
import { foldOn } from './view.ts';

export type SelfPart =
  | { readonly kind: 'nothing-new' }
  | { readonly kind: 'run'; readonly run: Run }
  /** First sign-in, another history than this device knows, or too far behind to tell one by one. */
  | { readonly kind: 'snapshot'; readonly registers: readonly Register[]; readonly at: LogHead };

/** The self log since the device's watermark. [SY-7, SY-11] */
export async function selfPart(
  store: EventLog,
  user: UserId,
  { self, bytesMax }: { readonly self: SyncRequest['self']; readonly bytesMax: number },
): Promise<SelfPart> {
  const log = selfLog(user);
  const record = await store.record(log);
  const { head, chain } = record ?? { head: 0, chain: CHAIN_START };
  if (!self) return snapshot(store, user);
  if (self.watermark === head) return self.chain === chain ? { kind: 'nothing-new' } : snapshot(store, user);
  const isFar = self.watermark > head || head - self.watermark > limits.windowBehindEvents;
  if (isFar || (await store.chainAt(log, self.watermark)) !== self.chain) return snapshot(store, user);
  const run = await selfRun(store, log, head, self, bytesMax);
  return run ? { kind: 'run', run } : snapshot(store, user);
}

/** Registers are read after the head: unless one is newer, all are as of it. */
async function snapshot(store: EventLog, user: UserId): Promise<SelfPart> {
  for (let attempt = 0; attempt < bounds.readAttemptsMax; attempt++) {
    const log = selfLog(user);
    const { head, chain } = (await store.record(log)) ?? { head: 0, chain: CHAIN_START };
    const registers = await store.registers(user);
    if (registers.every(({ revised }) => revised <= head)) return { kind: 'snapshot', registers, at: { head, chain } };
    await foldOn(store, { log, head });
  }
  throw new Refusal('unavailable', 'the self log does not rest', { retryAfterMs: bounds.retryAfterMs });
}
