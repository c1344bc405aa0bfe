/** What an operator does to a data folder: `backup`, `restore` and `verify`. Exit codes: 0 done, 1 not done or found wrong, 2 misused. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readDataDir } from '../env.ts';
import { createHashes } from '../gateways/hashes.ts';
import { repairDatabase, type Verified, verifyDatabase } from '../store/sqlite/verify.ts';
import { backUp } from './backup.ts';
import { databaseName, OpsError } from './files.ts';
import { restore } from './restore.ts';

const exits = { done: 0, failed: 1, misused: 2 } as const;
const usage = `  npm run backup -- [folder for backups]              by default ./backups
  npm run restore -- <one backup> [data folder]       by default DATA_DIR
  npm run verify -- [--repair] [data folder]          by default DATA_DIR
`;
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  backup: backupCommand,
  restore: restoreCommand,
  verify: verifyCommand,
};

const advice = {
  file: 'The file itself is damaged: restore a backup.',
  log: 'A log is damaged, and nothing else in the file knows better: restore a backup.',
  projection: 'What follows from the logs can be rebuilt: stop the server, and run verify with --repair.',
} as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const seconds = (startedMs: number): string => `${((performance.now() - startedMs) / 1_000).toFixed(1)} s`;

// What is written here is for this user alone.
process.umask(0o077);
const [name = '', ...given] = process.argv.slice(2);
process.exitCode = await run(commands[name], given);

async function run(command: (typeof commands)[string] | undefined, args: readonly string[]): Promise<number> {
  if (!command) return misused(`There is no command "${name}".`);
  try {
    return await command(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return exits.failed;
  }
}

async function backupCommand(args: readonly string[]): Promise<number> {
  const [into = './backups', ...more] = args;
  if (more.length > 0 || into.startsWith('-')) return misused('backup takes one folder.');
  const startedMs = performance.now();
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const { folder, manifest, notCopied } = await backUp({
    dataDir: resolve(readDataDir()),
    into: resolve(into),
    now: new Date(),
    version,
  });
  const { logs, events, accounts, bytes } = manifest;
  say(`Backed up ${accounts} accounts and ${events} events in ${logs} logs (${bytes} bytes) in ${seconds(startedMs)}.`);
  if (notCopied.length > 0) say(`Not copied, because it is not the database: ${notCopied.join(', ')}`);
  say(folder);
  return exits.done;
}

async function restoreCommand(args: readonly string[]): Promise<number> {
  const [backup = '', dataDir = readDataDir(), ...more] = args;
  if (backup === '' || more.length > 0 || args.some((arg) => arg.startsWith('-')))
    return misused('restore takes a backup, and the data folder.');
  const { manifest, verified, keptAs } = await restore({ backup: resolve(backup), dataDir: resolve(dataDir), now: new Date() });
  say(`Restored ${manifest.accounts} accounts and ${verified.events} events in ${verified.logs} logs, as of ${manifest.madeAt}.`);
  if (keptAs !== undefined) say(`What was there is kept as ${keptAs}`);
  say('Devices notice at their next connection, and offer again what they sent since then.');
  return exits.done;
}

async function verifyCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { repair: { type: 'boolean' } },
    allowPositionals: true,
    strict: false,
  });
  if (positionals.length > 1 || Object.keys(values).some((key) => key !== 'repair'))
    return misused('verify takes --repair, and the data folder.');
  const file = join(resolve(positionals[0] ?? readDataDir()), databaseName);
  if (!existsSync(file)) throw new OpsError(`There is no database in ${resolve(positionals[0] ?? readDataDir())}.`);
  const startedMs = performance.now();
  const found = values['repair'] === true ? repairDatabase({ file, createHashes }) : verifyDatabase({ file, createHashes });
  report(found, startedMs);
  return found.findings.length === 0 ? exits.done : exits.failed;
}

function report({ logs, events, findings }: Verified, startedMs: number): void {
  say(`Looked at ${events} events in ${logs} logs in ${seconds(startedMs)}.`);
  if (findings.length === 0) return say('Everything is as it should be.');
  say(`Wrong in ${findings.length} ${findings.length === 1 ? 'place' : 'places'}:`);
  for (const { what } of findings) say(`  ${what}`);
  for (const kind of new Set(findings.map((finding) => finding.kind))) say(advice[kind]);
}

function misused(why: string): number {
  process.stderr.write(`${why}\n${usage}`);
  return exits.misused;
}
