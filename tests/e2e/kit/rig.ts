/** What the rigs of one device have in common: a person in a browser, somebody with a script to write to, and what arrived. */
import { join } from 'node:path';
import { type LogId, type UserId, textBodySchema, understand } from '#sync-protocol';
import { root } from '../../../scripts/root.ts';
import { type ScriptClient, aMessage, createGroup, insist, signUp as signUpScript } from '../../kit/script-client.ts';
import { type Person, openChat, signUp } from './person.ts';
import { type TestServer, startServer } from './server.ts';
import { until } from './until.ts';

export type Known = Person & { readonly user: UserId };

export interface Rig {
  readonly server: TestServer;
  person: Known;
  readonly friend: ScriptClient;
  readonly log: LogId;
  readonly title: string;
  /** The address of the conversation. */
  readonly path: string;
  /** The friend says something. */
  hear(text: string): Promise<void>;
  /** The texts of the conversation as the server has them, in order. */
  arrived(): Promise<readonly string[]>;
  /** Closes the browser or kills it, and opens it again at the conversation. */
  reopen(how: 'close' | 'kill'): Promise<void>;
  dispose(): Promise<void>;
}

/** One person at a browser, in a conversation with a friend who has a script. Heartbeats come each second. */
export async function startRig(title: string, env: Readonly<Record<string, string>> = {}): Promise<Rig> {
  const server = await startServer({ site: join(root, 'dist', 'app'), env: { HEARTBEAT_MS: '1000', ...env } });
  const [signedUp, friend] = await Promise.all([signUp(server, 'Anna Kowalska'), signUpScript(server, 'Lena Novak')]);
  const person = await known(signedUp);
  const { id, log } = await createGroup(friend, [friend, person], title);
  await openChat(person.page, title);
  await until(() => person.page.evaluate(() => navigator.serviceWorker.controller !== null), 'the worker to control the page');
  const rig: Rig = {
    server,
    person,
    friend,
    log,
    title,
    path: `/c/${id}`,
    hear: async (text) => void (await insist(() => friend.send([aMessage(log, text)]))),
    arrived: () => textsOf(friend, log),
    reopen: async (how) => {
      await rig.person.profile[how]();
      rig.person = { ...rig.person, ...(await rig.person.profile.open()) };
      await rig.person.page.goto(server.url + rig.path);
    },
    dispose: async () => {
      await rig.person.profile.dispose();
      await server.dispose();
    },
  };
  return rig;
}

export async function known(person: Person): Promise<Known> {
  const me = await person.page.evaluate(async () => (await (await fetch('/api/me')).json()) as { userId: string });
  return { ...person, user: me.userId as UserId };
}

async function textsOf(reader: ScriptClient, log: LogId): Promise<readonly string[]> {
  const events = (await reader.readLog(log)).map(understand);
  return events.flatMap((event) => (event?.type === 'message' ? [textBodySchema.parse(event.payload.body).text] : []));
}
