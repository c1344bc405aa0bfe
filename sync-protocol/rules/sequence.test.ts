import { expect, test } from 'vitest';
import { CHAIN_START } from '../ids.ts';
import { aChain, aLog, aTime, aUser, anOp, anOpId } from '../testing.ts';
import { bodyHashInput, repeat, sequence, type Decided } from './sequence.ts';

const short = (text: string): string => `<${text}>`;
const { opId, writtenAt, payload } = anOp(1);
const decided: Decided = { opId, log: aLog(), type: 'message', by: aUser(1), writtenAt, payload, bodyHash: 'hash' };
const position = { head: 4, chain: aChain(4), lastAt: aTime(4) };

test('[SQ-3][CH-1] the next number, linked to the one before', () => {
  const event = sequence(position, decided, aTime(9), short);
  expect(event).toEqual({
    seq: 5,
    opId,
    type: 'message',
    by: aUser(1),
    at: aTime(9),
    writtenAt,
    payload,
    chain: `<${aChain(4)}|5|${opId}|hash>`,
    bodyHash: 'hash',
  });
  expect(sequence({ head: 0, chain: CHAIN_START, lastAt: 0 }, decided, 1, short)).toMatchObject({ seq: 1 });
});

test('[SQ-3] what it names goes along, and nothing that it does not', () => {
  const named = { target: anOpId(2), with: aUser(2), base: 3 };
  expect(sequence(position, { ...decided, ...named }, aTime(9), short)).toMatchObject(named);
  for (const name of Object.keys(named)) expect(sequence(position, decided, aTime(9), short)).not.toHaveProperty(name);
});

test('[SQ-4] time never runs backwards, whatever the clock says', () => {
  expect(sequence(position, decided, aTime(2), short).at).toBe(aTime(4));
});

test('[OP-2] the same op is the same id, caller and content', () => {
  const stored = { bodyHash: 'hash', by: aUser(1) };
  expect(repeat(stored, { bodyHash: 'hash', by: aUser(1) })).toBe('same');
  expect(repeat(stored, { bodyHash: 'other', by: aUser(1) })).toBe('conflict');
  expect(repeat(stored, { bodyHash: 'hash', by: aUser(2) })).toBe('conflict');
});

test('[OP-2] what is hashed says who, where and what, but not when', () => {
  const input = bodyHashInput({ ...decided });
  expect(bodyHashInput({ ...decided, writtenAt: 0 } as Decided)).toBe(input);
  for (const other of [
    { by: aUser(2) },
    { log: aLog(2) },
    { type: 'edit' },
    { payload: {} },
    { target: anOpId(9) },
    { with: aUser(2) },
    { base: 3 },
  ]) {
    expect(bodyHashInput({ ...decided, ...other })).not.toBe(input);
  }
});
