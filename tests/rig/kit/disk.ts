/** A disk of a given size, in memory. Mounting needs root. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  /** Takes all room but this. */
  fill(options: { readonly leavingBytes: number }): void;
  /** Gives it back. */
  empty(): void;
  freeBytes(): number;
  remount(mode: 'ro' | 'rw'): void;
  unmount(): void;
}

export function mountTmpfs(size: string): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'chatter-disk-'));
  const ballast = join(path, 'ballast');
  mount(['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'chatter', path]);
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  };
  return {
    path,
    freeBytes,
    fill: ({ leavingBytes }) => {
      const file = openSync(ballast, 'a');
      const page = Buffer.alloc(4_096);
      while (freeBytes() > leavingBytes) writeSync(file, page);
      closeSync(file);
    },
    empty: () => rmSync(ballast, { force: true }),
    remount: (mode) => mount(['-o', `remount,${mode}`, path]),
    unmount: () => {
      // Lazily: a process that was killed a moment ago may still hold a file.
      spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A machine on which root may not mount is told what to try, and not passed over. */
function mount(args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`This rig needs a small disk. Make this work, then run it again: mount ${args.join(' ')}\n${stderr}`);
}
