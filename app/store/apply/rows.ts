import type { ConversationRow } from '#sync-protocol';
import type { ChangeOf } from '../../sync/change.ts';
import { blankConversation, saveConversation } from '../conversation.ts';
import type { Scope } from '../outcome.ts';
import type { ConversationRecord } from '../rows.ts';
import { mergePerson } from './receipts.ts';

/** Lines of the list as the server knows them. One that is older than what is held here says nothing new. [AP-16] */
export async function applyRows(scope: Scope, { rows, bootstrap }: ChangeOf<'rows'>): Promise<undefined> {
  for (const row of rows) await applyRow(scope, row);
  if (bootstrap) await scope.tx.meta.put({ key: 'bootstrap', value: bootstrap.next });
  return undefined;
}

async function applyRow(scope: Scope, row: ConversationRow): Promise<void> {
  const { tx, outcome } = scope;
  const held = await tx.conversations.get(row.id);
  const record = held ?? blankConversation(row.id, row.other);
  if (row.other) {
    outcome.people.add(row.other);
    const { delivered = 0, read = 0 } = row;
    await mergePerson(scope, row.id, { user: row.other, version: 0, delivered, read });
  }
  if (row.preview) outcome.people.add(row.preview.by);
  if (record.row && row.head < record.watermark && !record.needsRow) return;
  const { needsRow: _, ...rest } = record;
  await saveConversation(scope, {
    ...rest,
    row,
    kind: row.kind,
    ...(row.other && { other: row.other }),
    ...(row.title !== undefined && (record.state?.asOf ?? 0) <= row.head && { title: row.title }),
    ...(row.head >= record.watermark && { knownHead: Math.max(row.head, record.watermark), knownChain: row.chain }),
    marks: await marksFrom(scope, record, row),
  });
}

/** The row's counts, and what is held above its head. */
async function marksFrom(
  { tx, device }: Scope,
  record: ConversationRecord,
  row: ConversationRow,
): Promise<ConversationRecord['marks']> {
  if (row.head >= record.watermark) return row.marks;
  const later = await tx.messages.between(record.id, { from: row.head + 1, to: record.watermark });
  const own = later.filter(({ by }) => by === device.user).length;
  const { ordinal, ownOrdinal } = row.marks;
  return { seq: record.watermark, ordinal: ordinal + later.length, ownOrdinal: ownOrdinal + own };
}
