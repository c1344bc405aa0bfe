import { isHidden, type Down, type Run, type SyncRequest, type SyncResponse, type Up } from '#sync-protocol';
import type { HistoryAnswer, SyncAnswer, Transport } from '../sync/ports.ts';
import { createCell, type Observable } from '../sync/state.ts';

/** One message of the wire in a few words: what it was about, and nothing that anybody wrote. */
export type WireLine = { readonly atMs: number; readonly way: 'up' | 'down'; readonly said: string };
export type WireLog = { readonly lines: readonly WireLine[] };

const LINES_MAX = 40;

/** Notes what goes over a transport, newest last, for whoever looks for a fault. */
export function withWireLog(transport: Transport, now: () => number): { transport: Transport; log: Observable<WireLog> } {
  const log = createCell<WireLog>({ lines: [] });
  const note = (way: WireLine['way'], said: string) =>
    log.set({ lines: [...log.get().lines.slice(1 - LINES_MAX), { atMs: now(), way, said }] });
  return {
    log,
    transport: {
      sync: async (request) => {
        note('up', `sync ${requestWords(request)}`);
        const answer = await transport.sync(request);
        note('down', `sync ${answerWords(answer)}`);
        return answer;
      },
      history: async (ask) => {
        note('up', `history ${ask.conversation} ${ask.from}–${ask.to}`);
        const answer = await transport.history(ask);
        note('down', `history ${pageWords(answer)}`);
        return answer;
      },
      connect: (handlers) => {
        note('up', 'connect');
        const socket = transport.connect({
          down: (message) => {
            note('down', downWords(message));
            handlers.down(message);
          },
          closed: (why) => {
            note('down', `closed: ${why}`);
            handlers.closed(why);
          },
        });
        return {
          tell: (message) => {
            note('up', upWords(message));
            socket.tell(message);
          },
          ask: async (message, timeoutMs) => {
            note('up', upWords(message));
            const answers = await socket.ask(message, timeoutMs);
            note('down', answers ? `${answers.length} answers` : 'no answer in time');
            return answers;
          },
          close: socket.close,
        };
      },
    },
  };
}

const counted = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ') || 'nothing';

const requestWords = ({ ops = [], logs = [], rowsOf = [], people = [], heads, self }: SyncRequest): string =>
  `${self ? `from ${self.watermark}` : 'from nothing'}${heads ? ', all heads' : ''}: ${counted({ ops: ops.length, logs: logs.length, rows: rowsOf.length, people: people.length })}`;

function answerWords(answer: SyncAnswer): string {
  if (answer.kind !== 'ok') return answer.kind === 'refused' ? `refused: ${answer.refusal}` : 'unreachable';
  return responseWords(answer.response);
}

const responseWords = ({ answers, logs, rows, people, self, more }: SyncResponse): string =>
  `${counted({ answers: answers.length, self: self ? 1 : 0, logs: logs.length, rows: rows.length, people: people.length })}${more ? ', more' : ''}`;

function pageWords(answer: HistoryAnswer): string {
  if (answer.kind !== 'ok') return answer.kind === 'refused' ? `refused: ${answer.refusal}` : 'unreachable';
  const { from, to, asOf, messages } = answer.page;
  return `${from}–${to} as of ${asOf}, messages ${messages.length}`;
}

const runWords = ({ log, from, to, items }: Run): string =>
  `${log} (${from}, ${to}]${items.some(isHidden) ? ', some hidden' : ''}`;

function downWords(message: Down): string {
  switch (message.type) {
    case 'run':
    case 'self':
      return `${message.type} ${runWords(message.run)}`;
    case 'head':
      return `head ${message.conversation} ${message.head}`;
    case 'ready':
    case 'heartbeat':
      return `${message.type} root ${message.root}, self ${message.self.head}`;
    case 'refused':
      return `refused: ${message.refusal}`;
    default:
      return message.type;
  }
}

const upWords = (message: Up): string => (message.type === 'ops' ? `ops ${message.ops.length}` : message.type);
