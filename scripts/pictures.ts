/**
 * `npm run screens`: pictures of every screen and state, phone and desktop, light and dark, into the ignored folder
 * screenshots/: the gallery's, with words after it only those shelves and screens; without words the live app's as well, over
 * a community seeded for the purpose.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run.ts';

const words = process.argv.slice(2);
const run = async (script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { code } = await runCommand(process.execPath, [join(import.meta.dirname, script), ...args], { env, show: true });
  if (code !== 0) process.exitCode = code;
};

await run('screens.ts', words);
if (words.length === 0) {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'chatter-pictures-'));
  await run('seed.ts', [], { DATA_DIR });
  await run('screens-live.ts', [], { DATA_DIR });
  rmSync(DATA_DIR, { recursive: true, force: true });
}
