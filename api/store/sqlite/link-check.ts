import { bodyHashInput, CHAIN_START, conversationOf, isDirect, nextChain, type Chain, type LogId } from '#sync-protocol';
import type { Hashes, StoredEvent } from '../../core/ports.ts';

/** The server writes its own finding into these, so the hash of what was sent says nothing of what is stored. [AU-6] */
const settledByServer = new Set([
  'group-created',
  'members-added',
  'member-removed',
  'read-marker',
  'dropped',
  'blocked',
  'contact',
]);

/** Takes the events of a log in order, and says what is wrong with the first that is. [SQ-3, SQ-4, CH-1] */
export function createLinkCheck(log: LogId, hashes: Hashes): (event: StoredEvent) => string | undefined {
  const conversation = conversationOf(log);
  const isOfTwo = conversation !== undefined && isDirect(conversation);
  let head = 0;
  let chain: Chain = CHAIN_START;
  let lastAt = 0;

  return (event) => {
    const { seq, opId, bodyHash, at } = event;
    if (seq !== head + 1) return `after event ${head} comes ${seq}`;
    if (nextChain(hashes.short, chain, { seq, opId, bodyHash }) !== event.chain) return `the chain breaks at event ${seq}`;
    if (at < lastAt) return `event ${seq} is older than the one before it`;
    if (!event.blank && !settledByServer.has(event.type)) {
      const said = bodyHashInput({ ...event, log, with: isOfTwo ? event.with : undefined });
      if (hashes.keyed(said) !== bodyHash) return `event ${seq} is not what was sent`;
    }
    [head, chain, lastAt] = [seq, event.chain, at];
    return undefined;
  };
}
