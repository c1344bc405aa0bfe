import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { own } from '../store/sqlite/connection.ts';
import { isBusy } from '../store/sqlite/failure.ts';
import { type Summary, summarise, writeSnapshot } from '../store/sqlite/snapshot.ts';
import { databaseName, flush, manifestName, OpsError, sha256Of, stamp } from './files.ts';

/** What a backup says of itself, so that it can be held to it. */
export type Manifest = Summary & {
  readonly kind: 'chatter-backup';
  readonly madeAt: string;
  readonly version: string;
  readonly bytes: number;
  readonly sha256: string;
};

export type BackedUp = { readonly folder: string; readonly manifest: Manifest; readonly notCopied: readonly string[] };

type BackingUp = { readonly dataDir: string; readonly into: string; readonly now: Date; readonly version: string };

const unfinished = '.unfinished';

/**
 * A folder with one moment of the database and its manifest. It is written beside under another name, flushed, and renamed:
 * whatever has the name of a backup is a whole one. [RU-1]
 */
export async function backUp({ dataDir, into, now, version }: BackingUp): Promise<BackedUp> {
  const source = join(dataDir, databaseName);
  if (!existsSync(source)) throw new OpsError(`There is no database in ${dataDir}.`);
  mkdirSync(into, { recursive: true, mode: 0o700 });
  const folder = join(into, `chatter-${stamp(now)}`);
  if (existsSync(folder)) throw new OpsError(`${folder} is there already, and is left as it is.`);
  const turn = takeTurn(into);
  try {
    // Nobody else is at it, so these were cut short.
    for (const name of readdirSync(into)) if (name.endsWith(unfinished)) rmSync(join(into, name), { recursive: true });
    const made = join(into, basename(folder) + unfinished);
    mkdirSync(made, { mode: 0o700 });
    const manifest = await write(made, { source, now, version });
    renameSync(made, folder);
    flush(into);
    return { folder, manifest, notCopied: othersIn(dataDir) };
  } finally {
    turn.close();
  }
}

/** One backup at a time in a folder. */
function takeTurn(into: string): ReturnType<typeof own> {
  try {
    return own(join(into, 'backup'));
  } catch (error) {
    if (error instanceof Error && isBusy(error.cause))
      throw new OpsError(`Another backup into ${into} is under way.`, { cause: error });
    throw error;
  }
}

async function write(
  folder: string,
  { source, now, version }: { readonly source: string; readonly now: Date; readonly version: string },
): Promise<Manifest> {
  const file = join(folder, databaseName);
  writeSnapshot(source, file);
  chmodSync(file, 0o600);
  const manifest: Manifest = {
    kind: 'chatter-backup',
    madeAt: now.toISOString(),
    version,
    ...summarise(file),
    bytes: statSync(file).size,
    sha256: await sha256Of(file),
  };
  writeFileSync(join(folder, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 });
  for (const path of [file, join(folder, manifestName), folder]) flush(path);
  return manifest;
}

/** What lies in the data folder and is not the database: nobody shall believe that it was copied. */
function othersIn(dataDir: string): readonly string[] {
  return readdirSync(dataDir).filter((name) => !name.startsWith(databaseName));
}
