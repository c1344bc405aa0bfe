import { Refusal, type UserId } from '#sync-protocol';
import type { AccountStore } from './accounts-ports.ts';
import { codeInvalid, type Codes, type CodeSent } from './codes.ts';
import type { PinNeeded, Pins } from './pins.ts';
import type { Caller, ReportBug } from './ports.ts';

/** Giving an account another number. Its person, their devices, contacts and messages stay. [AC-14] */
export interface Numbers {
  /** Sends a code to the new number, alike whether or not somebody here has it. */
  start(caller: Caller, request: { phone: string; address: string }): Promise<CodeSent>;
  /** Whoever shows the right code learns that the number is another account's, as they would by signing in with it. */
  change(caller: Caller, proof: { requestId: string; code: string; pin?: string | undefined }): Promise<Changed>;
  /** Tells the devices of whoever's number changed without it: after a crash, and where it was given up to another account. */
  repair(): Promise<void>;
}
export type Changed = { readonly kind: 'changed' } | PinNeeded;

type NumbersDeps = {
  readonly store: AccountStore;
  readonly codes: Codes;
  readonly pins: Pins;
  /** The person's devices hear that their profile changed, and ask for it. */
  readonly tell: (user: UserId) => Promise<unknown>;
  readonly reportBug: ReportBug;
};

export function createNumbers({ store, codes, pins, tell, reportBug }: NumbersDeps): Numbers {
  /** Told twice is no harm: the note goes only after the telling. What fails is told by the next repair. */
  async function repair(): Promise<void> {
    for (const untold of await store.numbersUntold()) {
      await tell(untold.user)
        .then(() => store.numberTold(untold))
        .catch(reportBug);
    }
  }
  return {
    start: ({ user }, request) => codes.send({ ...request, forUser: user }),
    change: async ({ user }, { requestId, code, pin }) => {
      const { phone } = await codes.prove({ requestId, code, forUser: user });
      const check = await pins.check(user, pin);
      if (check.kind === 'pin-needed') return check;
      const outcome = await store.moveNumber({ requestId, user, phone });
      if (outcome === 'used-before') throw codeInvalid();
      if (outcome === 'number-taken') throw new Refusal('conflict', 'another account has this number');
      // The number is changed whatever becomes of the telling. [AC-14]
      await repair().catch(reportBug);
      return { kind: 'changed' };
    },
    repair,
  };
}
