import { expect, test } from 'vitest';
import { step, type Link, type LinkEvent } from '#sync-protocol';

const states: Record<Link['at'], Link> = {
  offline: { at: 'offline' },
  connecting: { at: 'connecting', attempt: 3 },
  'catching-up': { at: 'catching-up' },
  live: { at: 'live' },
  stopped: { at: 'stopped', until: 'signed-in' },
};
const events: Record<LinkEvent['kind'], LinkEvent> = {
  online: { kind: 'online' },
  offline: { kind: 'offline' },
  opened: { kind: 'opened' },
  'caught-up': { kind: 'caught-up' },
  'fell-behind': { kind: 'fell-behind' },
  dropped: { kind: 'dropped' },
  refused: { kind: 'refused', until: 'updated' },
};
const stopped: Link = { at: 'stopped', until: 'updated' };
const { offline, connecting, live } = states;
const catchingUp = states['catching-up'];
const first: Link = { at: 'connecting', attempt: 0 };
const again: Link = { at: 'connecting', attempt: 1 };

// By hand, not from the table under test.
// oxfmt-ignore
const expected: Record<Link['at'], Record<LinkEvent['kind'], Link>> = {
  offline:       { online: first,         offline, opened: offline,        'caught-up': offline,    'fell-behind': offline,          dropped: offline,                           refused: stopped },
  connecting:    { online: connecting,    offline, opened: catchingUp,     'caught-up': connecting, 'fell-behind': connecting,       dropped: { at: 'connecting', attempt: 4 },  refused: stopped },
  'catching-up': { online: catchingUp,    offline, opened: catchingUp,     'caught-up': live,       'fell-behind': catchingUp,       dropped: again,                             refused: stopped },
  live:          { online: live,          offline, opened: live,           'caught-up': live,       'fell-behind': catchingUp,       dropped: again,                             refused: stopped },
  stopped:       { online: states.stopped, offline: states.stopped, opened: states.stopped, 'caught-up': states.stopped, 'fell-behind': states.stopped, dropped: states.stopped, refused: stopped },
};

const cells = Object.values(states).flatMap((link) =>
  Object.values(events).map((event) => [link.at, event.kind, link, event] as const),
);

test.each(cells)('[LK-1] %s, then %s', (_, __, link, event) => {
  expect(step(link, event)).toEqual(expected[link.at][event.kind]);
});

const unmoved = cells.filter(([at, kind, link]) => kind !== 'refused' && expected[at][kind] === link);

test.each(unmoved)('[LK-2] %s, then %s: what does not change is the same object', (_, __, link, event) => {
  expect(step(link, event)).toBe(link);
});
