// The way in for every npm verb. Written for Node 20 without dependencies, because on a fresh clone nothing else is there:
// it makes node_modules what package-lock.json says, then hands over to the project's own Node (the npm package `node`).
// When it cannot, it says in one line what is missing and exits with 1.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const projectNode = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Verb to the script the project's Node runs. A verb is a script in package.json and a line here. */
const scriptsByVerb = {
  start: 'api/main.ts',
  build: 'scripts/build.ts',
  dev: 'scripts/dev.ts',
  check: 'scripts/check.ts',
  test: 'scripts/test.ts',
  torture: 'scripts/torture.ts',
  seed: 'scripts/seed.ts',
  bench: 'bench/main.ts',
  screens: 'scripts/pictures.ts',
  sbom: 'scripts/sbom.ts',
  backup: 'api/ops/main.ts',
  restore: 'api/ops/main.ts',
  verify: 'api/ops/main.ts',
};

/** Verbs that do with what `npm ci --omit=dev` leaves, as in a container. */
const productVerbs = ['start', 'build', 'seed', 'backup', 'restore', 'verify'];

const [verb = '', ...rest] = process.argv.slice(2);
const script = scriptsByVerb[verb];
if (!script) giveUp(`There is no verb "${verb}". There are: ${Object.keys(scriptsByVerb).join(', ')}.`);

checkTools();
if (!isInstalled()) await install();
if (!existsSync(join(root, script))) giveUp(`The verb "${verb}" needs the file ${script}, which this checkout does not have.`);
if (verb === 'start') {
  const built = await runOnProjectNode('scripts/build.ts', []);
  if (built !== 0) process.exit(built);
}
// One program for what an operator does, told which by its verb.
process.exit(await runOnProjectNode(script, script.startsWith('api/ops/') ? [verb, ...rest] : rest));

function checkTools() {
  const node = Number.parseInt(process.versions.node, 10);
  if (node < 20) giveUp(`Chatter needs Node 20 or later to install its own; this is Node ${process.versions.node}.`);
  const npm = /npm\/(\d+)/.exec(process.env['npm_config_user_agent'] ?? '')?.[1];
  if (npm !== undefined && Number(npm) < 10) giveUp(`Chatter needs npm 10 or later; this is npm ${npm}. Run: npm i -g npm@11`);
}

/**
 * npm writes node_modules/.package-lock.json last, so an install that was cut short has none. What it lists must be
 * what package-lock.json asks for: then an install by hand counts too, and a pulled lock file is noticed.
 */
function isInstalled() {
  const wanted = readLock(join(root, 'package-lock.json'));
  const present = readLock(join(modules, '.package-lock.json'));
  if (!wanted) giveUp('package-lock.json is missing or cannot be read: restore it with `git checkout package-lock.json`.');
  if (!present) return false;
  return projectNodeRuns() && Object.entries(wanted).every(([path, entry]) => isPresent(path, entry, present));
}

function isPresent(path, entry, present) {
  if (path === '' || entry.optional || entry.devOptional || entry.peer) return true;
  if (entry.dev && productVerbs.includes(verb)) return true;
  return present[path]?.version === entry.version;
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function projectNodeRuns() {
  if (dirname(process.execPath) === join(modules, 'node', 'bin')) return true;
  if (!existsSync(projectNode) || statSync(projectNode).size === 0) return false;
  return spawnSync(projectNode, ['--version']).status === 0;
}

async function install() {
  try {
    accessSync(root, constants.W_OK);
  } catch {
    giveUp(`Chatter installs into ${modules}, and this user may not write to ${root}.`);
  }
  process.stdout.write('Installing (about a minute, once) ...\n');
  const npmCli = process.env['npm_execpath'];
  const npmIsScript = npmCli !== undefined && /npm-cli\.[cm]?js$/.test(npmCli);
  const [command, ...before] = npmIsScript ? [process.env['npm_node_execpath'] ?? process.execPath, npmCli] : ['npm'];
  // The build needs development packages whatever NODE_ENV says. The old node_modules/.bin goes first off the PATH:
  // npm removes it, and must not run on a Node that it is removing.
  const env = { ...process.env, PATH: withoutProjectNode(process.env['PATH'] ?? '') };
  const args = [...before, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  let stderr = '';
  const status = await run(command, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] }, (child) => {
    child.stderr.on('data', (chunk) => (stderr += chunk));
  });
  if (status !== 0) {
    if (!readLock(join(modules, '.package-lock.json'))) rmSync(modules, { recursive: true, force: true });
    giveUp(status > 128 ? 'The install was stopped; the next start begins it again.' : whyInstallFailed(stderr));
  }
  if (!projectNodeRuns()) {
    giveUp(
      'npm did not run the install script of the package `node`, which brings the Node that Chatter runs on: allow it (npm config set ignore-scripts false) and try again.',
    );
  }
}

function withoutProjectNode(path) {
  return path
    .split(delimiter)
    .filter((folder) => !folder.startsWith(modules))
    .join(delimiter);
}

function whyInstallFailed(stderr) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/.test(stderr)) {
    return 'npm could not reach its package registry: the first start needs a network (or a filled npm cache).';
  }
  if (/EACCES|EPERM|EROFS/.test(stderr)) return `npm may not write where it must (${root} or its cache): check the permissions.`;
  if (/ENOSPC/.test(stderr)) return 'The disk is full: the install needs about 800 MB.';
  const told = stderr.split('\n').find((line) => /^npm error (?!code)/.test(line)) ?? stderr.trim().split('\n')[0];
  return `npm ci failed: ${told ?? 'it gave no reason'}`;
}

function runOnProjectNode(path, args) {
  const searchPath = [join(modules, '.bin'), withoutProjectNode(process.env['PATH'] ?? '')].join(delimiter);
  return run(projectNode, [join(root, path), ...args], {
    cwd: root,
    env: { ...process.env, PATH: searchPath },
    stdio: 'inherit',
  });
}

/**
 * Resolves to the exit code, as a shell counts it. A signal reaches the child once: from here when it was sent to us,
 * from the terminal when a person pressed Ctrl-C. The child does not outlive an npm that was killed.
 */
function run(command, args, options, attend = () => {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, options);
    const pass = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of signals) process.on(signal, pass);
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 1000);
    const settle = (code) => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, pass);
      resolve(code);
    };
    attend(child);
    child.on('error', (error) => giveUp(`${command} could not be started (${error.message}).`));
    child.on('close', (code, signal) => settle(code ?? 128 + (osConstants.signals[signal] ?? 0)));
  });
}

function giveUp(why) {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
