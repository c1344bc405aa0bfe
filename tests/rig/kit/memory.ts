/** What a process holds in memory, as the operating system counts it. */
import { spawnSync } from 'node:child_process';

export function rssOf({ pid }: { readonly pid: number }): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  const kib = Number(stdout.trim());
  if (!(kib > 0)) throw new Error(`ps does not know process ${pid}`);
  return kib * 1024;
}
