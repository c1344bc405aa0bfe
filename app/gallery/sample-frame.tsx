import { useState, type ReactNode } from 'react';
import { MemoryRouter } from 'react-router';
import type { DeviceId, UserId } from '#sync-protocol';
import type { Account, Device, Outcome } from '../features/frame/account.ts';
import type { Browser, InstallState, NoticePermission } from '../features/frame/browser.ts';
import { FrameContext, type Frame } from '../features/frame/frame.ts';
import { createMemoryBackend } from '../store/memory-backend.ts';
import { ChatterProvider, type QuerySource } from '../store/queries/provider.tsx';
import { people } from './samples.ts';

/** What a page is told by whoever would answer it. */
export type Answers = {
  readonly permission?: NoticePermission;
  readonly install?: InstallState['at'];
  readonly isKept?: boolean;
  readonly storage?: 'disk' | 'memory';
  /** What each door of the server answers; one that is not named cannot be reached. */
  readonly doors?: Readonly<Record<string, unknown>>;
  readonly devices?: readonly Device[];
};

const me = people.me.id as UserId;
const nothing = () => undefined;
const still = <T,>(value: T) => ({ get: () => value, subscribe: () => nothing });
const offline = { kind: 'offline' } as const;
const answered = <T,>(value: T | undefined): Outcome<T> => (value === undefined ? offline : { kind: 'ok', value });

/** A page of the app itself, as it is for somebody who was given these answers. */
export function PageFrame({ at, answers, children }: { at: string; answers: Answers; children: ReactNode }) {
  const [{ frame, source }] = useState(() => ({ frame: frameOf(answers), source: sourceOf(answers) }));
  return (
    <MemoryRouter initialEntries={[at]}>
      <FrameContext value={frame}>
        <ChatterProvider chatter={source}>{children}</ChatterProvider>
      </FrameContext>
    </MemoryRouter>
  );
}

function sourceOf({ storage = 'disk', isKept = true }: Answers): QuerySource {
  const backend = createMemoryBackend();
  const person = { id: me, name: people.me.name, about: 'Harbour office, north pier', phone: '+4741234567', changedAt: 1 };
  void backend.write(['people'], (tables) => tables.people.put(person));
  return {
    reads: { user: me, observe: backend.observe, isAtRest: backend.isAtRest, disk: backend.disk },
    state: still({ link: { at: 'live' }, catchingUp: 0, storage, isDiskFull: false }),
    storageInfo: async () => ({ usedBytes: 18_400_000, quotaBytes: 4_200_000_000, isPersistent: isKept }),
    wire: still({ lines: [] }),
  };
}

function frameOf({ install = 'unknown', ...answers }: Answers): Frame {
  const browser = browserOf(answers);
  return {
    me,
    commands: new Proxy({}, { get: () => async () => undefined }) as Frame['commands'],
    account: accountOf(answers),
    network: { isCutOff: () => false, cutOff: nothing, watch: () => nothing },
    lead: still({ isLeading: true }),
    shown: still({ isShown: true }),
    browser: async () => browser,
    install: { state: still({ at: install }), ask: async () => undefined },
    version: '1.0.0',
    signOut: async () => undefined,
    update: nothing,
    toast: nothing,
  };
}

function accountOf({ doors = {}, devices }: Answers): Account {
  return {
    requestCode: async () => offline,
    verify: async () => offline,
    devices: async () => answered(devices),
    revoke: async () => offline,
    whoAmI: async () => answered(me),
    ask: async (method, path) => answered(doors[`${method} ${path}`]),
    endSession: async () => true,
  };
}

const browserOf = ({ permission = 'default' }: Answers): Browser => ({
  notices: {
    permission: () => permission,
    ask: async () => permission,
    show: async () => undefined,
    keepOnly: async () => undefined,
  },
  showBadge: nothing,
  playChime: async () => true,
  holdOnScreen: () => nothing,
  isOnScreen: async () => false,
  askToKeep: async () => false,
});

const signedIn = new Date(2025, 2, 14, 9, 12).getTime();

export const devices: readonly Device[] = [
  {
    id: 'd1' as DeviceId,
    label: 'Chrome on Linux',
    signedInAtMs: signedIn,
    usedAtMs: signedIn,
    address: '192.0.2.7',
    isThis: true,
  },
  {
    id: 'd2' as DeviceId,
    label: 'Firefox on Android',
    signedInAtMs: signedIn,
    usedAtMs: signedIn + 86_400_000,
    address: '2001:db8:1:2::/64',
    isThis: false,
  },
  {
    id: 'd3' as DeviceId,
    label: 'A device with a very long name that somebody typed in a hurry',
    signedInAtMs: signedIn,
    usedAtMs: signedIn,
    isThis: false,
  },
];

export const passkeys = [
  { id: 'p1', name: 'The key on my laptop', host: location.hostname, addedAt: signedIn, usedAt: signedIn + 86_400_000 },
  { id: 'p2', name: 'Phone', host: 'chat.example', addedAt: signedIn },
];
