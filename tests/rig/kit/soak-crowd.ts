/** The people of a soak: groups of different sizes, direct chats, and those who come, are let in, are put out and leave. */
import { type DeviceId, type LogId, type Op, type OpId, type UserId, selfLog } from '#sync-protocol';
import type { Random } from '../../kit/random.ts';
import {
  type ScriptClient,
  type Server,
  aMessage,
  createGroup,
  createScriptClient,
  directWith,
  mintId,
  signUp,
} from '../../kit/script-client.ts';
import type { RollingLedger } from './rolling-ledger.ts';
import { type Deed, type Place, type SoakDevice, createSoakDevice, weights } from './soak-device.ts';

export interface Crowd {
  /** Those who stay to the end. */
  readonly devices: readonly SoakDevice[];
  /** Everything there is now, those who are passing through included. */
  all(): readonly SoakDevice[];
  /** One of the things that happen now and then, each in its turn; a device that comes begins to live. */
  turn(start: (device: SoakDevice) => void): Promise<void>;
  /** Whoever was put out of a group is in it again, so that everybody is to see all of it. */
  letAllIn(): Promise<void>;
  /** Everything acknowledged so far is where it was said to be. */
  audit(): Promise<void>;
  readonly counts: ReadonlyMap<string, number>;
}

type Passing = { readonly device: SoakDevice; readonly begins?: Place };
type Deps = { readonly server: Server; readonly people: number; readonly ledger: RollingLedger; readonly random: Random };

const guestsMax = 4;
const secondDevices = 4;
const passingMax = 6;

export async function gather(deps: Deps): Promise<Crowd> {
  const counts = new Map<string, number>();
  const tally = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const town = await build(deps, createDeck(deps.random, tally));
  const { devices, auditorOf } = town;
  const passing: Passing[] = [];
  const { turns, letAllIn } = createTurns(deps, town, passing);
  let taken = 0;
  /** Nobody leaves while they are asked what they read. */
  let before: Promise<void> = Promise.resolve();
  const alone = (act: () => Promise<void>): Promise<void> => (before = before.then(act));
  const all = (): readonly SoakDevice[] => [...devices, ...passing.map(({ device }) => device)];

  return {
    devices,
    counts,
    all,
    letAllIn,
    turn: (start) =>
      alone(async () => {
        const [name, take] = turns[taken++ % turns.length]!;
        await take(start);
        tally(name);
      }),
    audit: () =>
      alone(async () => {
        const logs = all().flatMap((device) =>
          device.follower
            .logs()
            .filter((log) => auditorOf.get(log) === device.client.device)
            .map((log) => ({ log, device, to: deps.ledger.acknowledgedTo(log) })),
        );
        for (const { log, device, to } of logs) {
          await device.reach(log, to);
          deps.ledger.readTo(log, device.follower.at(log).watermark);
        }
      }),
  };
}

type More = { readonly isNew?: boolean; readonly isGuest?: boolean; readonly places?: readonly Place[] };
type Town = {
  readonly residents: readonly ScriptClient[];
  readonly guests: readonly ScriptClient[];
  readonly devices: readonly SoakDevice[];
  /** A group that guests are let into and put out of. */
  readonly passage: LogId;
  /** The device that reads a log for the ledger, from the log's beginning. */
  readonly auditorOf: Map<LogId, DeviceId>;
  make(client: ScriptClient, tag: string, more?: More): SoakDevice;
};

async function build({ server, people: count, ledger, random }: Deps, deal: () => Deed): Promise<Town> {
  const people: ScriptClient[] = [];
  for (let i = 0; i < count; i++) people.push(await signUp(server, `person${i}`));
  const [residents, guests] = [people.slice(0, -guestsMax), people.slice(-guestsMax)];
  const [owner] = residents as [ScriptClient];
  const placesOf = new Map<UserId, Place[]>(people.map(({ user }) => [user, []]));
  const auditorOf = new Map<LogId, DeviceId>(people.map(({ user, device }) => [selfLog(user), device]));

  async function found(title: string, members: readonly ScriptClient[]): Promise<Place> {
    const place = await createGroup(owner, members, title);
    auditorOf.set(place.log, owner.device);
    for (const { user } of members) placesOf.get(user)!.push(place);
    return place;
  }

  for (const size of [count, Math.ceil(count / 2), 8, 5, 3]) await found(`Group of ${size}`, people.slice(0, size));
  const passage = await found('In and out', [...residents.slice(0, 6), ...guests]);
  for (const [i, one] of residents.entries()) {
    const other = residents[(i + 1) % residents.length]!;
    const place = directWith(one.user, other.user);
    auditorOf.set(place.log, one.device);
    placesOf.get(one.user)!.push({ ...place, other: other.user });
    placesOf.get(other.user)!.push({ ...place, other: one.user });
    // It is there once somebody has said something in it.
    const first = aMessage(place.log, `first-${one.name}:1`, other.user);
    ledger.asked(first);
    ledger.answered(await one.send([first]));
  }

  const make = (client: ScriptClient, tag: string, more: More = {}): SoakDevice => {
    const places = placesOf.get(client.user) ?? [];
    const audits = (log: LogId): boolean => auditorOf.get(log) === client.device;
    return createSoakDevice({ client, tag, places, ledger, random, deal, audits, ...more });
  };
  const devices = people.map((client, i) => make(client, `p${i}`, { isGuest: guests.includes(client) }));
  for (const client of residents.slice(0, secondDevices)) {
    devices.push(make(await linkDevice(server, client), `second-${client.name}`, { isNew: true }));
  }
  for (const device of devices) await device.open();
  return { residents, guests, devices, passage: passage.log, auditorOf, make };
}

