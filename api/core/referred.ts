import type { ConversationRow, ConversationState, LogPart, Message, Run, SyncResponse, UserId } from '#sync-protocol';

type Answered = Pick<SyncResponse, 'self' | 'logs' | 'rows'>;

/** Everybody an answer speaks of, so that their profiles can come with it. */
export function referredIn({ self, logs, rows }: Answered): ReadonlySet<UserId> {
  const shown = self && 'snapshot' in self ? [...rows, ...self.rows] : rows;
  return new Set([...logs.flatMap(inPart), ...shown.flatMap(inRow)]);
}

function inPart(part: LogPart): UserId[] {
  switch (part.kind) {
    case 'run':
      return [...inRun(part), ...inState(part.state)];
    case 'window':
    case 'reset':
      return [...part.messages.flatMap(inMessage), ...inRow(part.row), ...inState(part.state)];
    case 'gone':
    case 'behind':
    case 'unknown':
      return [];
  }
}

const inRun = ({ items }: Run): UserId[] => items.flatMap((item) => ('by' in item ? [item.by] : []));
const inMessage = ({ by, reactions }: Message): UserId[] => [by, ...reactions.flatMap(({ people }) => people)];
const inRow = ({ other, preview }: ConversationRow): UserId[] => [...(other ? [other] : []), ...(preview ? [preview.by] : [])];
const inState = (state: ConversationState | undefined): UserId[] => state?.members.map(([user]) => user) ?? [];
