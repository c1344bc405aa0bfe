import { Refusal, selfLog, upSchema, type Answer, type ConversationId, type RefusalCode, type Up } from '#sync-protocol';
import { isShallow } from '../core/depth.ts';
import type { Caller } from '../core/ports.ts';
import type { GatewayDeps, LiveSocket, Reply } from './ports.ts';

/** A frame that is not of this protocol is not answered; whoever sends many is not spoken to. */
const malformedMax = 20;

type Handle<T extends Up['type']> = (message: Extract<Up, { type: T }>, reply: Reply) => Promise<void>;
type Handles = { readonly [T in Up['type']]: Handle<T> };

/** Parses, paces and hands on what a socket says. Attached before anything is awaited, so that nothing said is missed. [AC-9] */
export function attachDispatch(socket: LiveSocket, caller: Caller, deps: GatewayDeps): void {
  const handles = createHandles(socket, caller, deps);
  let malformed = 0;

  socket.on('up', (raw, rawReply) => {
    const reply: Reply = typeof rawReply === 'function' ? (rawReply as Reply) : () => {};
    const parsed = isShallow(raw) ? upSchema.safeParse(raw) : undefined;
    if (!parsed?.success) {
      deps.log.warn('a frame was malformed', { user: caller.user, device: caller.device });
      if (++malformed >= malformedMax) socket.disconnect(true);
      return;
    }
    answer(parsed.data, reply).catch((error: unknown) => deps.log.error('a frame failed', error, { message: parsed.data.type }));
  });

  async function answer(message: Up, reply: Reply): Promise<void> {
    const retryAfterMs = await deps.pace.take(socket.id);
    if (retryAfterMs === 0) return handles[message.type](message as never, reply);
    if (message.type === 'ops') reply({ answers: message.ops.map((op) => refused(op, 'too-fast', retryAfterMs)) });
  }
}

function createHandles(socket: LiveSocket, caller: Caller, deps: GatewayDeps): Handles {
  return {
    ops: async ({ storeEpoch, ops }, reply) => {
      try {
        reply({ answers: [...(await deps.takeOps(caller, storeEpoch, ops))] });
      } catch (error) {
        // Not known what became of them: the device sends the same bytes again.
        if (!(error instanceof Refusal)) deps.log.error('ops failed', error, { device: caller.device });
        const { code, retryAfterMs } = error instanceof Refusal ? error : new Refusal('internal');
        reply({ answers: ops.map((op) => refused(op, code, retryAfterMs)) });
      }
    },
    /** Only whoever is in the room now is heard there, and only by those who listen this moment. */
    typing: async ({ conversation, on }) => {
      const room = [...socket.rooms].find((name) => name.startsWith(`c:${conversation satisfies ConversationId}:`));
      if (!room) return;
      const others = socket.to(room).except([selfLog(caller.user), 'slow']);
      others.volatile.emit('down', { type: 'typing', conversation, user: caller.user, on });
    },
    received: async ({ received }) => deps.takeReceived(caller, received),
  };
}

function refused(op: unknown, refusal: RefusalCode, retryAfterMs: number | undefined): Answer {
  return { opId: opIdOf(op), refusal, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function opIdOf(op: unknown): string {
  return typeof op === 'object' && op !== null && 'opId' in op && typeof op.opId === 'string' ? op.opId.slice(0, 64) : '';
}
