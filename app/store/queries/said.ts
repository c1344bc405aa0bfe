import { useEffect, useRef } from 'react';
import { registerKeys, type BlockedRegister, type ConversationId, type MessageId, type Seq, type UserId } from '#sync-protocol';
import { PENDING_ORDER, type MessageRecord } from '../rows.ts';
import { hiddenIn } from '../screen.ts';
import type { Tables } from '../tables.ts';
import { readNames, shownValue } from './people.ts';
import { useSource } from './provider.tsx';

/** What somebody else said in the conversation one has open. */
export type Said = { readonly message: MessageId; readonly byName: string; readonly text: string | undefined };

export type SaidPage = {
  /** What came since the page before, in order; nothing in the first. */
  readonly said: readonly Said[];
  /** Up to where the log has been told of. What comes below it was there, and only not on this device. */
  readonly told: Seq;
};

/** What others said in a conversation since `told`, read or not: whoever has it open reads it at once. Of blocked people nothing. */
export async function readSaid(tx: Tables, me: UserId, id: ConversationId, told: Seq | undefined): Promise<SaidPage> {
  const record = await tx.conversations.get(id);
  const head = Math.max(record?.watermark ?? 0, record?.knownHead ?? 0);
  if (told === undefined) return { said: [], told: head };
  // A server that was put back to an older state has a shorter log.
  const from = Math.min(told, head) + 1;
  const came = await tx.messages.between(id, { from, to: PENDING_ORDER - 1, limit: cameMax });
  const last = came.at(-1);
  if (!last) return { said: [], told: from - 1 };
  const hidden = await tx.registers.startingWith(registerKeys.hidden(id, '' as MessageId));
  const hiddenIds = hiddenIn(
    id,
    hidden.filter((one) => shownValue<{ on: boolean }>(one)?.on).map(({ key }) => key),
  );
  const names = await readNames(tx, me);
  const said: Said[] = [];
  for (const message of came) {
    if (message.by === me || message.deleted || hiddenIds.has(message.id)) continue;
    const blocked = shownValue<BlockedRegister>(await tx.registers.get(registerKeys.blocked(message.by)));
    if (!blocked?.on) said.push({ message: message.id, byName: names.get(message.by)?.name ?? '', text: textOf(message) });
  }
  return { said, told: last.order };
}

/** More than this at once is never told one by one, and is counted in several goes. */
const cameMax = 500;

const textOf = ({ body }: MessageRecord): string | undefined =>
  body && 'text' in body && typeof body.text === 'string' ? body.text : undefined;

/** Tells of what others say from now on in the conversation that is open. */
export function useSaid(open: ConversationId | undefined, hear: (said: readonly Said[]) => void): void {
  const { reads } = useSource();
  const latest = useRef(hear);
  useEffect(() => {
    latest.current = hear;
  });
  useEffect(() => {
    if (open === undefined) return undefined;
    let told: Seq | undefined;
    return reads.observe((tx) => readSaid(tx, reads.user, open, told), {
      next: (page) => {
        told = page.told;
        if (page.said.length > 0) latest.current(page.said);
      },
      error: (error) => console.error('what was said could not be read', error),
    });
  }, [reads, open]);
}
