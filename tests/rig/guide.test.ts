/**
 * DEPLOYMENT_GUIDE.md is followed: its blocks marked `sh run-in-order` are one bash session. The folders of the machine lie in a
 * temporary one, the name in the DNS is this machine, `sudo -u chatter` is whoever runs the test, and `systemctl` starts and
 * stops the process that the unit file names, with the environment that it names.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../e2e/kit/server.ts';

const root = dirname(dirname(import.meta.dirname));
const folder = mkdtempSync(join(tmpdir(), 'chatter-guide-'));
const pidFile = join(folder, 'pid');

afterAll(() => {
  spawnSync('bash', ['-c', `kill -9 $(cat ${pidFile}) 2>/dev/null`]);
  rmSync(folder, { recursive: true, force: true });
});

const placesOfMachine = ['/etc/chatter', '/etc/systemd/system', '/var/lib/chatter', '/var/backups/chatter'];
/** The same folder, below ours. */
const onThisMachine = (text: string): string =>
  placesOfMachine.reduce((said, place) => said.replaceAll(place, join(folder, place)), text).replaceAll('/opt/chatter', root);

const systemctl = `
systemctl() {
  case "$*" in
    daemon-reload) ;;
    enable*|start*)
      unit=${join(folder, '/etc/systemd/system/chatter.service')}
      (
        set -a
        eval "$(sed -n 's/^Environment=//p' "$unit")"
        . "$(sed -n 's/^EnvironmentFile=//p' "$unit")"
        set +a
        cd "$(sed -n 's/^WorkingDirectory=//p' "$unit")"
        exec $(sed -n 's/^ExecStart=//p' "$unit") >> ${join(folder, 'output')} 2>&1
      ) &
      echo $! > ${pidFile} ;;
    stop*) kill -TERM "$(cat ${pidFile})"; wait "$(cat ${pidFile})" ;;
    *) echo "no such systemctl: $*"; return 1 ;;
  esac
}
sudo() { [ "$1" = -u ] && shift 2; "$@"; }
cp() { command cp "$@" && if [ "\${!#}" = ${join(folder, '/etc/systemd/system')}/ ]; then bash ${join(folder, 'move-units.sh')}; fi; }
`;

test('what DEPLOYMENT_GUIDE.md tells to type works, from the build to a restore', async () => {
  const blocks = blocksOf(readFileSync(join(root, 'DEPLOYMENT_GUIDE.md'), 'utf8'));
  expect(blocks.length).toBeGreaterThan(6);
  for (const place of placesOfMachine.slice(1, 3)) mkdirSync(join(folder, place), { recursive: true });
  mkdirSync(join(folder, '/etc/chatter'));
  const [port, redirectPort] = [await freePort(), await freePort()];
  issue('localhost');
  // The units name folders of a machine too.
  const moves = [...placesOfMachine, '/opt/chatter'].map((place) => `-e 's#${place}#${onThisMachine(place)}#g'`).join(' ');
  writeFileSync(join(folder, 'move-units.sh'), `sed -i ${moves} ${join(folder, '/etc/systemd/system')}/*\n`);
  const script = onThisMachine(blocks.join('\n'))
    .replaceAll('https://chat.example.org', `--cacert ${join(folder, '/etc/chatter/cert.pem')} https://localhost:${port}`)
    .replaceAll(/^PORT=443$/gm, `PORT=${port}`)
    .replaceAll(/^HTTP_REDIRECT_PORT=80$/gm, `HTTP_REDIRECT_PORT=${redirectPort}`);
  expect(script).not.toMatch(/example\.org\/(?!send)|\s\/(etc|var|opt)\//);
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
  const ran = spawnSync('bash', ['-c', `set -euo pipefail\n${systemctl}\n${script}\nsystemctl stop chatter`], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 240_000,
  });
  const output = `${ran.stdout}\n${ran.stderr}\n${readFileSync(join(folder, 'output'), 'utf8')}`;
  expect(ran.status, output).toBe(0);
  expect(ran.stdout).toContain('Restored 0 accounts');
  expect(readdirSync(join(folder, '/var/lib/chatter')).filter((name) => name !== 'data')).toEqual([
    expect.stringMatching(/^data\.before-/),
  ]);
  expect(readdirSync(join(folder, '/var/backups/chatter')).filter((name) => name.startsWith('chatter-'))).toHaveLength(1);
  expect(readFileSync(join(folder, 'output'), 'utf8')).not.toContain('put-yours-here');
});

/** In place of the authority that would issue it. */
function issue(name: string): void {
  const at = (file: string): string => join(folder, '/etc/chatter', file);
  const how = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30'.split(' ');
  const what = [
    '-subj',
    `/CN=${name}`,
    '-addext',
    `subjectAltName=DNS:${name}`,
    '-keyout',
    at('key.pem'),
    '-out',
    at('cert.pem'),
  ];
  execFileSync('openssl', [...how, ...what], { stdio: 'ignore' });
  chmodSync(at('key.pem'), 0o600);
}

function blocksOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```sh run-in-order[^\n]*\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
}

test('every variable that the guide names is one', async () => {
  const { envExample } = await import('../../api/env.ts');
  const known = new Set(envExample().match(/^[A-Z_]+(?==)/gm));
  const guide = readFileSync(join(root, 'DEPLOYMENT_GUIDE.md'), 'utf8');
  const named = [...guide.matchAll(/`([A-Z][A-Z\d]*_[A-Z_\d]+)(?:=[^`]*)?`/g)].map((match) => match[1]!);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('the figures that the guide explains are those that there are', async () => {
  const { createMeters } = await import('../../api/metrics/meters.ts');
  const meters = createMeters();
  meters.watchStore(() => ({ waiting: 0, fileBytes: 0, walBytes: 0 }));
  meters.watchLog({} as never);
  meters.watchCore({} as never);
  const names = [...meters.text().matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]!);
  const guide = readFileSync(join(root, 'DEPLOYMENT_GUIDE.md'), 'utf8');
  const explained = [...guide.matchAll(/`((?:chatter|process)_\w+)(?:\{[^`]*\})?`/g)].map((match) => match[1]!);
  expect([...new Set(explained)].toSorted()).toEqual([...names].toSorted());
});
