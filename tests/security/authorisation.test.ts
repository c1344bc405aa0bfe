/** Who may do what to what: every route, every op and every message of a socket, tried by everybody, against the table in docs. */
import { expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { type ConversationId, conversationLog, opSchema } from '#sync-protocol';
import { messages, routes } from '../../api/http/registry.ts';
import { openSocket } from '../kit/live-client.ts';
import { type Act, opActs, routeActs } from './kit/acts.ts';
import { aCast, aText, anOp, type Cast, type Role, roles, words } from './kit/cast.ts';

const tableFile = '../../docs/authorisation.md';
const opTypes = opSchema.def.options.map((option) => [...(option.shape.type as z.ZodMiniLiteral<string>).def.values][0]!);

test('[AC-9] every route, every op and every message of a socket is in the table', () => {
  expect(Object.keys(routeActs).toSorted()).toEqual(Object.keys(routes).toSorted());
  expect(Object.keys(opActs).toSorted()).toEqual(opTypes.toSorted());
  expect(Object.keys(socketActs).toSorted()).toEqual(Object.keys(messages).toSorted());
});

/** What was answered, and which of the words in the group and the direct conversation came along. */
async function cellOf(act: Act, cast: Cast, role: Role): Promise<string> {
  const { outcome, seen } = await act.attempt(cast, role);
  const found = Object.entries(words).flatMap(([name, word]) => (seen.includes(word) ? [name] : []));
  return [outcome, ...(found.length > 0 ? [`sees ${found.join(', ')}`] : [])].join('; ');
}

/** Said over a socket: what was answered, or what others heard of it. */
const socketActs: Readonly<Record<keyof typeof messages, readonly Act[]>> = {
  ops: [
    {
      at: 'a message to the group',
      attempt: async (cast, role) => {
        const { id } = await cast.aGroup();
        return overSocket(cast, role, async ({ send }) => {
          const [answer] = await send([anOp('message', conversationLog(id), aText('hello')) as never]);
          return answer && 'refusal' in answer ? answer.refusal : 'done';
        });
      },
    },
  ],
  typing: [
    {
      at: 'the group',
      attempt: async (cast, role) => {
        const { id } = await cast.aGroup();
        return heardInGroup(cast, role, { up: { type: 'typing', conversation: id, on: true }, conversation: id, down: 'typing' });
      },
    },
  ],
  received: [
    {
      at: 'the group',
      attempt: async (cast, role) => {
        const { id } = await cast.aGroup();
        return heardInGroup(cast, role, {
          up: { type: 'received', received: [{ conversation: id, seq: 2 }] },
          conversation: id,
          down: 'receipts',
        });
      },
    },
  ],
};

type Said = { readonly up: object; readonly conversation: ConversationId; readonly down: 'typing' | 'receipts' };
type Client = ReturnType<typeof openSocket>;

async function overSocket(cast: Cast, role: Role, say: (client: Client) => Promise<string>) {
  const client = openSocket(cast.server.url, { auth: { token: cast.tokenOf(role) } });
  const first = await client.wait(() => client.downs[0], 'the first word');
  const outcome = first.type === 'refused' ? `refused ${first.refusal}` : await say(client);
  client.close();
  return { outcome, seen: JSON.stringify(client.downs) };
}

/** An op that is answered after it says that it was dealt with; what another heard before a later word, they heard of it. */
function heardInGroup(cast: Cast, role: Role, { up, conversation, down }: Said) {
  return overSocket(cast, role, async (client) => {
    const me = cast.personOf(role);
    const [hears, speaks] = me === cast.member ? [cast.owner, cast.member] : [cast.member, cast.owner];
    const listener = openSocket(cast.server.url, { auth: { token: hears.token } });
    await listener.heard('ready');
    client.socket.emit('up', up);
    await client.send([{} as never]);
    const last = anOp('message', conversationLog(conversation), aText('last'));
    await cast.do(speaks, [last]);
    await listener.wait(() => JSON.stringify(listener.downs).includes(last.opId) || undefined, 'the last word');
    const isHeard = listener.downs.some((said) => said.type === down && JSON.stringify(said).includes(me.userId));
    listener.close();
    return isHeard ? 'heard' : 'not heard';
  });
}

test('[AC-8][AU-1][AU-2][AU-3][AU-5] everybody may do exactly what the table says', { timeout: 300_000 }, async () => {
  const sections = [
    ['Routes', routeActs],
    ['Ops', opActs],
    ['Messages of a socket', socketActs],
  ] as const;
  const lines: string[] = [];
  const stops: Promise<void>[] = [];
  for (const [title, acts] of sections) {
    lines.push('', `## ${title}`, '', `| what | at | ${roles.join(' | ')} |`, `|---|---|${'---|'.repeat(roles.length)}`);
    for (const [what, each] of Object.entries(acts as Readonly<Record<string, readonly Act[]>>)) {
      for (const act of each) {
        const cast = await aCast();
        const cells: string[] = [];
        for (const role of roles) cells.push(await cellOf(act, cast, role));
        stops.push(cast.server.stop());
        lines.push(`| ${what} | ${act.at} | ${cells.join(' | ')} |`);
      }
    }
  }
  await Promise.all(stops);
  await expect(`${head}${lines.join('\n')}\n`).toMatchFileSnapshot(tableFile);
});

const head = `# Who may do what

Written by \`tests/security/authorisation.test.ts\`, which tries every route, every op and every message of a socket in each of
these roles and compares. A change of this page is a change of what people may do: \`vitest run -u\` writes it anew, and a
reviewer reads what it says. Words after *sees* are in the group's title, in messages from before and after people came and went,
and in a direct conversation of the owner and the member; whoever reads one has been shown it.
`;
