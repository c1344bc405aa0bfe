import { oneGroup } from '../kit/big-account.ts';
import { type Crowd, bareCrowd, chatterCrowd } from '../kit/crowds.ts';
import { type Figure, figure, median, repeat } from '../kit/figure.ts';
import { startBare, startChatter } from '../kit/process.ts';

type Group = { readonly members: number; readonly perSecond: number; readonly inFlight: number };

const groups: readonly Group[] = [
  { members: 10, perSecond: 100, inFlight: 8 },
  { members: 100, perSecond: 20, inFlight: 4 },
  { members: 1_000, perSecond: 2, inFlight: 1 },
];
const speakers = 8;
const floodMs = 1_000;
const trickleMs = 2_000;

type Taken = { readonly perSecond: number; readonly p99: number };

export async function groupsBench(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const group of groups) {
    const chatter = await chatterGroup(group);
    const bare = await bareGroup(group);
    const ofAll = (taken: readonly Taken[]): readonly number[] => taken.map(({ perSecond }) => perSecond);
    const limit = median(ofAll(bare));
    const at = `${group.members} members`;
    const p99Of = (taken: readonly Taken[]): readonly number[] => taken.map(({ p99 }) => p99);
    const shares = ofAll(chatter).map((perSecond) => perSecond / limit);
    figures.push(
      figure(`${at}, deliveries`, 'a second', ofAll(chatter)),
      figure(`${at}, bare Socket.IO`, 'a second', ofAll(bare)),
      figure(`${at}, of bare Socket.IO`, '×', shares),
      figure(`${at}, p99 at ${group.perSecond} messages/s`, 'ms', p99Of(chatter)),
      figure(`${at}, p99, bare Socket.IO`, 'ms', p99Of(bare)),
    );
  }
  return figures;
}

async function chatterGroup(group: Group): Promise<readonly Taken[]> {
  const account = await oneGroup({ members: group.members });
  const server = await startChatter(account.dataDir);
  const taken = await measured(await chatterCrowd(server, account.chats[0]!), group);
  await server.stop();
  account.remove();
  return taken;
}

async function bareGroup(group: Group): Promise<readonly Taken[]> {
  const server = await startBare('bare-socket-io.ts');
  const taken = await measured(await bareCrowd(server, group.members), group);
  await server.stop();
  return taken;
}

async function measured(crowd: Crowd, { perSecond, inFlight }: Group): Promise<readonly Taken[]> {
  const flood = { speakers, inFlight, ms: floodMs };
  await crowd.flood(flood);
  const taken = await repeat(async () => {
    const perSecondHeard = await crowd.flood(flood);
    return { perSecond: perSecondHeard, p99: await crowd.trickle({ perSecond, ms: trickleMs }) };
  });
  crowd.close();
  return taken;
}
