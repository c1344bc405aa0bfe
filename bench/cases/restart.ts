import { join } from 'node:path';
import { aDataDir, startServerProcess } from '../../tests/kit/processes.ts';
import { createGroup, insist, aMessage, signUp } from '../../tests/kit/script-client.ts';
import { type Figure, figure, repeat } from '../kit/figure.ts';

const runs = 7;
const messages = 2_000;
const messagesAtOnce = 50;

export async function restart(): Promise<readonly Figure[]> {
  const data = aDataDir();
  const dataDir = join(data.path, 'data');
  const first = await startServerProcess({ dataDir });
  const one = await signUp(first, 'one');
  const { log } = await createGroup(one, []);
  for (let sent = 0; sent < messages; sent += messagesAtOnce) {
    const ops = Array.from({ length: messagesAtOnce }, (_, i) => aMessage(log, `${sent + i}:`.padEnd(200, 'x')));
    await insist(() => one.send(ops));
  }
  await first.kill();
  const killed = await repeat(async () => {
    const server = await startServerProcess({ dataDir });
    await server.kill();
    return server.readyMs;
  }, runs);
  const stopped = await repeat(async () => {
    const server = await startServerProcess({ dataDir });
    await server.terminate();
    return server.readyMs;
  }, runs);
  data.remove();
  return [figure('ready after a kill', 'ms', killed), figure('ready after a stop', 'ms', stopped)];
}
