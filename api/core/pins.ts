import type { UserId } from '#sync-protocol';
import type { AccountStore, Secrets } from './accounts-ports.ts';
import type { Clock } from './ports.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const triesFree = 5;
/** After five wrong tries each further one waits, longer each time, at most a day. [AC-12] */
const waitsMs = [minuteMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 8 * hourMs, 24 * hourMs] as const;
const waitAfter = (tries: number): number => (tries < triesFree ? 0 : waitsMs[Math.min(tries - triesFree, waitsMs.length - 1)]!);

export type PinNeeded = { readonly kind: 'pin-needed'; readonly isWrong: boolean; readonly retryAfterMs?: number };
export type PinCheck = { readonly kind: 'passed' } | PinNeeded;

/** A second thing to know, for whoever comes to have somebody's number but is not them. [AC-12] */
export interface Pins {
  isSet(user: UserId): Promise<boolean>;
  set(user: UserId, pin: string): Promise<void>;
  remove(user: UserId): Promise<void>;
  /** Passes whoever has no PIN. A try is counted before it is compared. */
  check(user: UserId, pin: string | undefined): Promise<PinCheck>;
}

type PinsDeps = { readonly store: AccountStore; readonly secrets: Secrets; readonly clock: Clock };

export function createPins({ store, secrets, clock }: PinsDeps): Pins {
  // The same letters may be typed as other code points on another keyboard.
  const hashOf = async (pin: string, salt: string) => secrets.hashCode(pin.normalize('NFKC'), salt, await store.codeKey());

  async function check(user: UserId, given: string | undefined): Promise<PinCheck> {
    const pin = await store.pin(user);
    if (!pin) return { kind: 'passed' };
    const waitMs = pin.triedAt + waitAfter(pin.tries) - clock.now();
    if (given === undefined || waitMs > 0) return needed(false, waitMs);
    // Another try came between: look again. It ends, because each one that is counted brings the wait nearer.
    if (!(await store.countPinTry(user, pin.tries, clock.now()))) return check(user, given);
    if (!secrets.equal(await hashOf(given, pin.salt), pin.hash)) return needed(true, waitAfter(pin.tries + 1));
    await store.clearPinTries(user);
    return { kind: 'passed' };
  }

  return {
    isSet: async (user) => (await store.pin(user)) !== undefined,
    set: async (user, text) => {
      const salt = secrets.newToken(16);
      await store.setPin(user, { salt, hash: await hashOf(text, salt), tries: 0, triedAt: 0 });
    },
    remove: (user) => store.setPin(user, undefined),
    check,
  };
}

const needed = (isWrong: boolean, waitMs: number): PinNeeded => ({
  kind: 'pin-needed',
  isWrong,
  ...(waitMs > 0 && { retryAfterMs: waitMs }),
});
