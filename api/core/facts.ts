import { isSelfLog, namedBy, ownerOf, registerKeyOf, type KnownEvent, type LogId, type MessageId } from '#sync-protocol';
import { opIdOf, type Asked, type Facts } from './decide.ts';
import type { Outcomes } from './outcomes.ts';
import type { EventLog } from './ports.ts';
import type { Outcome } from './self-outcomes.ts';

type FactsDeps = { readonly log: EventLog; readonly outcomes: Outcomes };

/**
 * Reads what deciding these ops needs beyond the log's held state. Read anew for every attempt, because an append that
 * fails says that something of it may be out of date. Only ops not in the log yet are looked into.
 */
export async function gatherFacts(
  { log: store, outcomes }: FactsDeps,
  { log, asked, isFirst }: { readonly log: LogId; readonly asked: readonly Asked[]; readonly isFirst: boolean },
): Promise<Facts> {
  const stored = new Map((await store.findOps(log, asked.map(opIdOf))).map((event) => [event.opId, event]));
  const fresh = asked.filter((one) => !stored.has(opIdOf(one)));
  const named = [...new Set(fresh.flatMap((one): readonly MessageId[] => (one.kind === 'op' ? namedBy(one.op) : [])))];
  const messages = named.length > 0 && !isSelfLog(log) ? await store.messages(log, named) : [];
  const found = new Map<Asked, Outcome>();
  await Promise.all(fresh.map(async (one) => one.kind === 'op' && found.set(one, await outcomes.of(one.op, one.by, isFirst))));
  const keys = [...new Set(fresh.flatMap((one) => keyOf(one, found.get(one)) ?? []))];
  const owner = ownerOf(log);
  const registers = owner ? await Promise.all(keys.map((key) => store.register(owner, key))) : [];
  return {
    stored,
    messages: new Map(messages.map((message) => [message.id, message])),
    registers: new Map(registers.flatMap((register) => (register ? [[register.key, register]] : []))),
    outcomeOf: (one) => found.get(one),
  };
}

/** The register an op is going to write: keys follow from type and payload alone. */
function keyOf(asked: Asked, outcome: Outcome | undefined): string | undefined {
  const said = asked.kind === 'relay' ? asked.relay : outcome?.kind === 'stands' ? outcome : undefined;
  return said && registerKeyOf({ type: said.type, payload: said.payload } as KnownEvent);
}