type Turn = readonly [string, (start: (device: SoakDevice) => void) => Promise<void>];

function createTurns({ server, ledger, random }: Deps, town: Town, passing: Passing[]) {
  const { residents, guests, devices, passage, auditorOf, make } = town;
  const [ownersDevice] = devices as [SoakDevice];
  const inside = new Set(guests.map(({ user }) => user));
  let came = 0;

  const toPassage = (type: string, payload: unknown): Promise<void> =>
    ownersDevice.deliver([{ opId: mintId<OpId>(), log: passage, type, writtenAt: Date.now(), payload } as Op]);

  const welcome = (next: () => Promise<Passing>) => async (start: (device: SoakDevice) => void) => {
    const newest = await next();
    await newest.device.open();
    if (newest.begins) await newest.device.say(newest.begins);
    passing.push(newest);
    start(newest.device);
    if (passing.length > passingMax) await seeOff(passing.shift()!);
  };

  async function seeOff({ device: { leave, follower, client }, begins }: Passing): Promise<void> {
    await leave();
    for (const log of begins ? [begins.log, selfLog(client.user)] : []) {
      ledger.readTo(log, follower.at(log).watermark);
      auditorOf.delete(log);
    }
    const { status } = await client.ask('POST', '/api/sign-out');
    if (status !== 200) throw new Error(`a sign-out was answered ${status}`);
    const after = await client.ask('GET', '/api/me');
    if (after.status !== 401) throw new Error(`a signed-out device was answered ${after.status}`);
  }

  /** Somebody new, who talks with one person and leaves. */
  async function newcomer(): Promise<Passing> {
    const client = await signUp(server, `newcomer${++came}`);
    const other = random.pick(residents).user;
    const begins = { ...directWith(client.user, other), other };
    for (const log of [begins.log, selfLog(client.user)]) auditorOf.set(log, client.device);
    return { device: make(client, `n${came}`, { places: [begins] }), begins };
  }

  /** A further device of somebody who is here. */
  async function further(): Promise<Passing> {
    const client = await linkDevice(server, random.pick(residents));
    return { device: make(client, `d${++came}`, { isNew: true }) };
  }

  async function inOrOut(): Promise<void> {
    const { user } = random.pick(guests);
    if (inside.delete(user)) return toPassage('member-removed', { user });
    inside.add(user);
    return toPassage('members-added', { members: [user] });
  }

  const turns: readonly Turn[] = [
    ['sign up', welcome(newcomer)],
    ['in or out', inOrOut],
    ['further device', welcome(further)],
    ['rename', () => toPassage('info-changed', { title: `In and out ${++came}` })],
  ];
  const letAllIn = (): Promise<void> => toPassage('members-added', { members: guests.map(({ user }) => user) });
  return { turns, letAllIn };
}

/** Everything in its share, in an order of chance: a hundred deeds have each of them. */
function createDeck(random: Random, tally: (deed: Deed) => void): () => Deed {
  const whole = (Object.keys(weights) as Deed[]).flatMap((deed) => Array.from({ length: weights[deed] }, () => deed));
  let deck: Deed[] = [];
  return () => {
    if (deck.length === 0) deck = [...whole];
    const [deed] = deck.splice(random.below(deck.length), 1) as [Deed];
    tally(deed);
    return deed;
  };
}

/** Every link asks from an address of its own, as those of a town would. */
let links = 0;

/** A session for a further device, as with a QR code: it asks, the signed-in device confirms, it collects. */
async function linkDevice({ url }: Server, by: ScriptClient): Promise<ScriptClient> {
  const address = { 'x-forwarded-for': `10.200.${(++links >> 8) & 255}.${links & 255}` };
  const started = await fetch(`${url}/api/device-links`, { method: 'POST', headers: address });
  const cookie = started.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const { token } = (await started.json()) as { token: string };
  const found = await by.ask('POST', '/api/device-links/find', { token });
  await by.ask('PUT', `/api/device-links/${(found.body as { linkId: string }).linkId}`);
  const collected = await fetch(`${url}/api/device-links/collect`, { method: 'POST', headers: { cookie, ...address } });
  if (!collected.ok) throw new Error(`a device was not let in: ${collected.status} ${await collected.text()}`);
  const session = (await collected.json()) as { readonly deviceId: DeviceId; readonly token: string };
  return createScriptClient({ url, name: by.name, user: by.user, device: session.deviceId, token: session.token });
}
