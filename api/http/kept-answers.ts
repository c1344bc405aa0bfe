import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '#sync-protocol';
import type { Clock } from '../core/ports.ts';

/** Longer than an app goes on trying, shorter than anybody would wonder at an answer of then. */
export const keptMs = 2 * 60_000;
const keptMax = 10_000;
const charsMax = 16 * 1024 * 1024;

/** What is sent, once it is known. */
export type Said = { status: number; readonly cookies: string[]; text: string };
/** `from`: whose key it is. `words`: all that was asked for with it. */
export type Keyed = { readonly from: string; readonly key: string; readonly words: string };
type Kept = { readonly asked: string; readonly keptUntil: number; readonly said: Promise<Said>; chars: number };

export interface KeptAnswers {
  /** Does it, or says again what was said when it was done before. Refuses with `conflict` when the key was for something else. */
  once(request: Keyed, work: () => Promise<Said>): Promise<Said>;
}

/**
 * Whoever heard no answer asks again under the same key, and is told what was said instead of having it done twice. What was
 * refused was not done and is not kept. In this process only: after a restart it is done anew. [AC-17]
 */
export function createKeptAnswers(clock: Clock): KeptAnswers {
  const kept = new Map<string, Kept>();
  let chars = 0;

  function forget(name: string, one: Kept): void {
    if (kept.get(name) !== one) return;
    kept.delete(name);
    chars -= one.chars;
  }
  /** All are kept equally long, so the oldest are the first to go. */
  function tidy(): void {
    for (const [name, one] of kept) {
      if (one.keptUntil > clock.now() && kept.size <= keptMax && chars <= charsMax) return;
      forget(name, one);
    }
  }
  function keep(name: string, asked: string, said: Promise<Said>): void {
    const one: Kept = { asked, keptUntil: clock.now() + keptMs, said, chars: 0 };
    kept.set(name, one);
    said.then(
      ({ text }) => {
        if (kept.get(name) !== one) return;
        one.chars = text.length;
        chars += text.length;
        tidy();
      },
      () => forget(name, one),
    );
  }

  return {
    once: async ({ from, key, words }, work) => {
      tidy();
      const [name, asked] = [digest(JSON.stringify([from, key])), digest(words)];
      const before = kept.get(name);
      if (before && before.asked !== asked) throw new Refusal('conflict', 'idempotency-key: used for another request');
      if (before) return before.said;
      const said = work();
      keep(name, asked, said);
      return said;
    },
  };
}

export const keyPattern = /^("?)[\w-]{8,64}\1$/;

/** As in draft-ietf-httpapi-idempotency-key-header-07: a string, with its quotes or without. */
export function keyIn(headers: IncomingHttpHeaders): string | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;
  const key = String(header);
  if (!keyPattern.test(key)) throw new Refusal('malformed', 'idempotency-key: 8 to 64 letters, digits, - or _');
  return key.replaceAll('"', '');
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64');
