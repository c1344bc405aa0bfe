import { isRefused, Refusal, type Accepted, type OpType } from '#sync-protocol';
import type { Secrets } from '../core/accounts-ports.ts';
import type { Caller, Clock } from '../core/ports.ts';
import type { Sync } from '../core/sync.ts';

/** One op as a route makes it; what is left out is filled in here. */
type Draft = {
  readonly type: OpType;
  readonly log: string;
  readonly payload: unknown;
  readonly with?: string | undefined;
  readonly opId?: string | undefined;
  readonly writtenAt?: number | undefined;
};

/** Does one op by the same way as a sync, and answers or refuses as HTTP does. */
export type DoOp = (caller: Caller, draft: Draft) => Promise<Accepted>;
/** Gives an op an id and a time if its maker, a script, gave it none. */
export type MintOp = (op: unknown) => unknown;

type OpDoorDeps = { readonly sync: Sync; readonly secrets: Secrets; readonly clock: Clock };

export function createOpDoor({ sync, secrets, clock }: OpDoorDeps): { readonly doOp: DoOp; readonly mint: MintOp } {
  const mint: MintOp = (op) => {
    if (typeof op !== 'object' || op === null || Array.isArray(op)) return op;
    const given = Object.fromEntries(Object.entries(op).filter(([, value]) => value !== undefined));
    return { opId: secrets.newId(), writtenAt: clock.now(), ...given };
  };
  return {
    mint,
    doOp: async (caller, draft) => {
      const [answer] = await sync.ops(caller, undefined, [mint(draft)]);
      if (!answer) throw new Refusal('internal');
      if (!isRefused(answer)) return answer;
      const { refusal, detail, retryAfterMs } = answer;
      throw new Refusal(refusal, detail, retryAfterMs === undefined ? {} : { retryAfterMs });
    },
  };
}
