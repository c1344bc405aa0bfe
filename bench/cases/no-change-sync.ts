import { join } from 'node:path';
import { PROTOCOL_VERSION, type SyncRequest } from '#sync-protocol';
import { aDataDir } from '../../tests/kit/processes.ts';
import { type ScriptClient, aMessage, directWith, signUp } from '../../tests/kit/script-client.ts';
import { type Figure, figure, percentile, repeat } from '../kit/figure.ts';
import { type Measured, startBare, startChatter } from '../kit/process.ts';
import { type Hammered, type Request, createHammer } from '../kit/hammer.ts';

const connections = 32;
const forMs = 2_000;
const conversations = 20;

export async function noChangeSync(): Promise<readonly Figure[]> {
  const data = aDataDir();
  const chatter = await startChatter(join(data.path, 'data'));
  const { me, request } = await somebodyWhoHasEverything(chatter);
  const away = await hammered(chatter, request);
  // While a socket of theirs is open, the server keeps their root up to date and reads no list.
  const socket = await me.connect();
  const live = await hammered(chatter, request);
  socket.close();
  await chatter.stop();
  data.remove();

  const answerBytes = live[0]!.answerBytes;
  const express = await startBare('bare-express.ts', [String(answerBytes)]);
  const bare = await hammered(express, request);
  await express.stop();
  const bareMedian = percentile(
    ratesOf(bare).toSorted((a, b) => a - b),
    0.5,
  );
  return [
    figure('request body', 'bytes', [Buffer.byteLength(request.body)]),
    figure('answer body', 'bytes', [answerBytes]),
    figure('rate, connected', 'requests/s', ratesOf(live)),
    figure('rate, not connected', 'requests/s', ratesOf(away)),
    figure('bare Express', 'requests/s', ratesOf(bare)),
    figure('connected, of bare Express', '×', shares(ratesOf(live), bareMedian)),
    figure('not connected, of bare Express', '×', shares(ratesOf(away), bareMedian)),
  ];
}

const ratesOf = (taken: readonly Hammered[]): readonly number[] => taken.map(({ perSecond }) => perSecond);
const shares = (taken: readonly number[], whole: number): readonly number[] => taken.map((part) => part / whole);

/** What a device asks every few minutes, and after every heal. */
async function somebodyWhoHasEverything(server: Measured): Promise<{ readonly me: ScriptClient; readonly request: Request }> {
  const me = await signUp(server, 'me');
  for (let i = 0; i < conversations; i++) {
    const other = await signUp(server, `other${i}`);
    await me.send([aMessage(directWith(me.user, other.user).log, 'hello', other.user)]);
  }
  await me.sync();
  const { root, now: since, storeEpoch } = await me.sync();
  const asked: SyncRequest = { version: PROTOCOL_VERSION, storeEpoch, root, since, self: me.selfWatermark() };
  const headers = { authorization: `Bearer ${me.token}` };
  return { me, request: { path: '/api/sync', headers, body: JSON.stringify(asked) } };
}

async function hammered(server: Measured, request: Request): Promise<readonly Hammered[]> {
  const hammer = await createHammer(server.port, connections);
  await hammer.run(request, 1_000);
  const taken = await repeat(() => hammer.run(request, forMs));
  hammer.close();
  return taken;
}
