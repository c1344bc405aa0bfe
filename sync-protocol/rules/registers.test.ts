import { expect, test } from 'vitest';
import { aConversation, aUser, anEvent, anOpId } from '../testing.ts';
import { understand, type KnownEvent } from '../wire/event.ts';
import type { Register } from '../wire/self.ts';
import { foldRegister, registerKeyOf, registerKeys } from './registers.ts';

const conversation = aConversation();
const [bob] = [aUser(2)];
const event = (seq: number, type: string, payload: object, base?: number): KnownEvent =>
  understand(anEvent(seq, { type, payload, ...(base !== undefined && { base }) }))!;
const fold = (...events: readonly KnownEvent[]): Register | undefined =>
  events.reduce<Register | undefined>((held, one) => foldRegister(held, one) ?? held, undefined);
const marks = (seq: number, ordinal = seq) => ({ seq, ordinal, ownOrdinal: 0 });

test('[RG-1] every event of a self log names one register, and the latest one wrote it', () => {
  const on = { conversation, on: true };
  const named = { conversation, message: anOpId(1), on: true };
  const cases: [string, object, string][] = [
    ['joined', { conversation, from: 1 }, registerKeys.member(conversation)],
    ['left', { conversation, to: 1, purge: false }, registerKeys.member(conversation)],
    ['read-marker', { conversation, seq: 1, marks: marks(1) }, registerKeys.read(conversation)],
    ['marked-unread', on, registerKeys.markedUnread(conversation)],
    ['muted', on, registerKeys.muted(conversation)],
    ['pinned', on, registerKeys.pinned(conversation)],
    ['archived', on, registerKeys.archived(conversation)],
    ['dropped', { conversation, upTo: 1 }, registerKeys.dropped(conversation)],
    ['draft', { conversation, text: 'x' }, registerKeys.draft(conversation)],
    ['hidden', named, registerKeys.hidden(conversation, anOpId(1))],
    ['starred', named, registerKeys.starred(conversation, anOpId(1))],
    ['blocked', { user: bob, on: true }, registerKeys.blocked(bob)],
    ['contact', { user: bob, on: true }, registerKeys.contact(bob)],
    ['contact-of', { user: bob, on: true }, registerKeys.contact(bob)],
  ];
  for (const [type, payload, key] of cases) {
    expect(registerKeyOf(event(3, type, payload))).toBe(key);
    expect(fold(event(3, type, payload))).toMatchObject({ key, revised: 3 });
  }
  expect(registerKeyOf(event(3, 'message', { body: { kind: 'text', text: 'x' } }))).toBeUndefined();
});

test('[RG-1] a switch is as it was last set', () => {
  const untilMs = 5;
  expect(fold(event(1, 'muted', { conversation, on: true, untilMs }))?.value).toEqual({ on: true, untilMs });
  expect(
    fold(event(1, 'muted', { conversation, on: true, untilMs }), event(2, 'muted', { conversation, on: false })),
  ).toMatchObject({ revised: 2, value: { on: false } });
});

test('[RG-2] a read marker only ever moves forward', () => {
  const to = (seq: number, at: number) => event(at, 'read-marker', { conversation, seq, marks: marks(seq) });
  expect(fold(to(5, 1), to(3, 2))).toMatchObject({ revised: 1, value: { seq: 5, marks: marks(5) } });
  expect(fold(to(5, 1), to(5, 2), to(8, 3))).toMatchObject({ revised: 3, value: { seq: 8 } });
});

test('[RG-3] stays are opened and closed by relays; a repeated one changes nothing', () => {
  const joined = (at: number, from: number) => event(at, 'joined', { conversation, from, with: bob });
  const left = (at: number, to: number, purge = false) => event(at, 'left', { conversation, to, purge });
  expect(fold(joined(1, 4))?.value).toEqual({ with: bob, spans: [{ from: 4 }] });
  expect(fold(joined(1, 4), left(2, 9, true))?.value).toEqual({ with: bob, spans: [{ from: 4, to: 9 }], purge: true });
  expect(fold(joined(1, 4), left(2, 4))?.value).toMatchObject({ spans: [{ from: 4, to: 4 }] });
  const back = fold(joined(1, 4), left(2, 9, true), joined(3, 20));
  expect(back?.value).toEqual({ with: bob, spans: [{ from: 4, to: 9 }, { from: 20 }] });
  expect(foldRegister(back, joined(4, 20))?.value).toEqual(back?.value);
});

test('[RG-4] each block opens a stretch, each unblock closes it; a second of either changes none', () => {
  const set = (seq: number, on: boolean, at: number) => event(seq, 'blocked', { user: bob, on, marks: marks(at) });
  const value = fold(set(1, true, 10), set(2, true, 11), set(3, false, 15), set(4, false, 16), set(5, true, 20))?.value;
  expect(value).toEqual({ on: true, stretches: [{ from: marks(10), to: marks(15) }, { from: marks(20) }] });
});

test('[RG-5] a draft based on an older one than is held keeps both texts', () => {
  const draft = (seq: number, text: string, base?: number) => event(seq, 'draft', { conversation, text }, base);
  expect(fold(draft(1, 'one'), draft(2, 'two', 1))?.value).toEqual({ text: 'two' });
  expect(fold(draft(1, 'one'), draft(2, 'two', 0))?.value).toEqual({ text: 'two', also: 'one' });
  expect(fold(draft(1, 'one'), draft(2, 'two'))?.value).toEqual({ text: 'two', also: 'one' });
  expect(fold(draft(1, 'same'), draft(2, 'same'))?.value).toEqual({ text: 'same' });
  expect(fold(draft(1, 'one'), draft(2, 'two', 0), draft(3, 'both', 2))?.value).toEqual({ text: 'both' });
});

test('[RG-1] what was dropped is never undone by an older drop', () => {
  const drop = (seq: number, upTo: number) => event(seq, 'dropped', { conversation, upTo });
  expect(fold(drop(1, 9), drop(2, 5))?.value).toEqual({ upTo: 9 });
});

test('[RG-3] whom one added and who added one are two halves of one register', () => {
  const add = (seq: number, on: boolean, name?: string) => event(seq, 'contact', { user: bob, on, ...(name && { name }) });
  const addedBy = (seq: number, on: boolean) => event(seq, 'contact-of', { user: bob, on });
  expect(fold(addedBy(1, true), add(2, true, 'Bobby'))?.value).toEqual({ on: true, of: true, name: 'Bobby' });
  expect(fold(addedBy(1, true), add(2, true, 'Bobby'), addedBy(3, false))?.value).toEqual({ on: true, of: false, name: 'Bobby' });
  expect(fold(add(1, true, 'Bobby'), add(2, false))?.value).toEqual({ on: false, of: false });
});
