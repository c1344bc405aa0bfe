import { expect, test } from 'vitest';
import type { Leadership } from '../sync/ports.ts';
import { watchedLead } from './watched-lead.ts';

type Handlers = Parameters<Leadership['start']>[0];

test('says whether this tab leads, and tells the engine the same', () => {
  let given: Handlers | undefined;
  const told: string[] = [];
  const bare: Leadership = {
    start: (handlers) => (given = handlers),
    yield: () => given?.lost(),
    say: () => undefined,
    stop: () => undefined,
  };
  const { leadership, lead } = watchedLead(bare);
  lead.subscribe(() => told.push(`lead ${String(lead.get().isLeading)}`));
  leadership.start({ lead: () => told.push('engine on'), lost: () => told.push('engine off'), heard: () => undefined });
  expect(lead.get()).toEqual({ isLeading: false });
  given?.lead();
  leadership.yield();
  given?.lead();
  leadership.stop();
  expect(told).toEqual(['lead true', 'engine on', 'lead false', 'engine off', 'lead true', 'engine on', 'lead false']);
});
