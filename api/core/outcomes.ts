import {
  isDirect,
  isSelfLog,
  Refusal,
  registerKeys,
  type BlockedRegister,
  type ConversationId,
  type Op,
  type UserId,
} from '#sync-protocol';
import type { Directory, EventLog, Hashes } from './ports.ts';
import { createSelfOutcomes, refused, stands, type Outcome } from './self-outcomes.ts';

export interface Outcomes {
  of(op: Op, by: UserId, isFirst: boolean): Promise<Outcome>;
}

type OutcomesDeps = { readonly log: EventLog; readonly directory: Directory; readonly hashes: Hashes };

export function createOutcomes({ log, directory, hashes }: OutcomesDeps): Outcomes {
  const own = createSelfOutcomes({ log, directory, hashes });

  async function exists(user: UserId): Promise<boolean> {
    return (await directory.existing([user])).has(user);
  }

  /** Who may be added: people who exist and have not blocked whoever adds them. */
  async function addable(users: readonly UserId[], by: UserId): Promise<UserId[]> {
    const unique = [...new Set(users)].filter((user) => user !== by);
    const existing = await directory.existing(unique);
    const candidates = unique.filter((user) => existing.has(user));
    const blocks = await Promise.all(candidates.map((user) => log.register(user, registerKeys.blocked(by))));
    return candidates.filter((_, i) => !(blocks[i]?.value as BlockedRegister | undefined)?.on);
  }

  async function decide(op: Op, by: UserId, isFirst: boolean): Promise<Outcome> {
    switch (op.type) {
      case 'group-created':
      case 'members-added':
        return stands(op.type, { ...op.payload, members: await addable(op.payload.members, by) });
      case 'message': {
        const isUnknown = isFirst && op.with !== undefined && op.with !== by && isDirectLog(op) && !(await exists(op.with));
        return isUnknown ? refused('not-found') : stands(op.type, op.payload);
      }
      default:
        return isSelfLog(op.log) ? own.of(op, by) : stands(op.type, op.payload);
    }
  }

  return {
    of: (op, by, isFirst) =>
      decide(op, by, isFirst).catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        return { kind: 'refused', code: error.code, detail: error.detail, retryAfterMs: error.retryAfterMs };
      }),
  };
}

const isDirectLog = (op: Op): boolean => isDirect(op.log.slice(2) as ConversationId);
