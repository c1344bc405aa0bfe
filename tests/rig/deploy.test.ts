import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../e2e/kit/server.ts';
import { until } from '../e2e/kit/until.ts';

const root = dirname(dirname(import.meta.dirname));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

function aFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'chatter-deploy-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Instructions with their continuations, as they are run. */
type Instruction = { readonly name: string; readonly rest: string };
const instructions: readonly Instruction[] = read('deploy/Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => ({ name: line.split(' ', 1)[0]!, rest: line.slice(line.indexOf(' ') + 1) }));
const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));

test.skipIf(!hasSystemd)('systemd understands the units, and finds them well shut (may skip: needs systemd-analyze)', () => {
  const folder = aFolder();
  const names = ['chatter.service', 'chatter-backup.service', 'chatter-backup.timer'];
  for (const name of names) writeFileSync(join(folder, name), read(`deploy/${name}`).replaceAll('/opt/chatter', root));
  const verified = spawnSync('systemd-analyze', ['verify', '--man=no', ...names.map((name) => join(folder, name))], {
    encoding: 'utf8',
  });
  const said = verified.stderr.split('\n').filter((line) => line.includes(folder));
  expect({ said, status: verified.status }).toEqual({ said: [], status: 0 });
  for (const name of names.filter((one) => one.endsWith('.service'))) {
    const rated = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=25', join(folder, name)], {
      encoding: 'utf8',
    });
    expect(rated.status, rated.stdout.split('\n').at(-2)).toBe(0);
  }
});

test('the unit waits longer for the end than the server takes, and does not start again what is misconfigured', () => {
  const unit = read('deploy/chatter.service');
  const stopMsMax = Number(/stopMsMax = ([\d_]+)/.exec(read('api/main.ts'))![1]!.replaceAll('_', ''));
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)![1]) * 1_000).toBeGreaterThan(stopMsMax);
  expect(unit).toMatch(/^RestartPreventExitStatus=2$/m);
  expect(read('api/main.ts')).toMatch(/misconfigured: 2/);
});

test('the image has the Node of the lock file, no rights, a health check, and nothing but what it needs', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> };
  const bases = instructions.filter(({ name }) => name === 'FROM').map(({ rest }) => rest.replace(/ AS \w+$/, ''));
  expect(new Set(bases)).toEqual(new Set([`node:${packages['node_modules/node']!.version}-bookworm-slim`]));
  const known = ['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'VOLUME', 'EXPOSE', 'STOPSIGNAL', 'HEALTHCHECK', 'CMD'];
  expect(instructions.filter(({ name }) => !known.includes(name))).toEqual([]);
  const of = (name: string) => last.filter((one) => one.name === name).map(({ rest }) => rest);
  expect(of('USER')).toEqual(['node']);
  expect(of('HEALTHCHECK')).toHaveLength(1);
  // After this nothing runs as root.
  expect(last.findIndex(({ name }) => name === 'USER')).toBeGreaterThan(last.findLastIndex(({ name }) => name === 'RUN'));
  expect(JSON.parse(of('CMD')[0]!)).toEqual(['node', 'api/main.ts']);
  expect(instructions.filter(({ rest }) => /TOKEN|SECRET|PASSWORD|\.env/.test(rest))).toEqual([]);
  expect(instructions.find(({ rest }) => rest.startsWith('npm ci'))?.rest).toContain('--omit=dev');
});

test('what is sent to the build holds no data, no secrets and no history', () => {
  const ignored = read('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(ignored[0]).toBe('*');
  const letIn = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  expect(letIn.filter((path) => /^(data|backups|dist|\.git|\.env|node_modules|tests)\b/.test(path))).toEqual([]);
  expect(ignored).toContain('**/.env*');
  for (const path of copiedFirst()) expect(letIn).toContain(path);
});

const copiedFirst = (): readonly string[] => {
  const { rest } = instructions.find(({ name }) => name === 'COPY')!;
  return rest.split(' ').slice(0, -1);
};

test('what the image holds starts, is healthy by its own check, backs itself up, and ends in order', async () => {
  const folder = aFolder();
  const app = join(folder, 'app');
  mkdirSync(app);
  for (const { rest } of last.filter(({ name }) => name === 'COPY')) {
    const [, from = '', to = ''] = /^--from=build \/opt\/chatter\/(\S+) \.\/(\S+)$/.exec(rest) ?? [];
    expect(to, rest).toBe(from);
    mkdirSync(dirname(join(app, to)), { recursive: true });
    if (to === 'node_modules') symlinkSync(join(root, to), join(app, to));
    else cpSync(join(root, from), join(app, to), { recursive: true });
  }
  const port = String(await freePort());
  const env = {
    ...environmentOf(),
    PATH: process.env['PATH'],
    PORT: port,
    DATA_DIR: join(folder, 'data'),
    HOST: '127.0.0.1',
    ALLOW_CONSOLE_SMS_IN_PRODUCTION: 'true',
  };
  const run = (args: readonly string[]) => spawnSync(process.execPath, args, { cwd: app, env, encoding: 'utf8' });
  const { rest } = last.find(({ name }) => name === 'HEALTHCHECK')!;
  const [, ...check] = JSON.parse(/CMD (\[.*\])/.exec(rest)![1]!) as string[];
  expect(run(check).status).toBe(1);
  const server = spawn(process.execPath, ['api/main.ts'], { cwd: app, env, stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('close', resolve));
  await until(() => {
    if (server.exitCode !== null) throw new Error('the server ended');
    return run(check).status === 0;
  }, 'the server to be healthy');
  expect((await fetch(`http://127.0.0.1:${port}/`, { headers: { accept: 'text/html' } })).status).toBe(200);
  expect(run(['api/ops/main.ts', 'backup', join(folder, 'backups')])).toMatchObject({ status: 0 });
  server.kill('SIGTERM');
  expect(await ended).toBe(0);
});

/** What the image sets. */
function environmentOf(): Readonly<Record<string, string>> {
  const said = last.filter(({ name }) => name === 'ENV').flatMap(({ rest }) => rest.split(' '));
  return Object.fromEntries(said.map((one) => one.split('=', 2) as [string, string]));
}
