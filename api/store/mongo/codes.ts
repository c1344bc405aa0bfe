import type { AccountStore, CodeRequest, RateWindow } from '../../core/accounts-ports.ts';
import { insertNew } from './errors.ts';
import type { Models, NumberDoc } from './models.ts';
import { codesOf, withCode, type NumberDocs } from './number-docs.ts';

/** Longer than anything about them is counted. [AC-11] */
const codesKeptMs = 31 * 24 * 60 * 60_000;

type Codes = Pick<AccountStore, 'openCode' | 'takeTry' | 'wrongGuesses' | 'returnTry'>;

export function openCodes({ numbers, codePhones }: Models, { amend, amendOf }: NumberDocs): Codes {
  return {
    openCode: (request, windows) =>
      amend(request.phone, async (held) => {
        const waitMs = waitFor(held.codes, request, windows);
        if (waitMs > 0) return { answer: waitMs };
        const kept = held.codes.filter(({ sentAt }) => sentAt >= request.sentAt - codesKeptMs);
        const gone = held.codes.filter((code) => !kept.includes(code)).map(({ requestId }) => requestId);
        if (gone.length > 0) await codePhones.deleteMany({ _id: { $in: gone } });
        const pointer = { _id: request.requestId, phone: request.phone };
        await insertNew(codePhones, pointer);
        return { answer: 0, next: { ...held, codes: [...kept, request] } };
      }),
    takeTry: (requestId, now, { perCode, perNumber, stepUp }) =>
      amendOf<CodeRequest | undefined>(requestId, undefined, (held, request) => {
        if (request.state === 'used' || request.expiresAt <= now || request.tries >= perCode) return { answer: undefined };
        const isSpent = ({ max, ms }: RateWindow) => wrongIn(held.codes, now - ms) >= max;
        if (isSpent(perNumber) || (request.digits < stepUp.digits && isSpent(stepUp))) return { answer: undefined };
        return { answer: request, next: withCode(held, request, { tries: request.tries + 1 }) };
      }),
    returnTry: (requestId) =>
      amendOf<void>(requestId, undefined, (held, request) => ({
        answer: undefined,
        next: withCode(held, request, { tries: request.tries - 1 }),
      })),
    wrongGuesses: async (phone, since) => wrongIn(codesOf(await numbers.findById(phone).lean<NumberDoc>()), since),
  };
}

const wrongIn = (codes: readonly CodeRequest[], since: number): number =>
  codes.reduce((sum, { sentAt, tries }) => sum + (sentAt > since ? tries : 0), 0);

/** How long until every window of this number has room for one more. [AC-2] */
function waitFor(codes: readonly CodeRequest[], { sentAt }: CodeRequest, windows: readonly RateWindow[]): number {
  const newestFirst = codes.map((code) => code.sentAt).toSorted((a, b) => b - a);
  const waits = windows.map(({ max, ms }) => {
    const blocking = newestFirst.filter((at) => at > sentAt - ms)[max - 1];
    return blocking === undefined ? 0 : blocking + ms - sentAt;
  });
  return Math.max(...waits);
}
