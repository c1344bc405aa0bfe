/**
 * What speaks MongoDB's protocol for the tests where `MONGODB_URI` names no server: two implementations that have nothing in
 * common but the protocol. Built once a machine, outside the tree. docs/decisions/0017-mongodb-without-transactions.md
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from '../root.ts';

export type StandIn = 'mongo-java-server' | 'FerretDB';
type Recipe = {
  readonly version: string;
  /** What of the machine it is built with. */
  readonly needs: readonly (readonly [command: string, ...args: string[]])[];
  readonly source: string;
  readonly build: (folder: string) => void;
};

const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'chatter', 'mongo');

const recipes: Readonly<Record<StandIn, Recipe>> = {
  'mongo-java-server': {
    version: '1.47.0',
    needs: [
      ['mvn', '--version'],
      ['javac', '-version'],
    ],
    source: 'java-server',
    build: (folder) => {
      run(folder, 'mvn', '-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib', '-DincludeScope=runtime');
      run(folder, 'javac', '-cp', 'lib/*', '-d', 'classes', 'StandIn.java');
    },
  },
  FerretDB: {
    version: '1.24.0',
    needs: [['go', 'version']],
    source: 'ferretdb',
    build: (folder) => {
      run(folder, 'go', 'mod', 'vendor');
      const module = join(folder, 'vendor', 'github.com', 'FerretDB', 'FerretDB');
      // Asked for by its build, and left out of what is vendored.
      mkdirSync(join(module, 'build', 'version'), { recursive: true });
      writeFileSync(join(module, 'build', 'version', 'version.txt'), 'v1.24.0\n');
      run(folder, 'go', 'build', '-mod=vendor', '-o', 'ferretdb', 'github.com/FerretDB/FerretDB/cmd/ferretdb');
      rmSync(join(folder, 'vendor'), { recursive: true });
    },
  },
};

/** Before the tests, so that none of them waits for it. What cannot be built fails its tests by name. */
export function buildStandIns(): void {
  if (process.env['MONGODB_URI']) return;
  for (const name of Object.keys(recipes) as StandIn[]) {
    try {
      standIn(name);
    } catch (error) {
      process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

/** The folder it is in, built if it was not. Throws with what the machine lacks. */
export function standIn(name: StandIn): string {
  const { version, needs, source, build } = recipes[name];
  const from = join(root, 'scripts', 'mongo', source);
  const folder = join(cache, `${name}-${version}-${digestOf(from)}`);
  if (existsSync(folder)) return folder;
  const missing = needs.filter(([command, ...args]) => spawnSync(command, args, { stdio: 'ignore' }).status !== 0);
  if (missing.length > 0)
    throw new Error(`${name} cannot be built: there is no ${missing.map(([command]) => command).join(', no ')}`);
  process.stdout.write(`Building ${name} ${version} for the tests, once ...\n`);
  const making = `${folder}.${process.pid}`;
  cpSync(from, making, { recursive: true });
  build(making);
  // Of two that build it at once one finds it there.
  if (existsSync(folder)) rmSync(making, { recursive: true });
  else renameSync(making, folder);
  return folder;
}

/** Of what it is built from: built again when that changes. */
function digestOf(folder: string): string {
  const digest = createHash('sha256');
  for (const file of readdirSync(folder).toSorted()) digest.update(readFileSync(join(folder, file)));
  return digest.digest('hex').slice(0, 8);
}

function run(cwd: string, command: string, ...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, GOFLAGS: '' } });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed in ${cwd}:\n${stdout}${stderr}`);
}
