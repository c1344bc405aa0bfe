import { Refusal } from '#sync-protocol';
import type { AccountStore } from './accounts-ports.ts';
import { codeInvalid, type Codes, type CodeSent } from './codes.ts';
import type { PinNeeded, Pins } from './pins.ts';
import type { Caller } from './ports.ts';

/** Giving an account another number. Its person, their devices, contacts and messages stay. [AC-14] */
export interface Numbers {
  /** Sends a code to the new number, alike whether or not somebody here has it. */
  start(caller: Caller, request: { phone: string; address: string }): Promise<CodeSent>;
  /** Whoever shows the right code learns that the number is another account's, as they would by signing in with it. */
  change(caller: Caller, proof: { requestId: string; code: string; pin?: string | undefined }): Promise<Changed>;
}
export type Changed = { readonly kind: 'changed' } | PinNeeded;

type NumbersDeps = { readonly store: AccountStore; readonly codes: Codes; readonly pins: Pins };

export function createNumbers({ store, codes, pins }: NumbersDeps): Numbers {
  return {
    start: ({ user }, request) => codes.send({ ...request, forUser: user }),
    change: async ({ user }, { requestId, code, pin }) => {
      const { phone } = await codes.prove({ requestId, code, forUser: user });
      const check = await pins.check(user, pin);
      if (check.kind === 'pin-needed') return check;
      const outcome = await store.moveNumber({ requestId, user, phone });
      if (outcome === 'used-before') throw codeInvalid();
      if (outcome === 'number-taken') throw new Refusal('conflict', 'another account has this number');
      return { kind: 'changed' };
    },
  };
}
