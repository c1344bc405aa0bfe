import { conversationOf, limits, type LogId } from '#sync-protocol';
import { type ScriptSocket, aMessage, createScriptClient } from '../../tests/kit/script-client.ts';
import { type BigAccount, bigAccount } from '../kit/big-account.ts';
import { type Figure, figure, median, repeat } from '../kit/figure.ts';
import { residentKiBOf } from '../kit/linux.ts';
import { type Measured, startChatter } from '../kit/process.ts';
import { ask } from '../kit/thin-client.ts';
import { everythingElse } from './catch-up.ts';

/** Few enough that on both sides an ordinary one fills a window and a page: what is compared is the same work. */
const conversations = 100;
const sizes = { few: 10_000, many: 1_000_000 } as const;
const timesARound = 40;
const rounds = 7;

type Side = {
  readonly account: BigAccount;
  readonly server: Measured;
  readonly socket: ScriptSocket;
  /** What its device has of the self log and of the list, by now. */
  known: Awaited<ReturnType<typeof everythingElse>>;
};
type Act = (side: Side, chat: BigAccount['chats'][number]) => Promise<unknown>;

/** What it costs, whatever is stored already. A tenth of everything is in one conversation, which is measured as well. */
const acts: Readonly<Record<string, Act>> = {
  'a no-change sync': ({ server, account, known }) => ask(server.url, account.me.token, known),
  'a send': ({ account, socket }, { log, people }) =>
    socket.send([
      aMessage(log, 'x'.repeat(200), people.length === 2 ? people.find(({ user }) => user !== account.me.user)?.user : undefined),
    ]),
  'opening a chat': (side, { log }) => window(side, log),
  'a page of history': async ({ server, account }, { log }) => {
    const headers = { authorization: `Bearer ${account.me.token}` };
    const answer = await fetch(`${server.url}/api/conversations/${conversationOf(log)}/messages?limit=50`, { headers });
    if (!answer.ok) throw new Error(`history was refused: ${answer.status} ${await answer.text()}`);
    return answer.text();
  },
};

export async function growth(): Promise<readonly Figure[]> {
  // Both before any server: a socket that waits while a million messages are made is not there any more.
  const accounts = [
    await bigAccount({ conversations, messages: sizes.few }),
    await bigAccount({ conversations, messages: sizes.many }),
  ] as const;
  // Side by side and in turns, so that both have the same weather.
  const [few, many] = [await side(accounts[0]), await side(accounts[1])];
  const figures: Figure[] = [];
  for (const [name, act] of Object.entries(acts)) {
    // What the act before changed is not news in this one.
    for (const one of [few, many]) one.known = await everythingElse(one.server.url, one.account.me.token);
    for (const place of ['', ', long chat']) {
      const chatOf = ({ account }: Side, n: number) => account.chats[place === '' ? 1 + (n % (conversations - 1)) : 0]!;
      await round(few, act, chatOf);
      await round(many, act, chatOf);
      const taken = await repeat(
        async () => ({ few: await round(few, act, chatOf), many: await round(many, act, chatOf) }),
        rounds,
      );
      figures.push(
        figure(
          `${name}${place}, 10,000 stored`,
          'ms',
          taken.map((one) => one.few),
        ),
        figure(
          `${name}${place}, 1,000,000 stored`,
          'ms',
          taken.map((one) => one.many),
        ),
        figure(`${name}${place}, of that`, '×', [median(taken.map((one) => one.many)) / median(taken.map((one) => one.few))]),
      );
    }
  }
  figures.push(figure('memory, of that', '×', [residentKiBOf(many.server.pid) / residentKiBOf(few.server.pid)]));
  for (const { socket, server, account } of [few, many]) {
    socket.close();
    await server.stop();
    account.remove();
  }
  return figures;
}

async function side(account: BigAccount): Promise<Side> {
  const server = await startChatter(account.dataDir);
  const known = await everythingElse(server.url, account.me.token);
  const socket = await createScriptClient({ ...account.me, url: server.url }).connect();
  return { account, server, socket, known };
}

async function round(one: Side, act: Act, chatOf: (side: Side, n: number) => BigAccount['chats'][number]): Promise<number> {
  const taken: number[] = [];
  for (let n = 0; n < timesARound; n++) {
    const startedMs = performance.now();
    await act(one, chatOf(one, n));
    taken.push(performance.now() - startedMs);
  }
  return median(taken);
}

async function window({ server, account, known }: Side, log: LogId): Promise<void> {
  const logs = [{ log, watermark: 0, chain: '0000000000000000' as never, empty: true as const }];
  const { response } = await ask(server.url, account.me.token, { ...known, logs, budgetBytes: limits.responseBytesMax });
  if (response.logs[0]?.kind !== 'window') throw new Error(`asked for a window, got ${response.logs[0]?.kind}`);
}
