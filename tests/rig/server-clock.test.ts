import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { understand } from '#sync-protocol';
import { aDataDir } from '../kit/processes.ts';
import { aMessage, createScriptClient, insist } from '../kit/script-client.ts';
import { found } from './kit/community.ts';

const hasFaketime = spawnSync('faketime', ['--version'], { stdio: 'ignore' }).status === 0;

test.skipIf(!hasFaketime)(
  '[SQ-4][SQ-3] a server whose clock is an hour ahead, an hour behind and right again: one order, nothing hidden, and times that never go back (may skip: this machine has no faketime)',
  async () => {
    const folder = aDataDir();
    const { people, logs, server, start, stop } = await found({ dataDir: join(folder.path, 'data'), people: 2, groups: 1 });
    onTestFinished(async () => {
      await stop();
      folder.remove();
    });
    const [ann, ben] = people as [(typeof people)[number], (typeof people)[number]];
    const log = logs[0]!;
    const said: string[] = [];
    for (const shift of ['+1h', '-1h', '+0']) {
      await server().kill();
      const { url } = await start({ under: ['faketime', '-f', shift] });
      for (const person of people) person.url = url;
      for (const [who, other] of [
        [ann, ben],
        [ben, ann],
      ] as const) {
        const op = aMessage(log, `${who.name}:${shift}`);
        await insist(() => who.send([op]));
        said.push(`${who.name}:${shift}`);
        // Who is signed in stays signed in, and hears it at once.
        expect((await other.readLog(log)).at(-1)?.opId).toBe(op.opId);
      }
    }
    for (const person of people) {
      const events = (await createScriptClient(person).readLog(log)).map((event) => understand(event)!);
      const messages = events.flatMap((event) => (event.type === 'message' ? [event] : []));
      expect(messages.map(({ payload }) => (payload.body as { readonly text: string }).text)).toEqual(said);
      const times = events.map(({ at }) => at);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  },
);
