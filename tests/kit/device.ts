/** One person's device in this process: the app below its screens, over a database and a network of its own. */
import 'fake-indexeddb/auto';
import type { Answer, ConversationId, Down, UserId } from '#sync-protocol';
import { createClock } from '../../app/platform/clock.ts';
import { digest } from '../../app/platform/digest.ts';
import { createIds } from '../../app/platform/ids.ts';
import { createLeadership } from '../../app/platform/leadership.ts';
import { random } from '../../app/platform/random.ts';
import { openStore } from '../../app/store/open-store.ts';
import { type MessagesPage, readMessages } from '../../app/store/queries/messages.ts';
import type { Tables } from '../../app/store/tables.ts';
import type { Commands } from '../../app/sync/commands-api.ts';
import type { LocalStore, Transport } from '../../app/sync/ports.ts';
import { createSession } from '../../app/sync/session.ts';
import { createTransport } from '../../app/transport/transport.ts';
import { createGate } from './gate.ts';

/** What went out and what came in, as the device's own transport saw it. */
export type Wire = { readonly pushed: unknown[]; readonly answers: Answer[]; readonly heard: Down[] };

export interface RealDevice {
  readonly user: UserId;
  readonly commands: Commands;
  readonly store: LocalStore;
  readonly wire: Wire;
  /** What should not have happened. */
  readonly reports: readonly string[];
  /** What a query of the screens reads. */
  look<T>(read: (tx: Tables) => Promise<T>): Promise<T>;
  /** What the open conversation shows, oldest first. */
  screen(conversation: ConversationId): Promise<MessagesPage['items']>;
  setOnline(isOnline: boolean): void;
  stop(): Promise<void>;
}

type Server = { readonly port: number };
type SignedIn = { readonly userId: UserId; readonly token: string };

/** `onHeard` is told first of whatever the socket says. */
export async function startDevice(
  server: Server,
  { userId: user, token }: SignedIn,
  onHeard: (down: Down) => void = () => undefined,
): Promise<RealDevice> {
  const gate = await createGate(server, { token });
  const reports: string[] = [];
  const report = (what: string): void => void reports.push(what);
  const clock = createClock();
  const { local: store, reads, kind: storage } = await openStore({ user, onClosed: () => undefined, report });
  const wire: Wire = { pushed: [], answers: [], heard: [] };
  let isOnline = true;
  let onChange = (): void => undefined;
  const session = createSession({
    user,
    store,
    storage,
    transport: tap(createTransport(gate.url, report), wire, onHeard),
    clock,
    random,
    ids: createIds(clock, random),
    digest,
    leadership: createLeadership(user, report),
    connectivity: { isOnline: () => isOnline, watch: (changed) => ((onChange = changed), () => (onChange = () => undefined)) },
    report,
    onEnded: (why) => report(`the session ended: ${why}`),
  });
  session.start();

  const look: RealDevice['look'] = (read) =>
    new Promise((resolve, reject) => {
      const stop = reads.observe(read, {
        next: (value) => {
          resolve(value);
          queueMicrotask(() => stop());
        },
        error: reject,
      });
    });
  return {
    user,
    commands: session.commands,
    store,
    wire,
    reports,
    look,
    screen: async (conversation) =>
      (await look((tx) => readMessages(tx, user, conversation, { place: undefined, older: 50, newer: 0 }))).items,
    setOnline: (next) => {
      isOnline = next;
      gate.setOnline(next);
      onChange();
    },
    stop: async () => {
      await session.stop();
      await gate.close();
    },
  };
}

/** The real transport, overheard. */
function tap(transport: Transport, { pushed, answers, heard }: Wire, onHeard: (down: Down) => void): Transport {
  return {
    ...transport,
    sync: async (request) => {
      if (request.ops) pushed.push(...request.ops);
      const answer = await transport.sync(request);
      if (answer.kind === 'ok') answers.push(...answer.response.answers);
      return answer;
    },
    connect: ({ down, closed }) => {
      const listen = (message: Down): void => {
        heard.push(message);
        onHeard(message);
        down(message);
      };
      const socket = transport.connect({ closed, down: listen });
      return {
        ...socket,
        ask: async (message, timeoutMs) => {
          pushed.push(...message.ops);
          const answered = await socket.ask(message, timeoutMs);
          answers.push(...(answered ?? []));
          return answered;
        },
      };
    },
  };
}
