import {
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { createHashes } from '../gateways/hashes.ts';
import { own } from '../store/sqlite/connection.ts';
import { makeAnew } from '../store/sqlite/snapshot.ts';
import { type Verified, verifyDatabase } from '../store/sqlite/verify.ts';
import type { Manifest } from './backup.ts';
import { databaseName, flush, manifestName, OpsError, sha256Of, stamp } from './files.ts';

export type Restored = { readonly manifest: Manifest; readonly verified: Verified; readonly keptAs: string | undefined };

type Restoring = { readonly backup: string; readonly dataDir: string; readonly now: Date };

/**
 * Puts a backup in the place of the data folder, under a new store epoch, and keeps what was there beside it. Everything that
 * can go wrong goes wrong before anything is moved: the copy is made, brought to this version and verified first. [RU-2]
 */
export async function restore({ backup, dataDir, now }: Restoring): Promise<Restored> {
  const manifest = await checked(backup);
  const locks: DatabaseSync[] = [];
  const made = `${dataDir}.restoring-${stamp(now)}`;
  try {
    if (existsSync(dataDir)) locks.push(own(join(dataDir, databaseName)));
    mkdirSync(dirname(dataDir), { recursive: true });
    mkdirSync(made, { mode: 0o700 });
    locks.push(own(join(made, databaseName)));
    const verified = write(made, backup);
    handOver(made, existsSync(dataDir) ? dataDir : dirname(dataDir));
    const keptAs = existsSync(dataDir) ? `${dataDir}.before-${stamp(now)}` : undefined;
    if (keptAs !== undefined) renameSync(dataDir, keptAs);
    renameSync(made, dataDir);
    flush(dirname(dataDir));
    return { manifest, verified, keptAs };
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    throw error;
  } finally {
    for (const lock of locks) lock.close();
  }
}

/** A backup that is what its manifest says. */
async function checked(backup: string): Promise<Manifest> {
  const manifest = read(join(backup, manifestName));
  const file = join(backup, databaseName);
  if (!existsSync(file)) throw new OpsError(`${backup} is no backup: it has no ${databaseName}.`);
  if ((await sha256Of(file)) !== manifest.sha256)
    throw new OpsError(`${file} is not what was backed up: its checksum is another.`);
  return manifest;
}

function read(path: string): Manifest {
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
    if (manifest.kind === 'chatter-backup') return manifest;
  } catch (error) {
    throw new OpsError(`${dirname(path)} is no backup: its ${manifestName} cannot be read.`, { cause: error });
  }
  throw new OpsError(`${dirname(path)} is no backup of Chatter.`);
}

function write(folder: string, backup: string): Verified {
  const file = join(folder, databaseName);
  copyFileSync(join(backup, databaseName), file, constants.COPYFILE_EXCL);
  makeAnew(file);
  const verified = verifyDatabase({ file, createHashes, access: 'still' });
  if (verified.findings.length > 0) {
    const found = verified.findings.map(({ what }) => `  ${what}\n`).join('');
    throw new OpsError(`The backup is not whole, and nothing was changed:\n${found}`);
  }
  for (const path of [file, folder]) flush(path);
  return verified;
}

/** Restored by root, it belongs to whom it belonged to before. */
function handOver(folder: string, like: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(like);
  for (const path of [folder, ...readdirSync(folder).map((name) => join(folder, name))]) chownSync(path, uid, gid);
}
