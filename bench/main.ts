/**
 * Measures, each figure beside the limit it is held to and taken in the same run: `npm run bench` runs all, `npm run bench restart`
 * one. Writes bench/results/<name>.json and the table in bench/README.md; ends with 1 when a figure is above its budget.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/root.ts';
import { catchUpInBrowser } from './cases/catch-up-in-browser.ts';
import { catchUpBench } from './cases/catch-up.ts';
import { coldStart } from './cases/cold-start.ts';
import { durableSends } from './cases/durable-sends.ts';
import { firstSignIn } from './cases/first-sign-in.ts';
import { groupsBench } from './cases/groups.ts';
import { growth } from './cases/growth.ts';
import { idleMemory } from './cases/idle-memory.ts';
import { latency } from './cases/latency.ts';
import { noChangeSync } from './cases/no-change-sync.ts';
import { openChatBench } from './cases/open-chat.ts';
import { restart } from './cases/restart.ts';
import { sendToScreen } from './cases/send-to-screen.ts';
import { endFullDevice } from './kit/full-device.ts';
import type { Figure } from './kit/figure.ts';
import {
  type Budgets,
  type Result,
  overBudget,
  readResults,
  resultOf,
  tableOf,
  writeReadme,
  writeResult,
} from './kit/results.ts';

const cases: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  restart,
  latency,
  'durable-sends': durableSends,
  groups: groupsBench,
  'idle-memory': idleMemory,
  'no-change-sync': noChangeSync,
  'catch-up': catchUpBench,
  'catch-up-in-browser': catchUpInBrowser,
  'first-sign-in': firstSignIn,
  'open-chat': openChatBench,
  'cold-start': coldStart,
  growth,
  'send-to-screen': sendToScreen,
};

const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const strangers = wanted.filter((name) => !Object.hasOwn(cases, name));
if (strangers.length > 0) {
  process.stderr.write(`There is no bench called ${strangers.join(', ')}. There are: ${Object.keys(cases).join(', ')}\n`);
  process.exit(1);
}
const budgets = JSON.parse(readFileSync(join(root, 'bench', 'budgets.json'), 'utf8')) as Budgets;

const failures: string[] = [];
for (const [name, measure] of Object.entries(cases)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`\n${name}\n`);
  try {
    const result: Result = resultOf(name, await measure());
    writeResult(result);
    process.stdout.write(tableOf([result], budgets));
    failures.push(...overBudget(result, budgets));
  } catch (error) {
    failures.push(`${name} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
  }
}
await endFullDevice();
writeReadme(tableOf(readResults(Object.keys(cases)), budgets));

for (const failure of failures) process.stderr.write(`FAIL  ${failure}\n`);
process.stdout.write(`${failures.length === 0 ? 'All within budget.' : `${failures.length} over budget.`}\n`);
process.exit(failures.length === 0 ? 0 : 1);
