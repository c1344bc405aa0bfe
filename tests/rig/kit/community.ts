/** A few people in a few groups, at a server that will come back at the same address. */
import type { LogId } from '#sync-protocol';
import { freePort } from '../../e2e/kit/server.ts';
import { type ServerProcess, type Starting, startServerProcess } from '../../kit/processes.ts';
import { type ScriptClient, createGroup, signUp } from '../../kit/script-client.ts';

export interface Community {
  readonly people: readonly ScriptClient[];
  readonly logs: readonly LogId[];
  /** The process that runs now, or the one that ran last. */
  server(): ServerProcess;
  /** The same data, the same address. */
  start(starting?: Starting): Promise<ServerProcess>;
  /** Ends what still runs. */
  stop(): Promise<void>;
}

export async function found({
  dataDir,
  people: count,
  groups,
  starting,
}: {
  readonly dataDir: string;
  readonly people: number;
  readonly groups: number;
  readonly starting?: Starting;
}): Promise<Community> {
  const port = await freePort();
  let server = await startServerProcess({ ...starting, dataDir, port });
  const people: ScriptClient[] = [];
  const logs: LogId[] = [];
  for (let i = 0; i < count; i++) people.push(await signUp(server, `person${i}`));
  for (let i = 0; i < groups; i++) logs.push((await createGroup(people[i % count]!, people)).log);
  return {
    people,
    logs,
    server: () => server,
    start: async (starting = {}) => (server = await startServerProcess({ ...starting, dataDir, port })),
    stop: async () => void (server.isRunning() && (await server.kill())),
  };
}
