/** The network between simulated devices and servers: slow, lossy, doubling, reordering, and sometimes only seemingly there. */
import { Refusal, type Answer, type Down, type RefusalCode, type SyncRequest, type UserId } from '#sync-protocol';
import type { HistoryAnswer, HistoryAsk, Socket, SocketHandlers, SyncAnswer, Transport } from '../../app/sync/ports.ts';
import { someDelay, type VirtualTime } from './clock.ts';
import type { Random } from './random.ts';
import type { ServerSide, ServerSocket } from './world-server.ts';

export type Link = {
  /** Whether the device's radio is on. */
  isUp: boolean;
  /** Sent and received, but nothing arrives: no side is told. */
  isHalfOpen: boolean;
};

export type NetworkFaults = { loss: number; duplicate: number; usualMs: number; rareMs: number; pageMs: number };

export type Tap = {
  readonly sync?: (user: UserId, request: unknown, answer: SyncAnswer) => SyncAnswer;
  readonly history?: (user: UserId, answer: HistoryAnswer) => HistoryAnswer;
  readonly down?: (user: UserId, down: Down) => Down | undefined;
};

type Deps = {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly server: ServerSide;
  readonly faults: NetworkFaults;
  readonly count: (what: string) => void;
  readonly tap: Tap;
  readonly observe: {
    /** A server has these now; what it answers is said by `decided`, unless it dies over them. */
    asked(ops: readonly unknown[]): { decided(answers: readonly Answer[]): void };
    request(user: UserId): void;
    response(user: UserId, request: SyncRequest, answer: SyncAnswer): void;
    page(user: UserId, ask: HistoryAsk, answer: HistoryAnswer): void;
  };
};

const REQUEST_MS_MAX = 8_000;

/** As if over a wire: nobody shares an object with the other side. */
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export function createNetwork({ time, random, server, faults, count, tap, observe }: Deps) {
  const delay = () => someDelay(random, { usual: faults.usualMs, rare: faults.rareMs });
  const passes = (link: Link) => link.isUp && !link.isHalfOpen && !random.chance(faults.loss);

  /** One request and its answer, each of which may be lost; then the asker only learns that time is up. */
  async function exchange<T>(link: Link, work: (isAlive: () => boolean) => Promise<T>): Promise<T | 'unreachable'> {
    const sides = [time.sleep(REQUEST_MS_MAX, 'request timeout').then(() => 'unreachable' as const), go()];
    return Promise.race(sides);

    async function go(): Promise<T | 'unreachable'> {
      if (!link.isUp) return 'unreachable';
      const isLost = !passes(link);
      await time.sleep(delay(), 'request');
      if (isLost) return lost('request lost');
      const answer = await work(() => true);
      await time.sleep(delay(), 'response');
      return passes(link) ? answer : lost('response lost');
    }
    function lost(what: string): Promise<never> {
      count(what);
      return new Promise(() => {});
    }
  }
  const refused = (error: unknown): { kind: 'refused'; refusal: RefusalCode } | { kind: 'unreachable' } =>
    error instanceof Refusal ? { kind: 'refused', refusal: error.code } : { kind: 'unreachable' };

  function transportFor(user: UserId, link: Link): Transport {
    return {
      sync: async (request) => {
        observe.request(user);
        const at = server.alive();
        const sent = copy(request);
        const answer = await exchange<SyncAnswer>(link, async () => {
          if (!at || at.isDead) return { kind: 'unreachable' };
          try {
            const { decided } = observe.asked(sent.ops ?? []);
            const response = copy(await server.sync(at, user, sent));
            decided(response.answers);
            return { kind: 'ok', response };
          } catch (error) {
            return refused(error);
          }
        });
        const given: SyncAnswer = answer === 'unreachable' ? { kind: 'unreachable' } : answer;
        observe.response(user, sent, given);
        return tap.sync?.(user, sent, given) ?? given;
      },
      history: async ({ conversation, from, to, atLeast }) => {
        const at = server.alive();
        const answer = await exchange<HistoryAnswer>(link, async () => {
          if (!at || at.isDead) return { kind: 'unreachable' };
          try {
            const page = copy(await server.history(at, user, conversation, { from, to, atLeast }));
            // Pages are larger than what is live, and come later.
            await time.sleep(random.below(faults.pageMs), 'page');
            return { kind: 'ok', page };
          } catch (error) {
            return refused(error);
          }
        });
        const given: HistoryAnswer = answer === 'unreachable' ? { kind: 'unreachable' } : answer;
        observe.page(user, { conversation, from, to, atLeast }, given);
        return tap.history?.(user, given) ?? given;
      },
      connect: (handlers) => connect(user, link, handlers),
    };
  }

  function connect(user: UserId, link: Link, handlers: SocketHandlers): Socket {
    let isOpen = true;
    const at = server.alive();
    const end = () => {
      if (!isOpen) return;
      isOpen = false;
      if (at) server.disconnect(at, ours);
      handlers.closed('lost');
    };
    const ours: ServerSocket = {
      user,
      rooms: new Set(),
      send: (down) => {
        for (let copies = random.chance(faults.duplicate) ? 2 : 1; copies > 0; copies--) carry(copy(down) as Down);
        if (faults.duplicate > 0) count('pushes may come twice');
      },
      // A half-open link tells nobody: only silence does.
      close: () => void (link.isHalfOpen ? count('half-open link') : time.after(delay(), 'closed', end)),
    };
    const carry = (down: Down) => {
      if (!link.isUp || link.isHalfOpen) return;
      time.after(delay(), 'down', () => {
        if (!isOpen || !link.isUp || link.isHalfOpen) return;
        const said = tap.down ? tap.down(user, down) : down;
        if (said) handlers.down(said);
      });
    };
    time.after(delay(), 'connect', () => {
      if (!isOpen) return;
      if (!at || at.isDead || !link.isUp || link.isHalfOpen) return end();
      server.connect(at, ours);
    });
    return {
      tell: (message) => {
        if (!at || at.isDead || !isOpen || !passes(link) || message.type !== 'received') return;
        void at.core.sync.received({ user, device: 'd' }, copy(message.received)).catch(() => undefined);
      },
      ask: async (message, timeoutMs) => {
        const late = time.sleep(timeoutMs, 'ack timeout').then(() => undefined);
        return Promise.race([late, acknowledged(message)]);
      },
      close: () => {
        isOpen = false;
        if (at) server.disconnect(at, ours);
      },
    };

    async function acknowledged({ storeEpoch, ops }: Parameters<Socket['ask']>[0]): Promise<readonly Answer[] | undefined> {
      const silence = new Promise<never>(() => {});
      if (!at || !isOpen || !passes(link)) return silence;
      await time.sleep(delay(), 'up');
      if (at.isDead) return silence;
      let answers: readonly Answer[];
      try {
        const { decided } = observe.asked(ops);
        answers = copy(await server.ops(at, user, storeEpoch, copy(ops)));
        decided(answers);
      } catch {
        return silence;
      }
      await time.sleep(delay(), 'ack');
      if (passes(link) && isOpen) return answers;
      count('acknowledgement lost');
      return silence;
    }
  }
  return { transportFor };
}
