import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import mongoose from 'mongoose';
import { freePort } from '../../e2e/kit/server.ts';
import { standIn } from '../../../scripts/mongo/stand-ins.ts';
import { startWireProxy } from './wire-proxy.ts';

/** Something that speaks MongoDB's protocol, for as long as a test needs it. */
export interface MongoServer {
  /** Of a database that nobody else uses. */
  readonly newUri: () => string;
  readonly stop: () => Promise<void>;
}
export type MongoKind = { readonly name: string; readonly start: () => Promise<MongoServer> };

/**
 * On what the MongoDB store is tested: the server that `MONGODB_URI` names, which must be a replica set's; else two
 * implementations of its protocol that are independent of each other, and between them keep every promise asked of it here.
 */
export const mongoKinds: readonly MongoKind[] = process.env['MONGODB_URI']
  ? [{ name: 'MongoDB', start: () => given(process.env['MONGODB_URI']!) }]
  : [
      { name: 'mongo-java-server', start: startJavaServer },
      { name: 'FerretDB', start: startFerretDb },
    ];

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

let databases = 0;
const newName = (): string => `chatter-test-${process.pid}-${databases++}`;

async function given(uri: string): Promise<MongoServer> {
  const made: string[] = [];
  return {
    newUri: () => {
      const url = new URL(uri);
      url.pathname = `/${newName()}`;
      made.push(url.href);
      return url.href;
    },
    stop: async () => {
      for (const one of made) {
        const connection = await mongoose.createConnection(one).asPromise();
        await connection.dropDatabase();
        await connection.close();
      }
    },
  };
}

/** Holds everything in memory, and ends with this process. */
async function startJavaServer(): Promise<MongoServer> {
  const folder = standIn('mongo-java-server');
  const child = spawn('java', ['-cp', `${folder}/lib/*:${folder}/classes`, 'StandIn'], { stdio: ['pipe', 'pipe', 'ignore'] });
  watched(child);
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    newUri: () => `mongodb://127.0.0.1:${port}/${newName()}`,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/**
 * Holds everything in files of SQLite: what it acknowledged is there after it was killed. It changes a document in two steps,
 * between which another may change it, which MongoDB does in one: so writes are let through to it one at a time.
 */
async function startFerretDb(): Promise<MongoServer> {
  const program = join(standIn('FerretDB'), 'ferretdb');
  const folder = mkdtempSync(join(tmpdir(), 'chatter-ferretdb-'));
  const [data, state] = [join(folder, 'data'), join(folder, 'state')];
  for (const one of [data, state]) mkdirSync(one, { recursive: true });
  const port = await freePort();
  const where = ['--handler=sqlite', `--sqlite-url=file:${data}/`, `--listen-addr=127.0.0.1:${port}`, `--state-dir=${state}`];
  const quiet = ['--debug-addr=-', '--telemetry=disable', '--log-level=error'];
  const child = watched(spawn(program, [...where, ...quiet], { stdio: 'ignore' }));
  const proxy = await startWireProxy(`mongodb://127.0.0.1:${port}/`, { oneWriteAtATime: true });
  return {
    newUri: () => proxy.uri(`mongodb://127.0.0.1:${port}/${newName()}`),
    stop: async () => {
      await proxy.close();
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** It does not outlive this process. */
function watched<C extends ChildProcess>(child: C): C {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
