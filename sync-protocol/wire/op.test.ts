import { expect, test } from 'vitest';
import { limits, messageTextSchema, opSchema, titleSchema, understand, utf8Bytes, type LogEvent } from '#sync-protocol';

const id = (n: number) => `0198f2a0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const anOp = (over: object = {}) => ({
  opId: id(1),
  log: `c:${id(2)}`,
  writtenAt: 0,
  type: 'message',
  payload: { body: { kind: 'text', text: 'hello' } },
  ...over,
});
const accepts = (op: unknown) => opSchema.safeParse(op).success;

test('[OP-1] an op carries its id, log, type and the device’s clock, however wrong that is', () => {
  expect(accepts(anOp())).toBe(true);
  expect(accepts(anOp({ writtenAt: -62_135_596_800_000 }))).toBe(true);
  for (const missing of ['opId', 'log', 'writtenAt', 'type', 'payload']) {
    const { [missing as keyof ReturnType<typeof anOp>]: _, ...rest } = anOp();
    expect(accepts(rest), missing).toBe(false);
  }
  expect(accepts(anOp({ type: 'edit' })), 'an edit names its message').toBe(false);
  expect(accepts(anOp({ type: 'joined', payload: { conversation: id(2), from: 1 } })), 'a relay').toBe(false);
});

test('[OP-5] text is well-formed, of at most 16 KiB, and says something', () => {
  const accepted = ['hello', 'two\nlines\tand a tab', '👩‍🚀', 'مرحبا', '山'.repeat(5_461)];
  const refused = ['', '   \n', 'a\u0000b', 'a\u001bb', '\ud800', '山'.repeat(5_462), 'a'.repeat(limits.textBytesMax + 1)];
  for (const text of accepted) expect(messageTextSchema.safeParse(text).success, text.slice(0, 20)).toBe(true);
  for (const text of refused) expect(messageTextSchema.safeParse(text).success, JSON.stringify(text.slice(0, 20))).toBe(false);
});

test('[OP-5] a title is one line that keeps its direction to itself', () => {
  expect(titleSchema.safeParse('Harbour crew ⚓').success).toBe(true);
  for (const title of ['', ' ', 'two\nlines', 'report\u202egpj.exe', 'x'.repeat(limits.titleCharsMax + 1)]) {
    expect(titleSchema.safeParse(title).success, JSON.stringify(title)).toBe(false);
  }
});

test('[OP-5] bytes are counted as UTF-8 would', () => {
  for (const text of ['', 'abc', 'é', '山', '👩‍🚀', 'a\ud83d\ude00b']) expect(utf8Bytes(text)).toBe(Buffer.byteLength(text));
});

test('[OP-6] a reply is an id and nothing of what it quotes', () => {
  const parsed = opSchema.parse(anOp({ payload: { body: { kind: 'text', text: 'yes', replyTo: id(3), quoted: 'secret' } } }));
  expect(parsed.payload).toEqual({ body: { kind: 'text', text: 'yes', replyTo: id(3) } });
});

const anEvent = (over: object = {}): LogEvent =>
  ({
    seq: 1,
    opId: id(1),
    type: 'message',
    by: id(9),
    at: 0,
    writtenAt: 0,
    payload: { body: { kind: 'text', text: 'hi' } },
    chain: '0123456789abcdef',
    ...over,
  }) as LogEvent;

test('[FD-9] an event of a later version is not misread', () => {
  expect(understand(anEvent())?.type).toBe('message');
  expect(understand(anEvent({ type: 'poll-closed' }))).toBeUndefined();
  expect(understand(anEvent({ type: 'toString' }))).toBeUndefined();
  expect(understand(anEvent({ type: 'reaction', payload: { colour: 'red' } }))).toBeUndefined();
  expect(understand(anEvent({ blank: true }))).toBeUndefined();
});

test('[FD-9] a message of a later kind is kept as it is', () => {
  const poll = { kind: 'poll', question: 'Which one next?', options: ['a', 'b'] };
  expect(understand(anEvent({ payload: { body: poll } }))?.payload).toEqual({ body: poll });
});
