/** Stories that chance tells too rarely, step by step. Right rules pass every check on the way. */
import type { ApplyWorld } from './apply-world.ts';

type Schedule = (world: ApplyWorld) => Promise<void>;

/** Messages at 2–9, of which this device holds the last two: 2–7 are a hole. Its watermark is 9. */
async function withHole({ hands }: ApplyWorld): Promise<void> {
  await hands.say(8);
  hands.lose();
  await hands.sync();
}

export const schedules = {
  /** A page ahead of the watermark knows that a reaction came and went; then the late run that brings it arrives. */
  'window, reaction on and off, fresh page, late run': async (world) => {
    const { hands } = world;
    await withHole(world);
    await hands.react(2, true);
    await hands.react(2, false);
    const page = await hands.askPage(2, 3);
    await page();
    await world.check();
    await hands.liveOne();
    await world.check();
  },
  /** Events were kept, a window was put in, one more came: what the window skipped is not among the kept ones. */
  'a page from before a window, after it': async (world) => {
    const { hands } = world;
    await withHole(world);
    await hands.say(2);
    await hands.live();
    const page = await hands.askPage(2, 3);
    await hands.edit(2);
    await hands.say(6);
    hands.lose();
    await hands.sync();
    await hands.say();
    await hands.live();
    await page();
    await world.check();
  },
  /** Another tab led for a while: what it applied is not among the events kept here. */
  'a page from before another tab led, after it': async (world) => {
    const { hands } = world;
    await hands.changeLeader();
    await hands.changeLeader();
    await withHole(world);
    await hands.say(2);
    await hands.live();
    const page = await hands.askPage(2, 3);
    await hands.changeLeader();
    await hands.edit(2);
    await hands.say();
    await hands.live();
    await hands.changeLeader();
    await hands.say();
    await hands.live();
    await page();
    await world.check();
  },
  /** A message held as it was long ago got a late reaction; the page knows of an edit in between. */
  'an old text with a new reaction, then a page from between': async (world) => {
    const { hands } = world;
    hands.open(false);
    await hands.say(2);
    await hands.live();
    await hands.sync();
    await hands.edit(2);
    await hands.say(6);
    hands.lose();
    await hands.sync();
    const page = await hands.askPage(2, 2);
    await hands.react(2, true);
    await hands.live();
    await page();
    await world.check();
  },
  /** Two pages for one hole, the older one later. */
  'an older page after a newer one': async (world) => {
    const { hands } = world;
    hands.open(false);
    await withHole(world);
    const older = await hands.askPage(2, 4);
    await hands.edit(2);
    await hands.live();
    const newer = await hands.askPage(2, 4);
    await newer();
    await world.check();
    const before = JSON.stringify(await hands.ranges());
    await older();
    if (JSON.stringify(await hands.ranges()) !== before) world.fail('C2: an older page took back what a newer one brought');
  },
  /** What came live in the meantime is newer than the page. */
  'an edit while a page is on its way': async (world) => {
    const { hands } = world;
    hands.open(false);
    await withHole(world);
    const page = await hands.askPage(2, 4);
    await hands.edit(2);
    await hands.live();
    await page();
    await world.check();
  },
  /** A held reaction is taken back in what a window skipped. */
  'a reaction taken back in what a window skipped': async (world) => {
    const { hands } = world;
    await hands.say(2);
    await hands.react(2, true);
    await hands.live();
    await hands.sync();
    await hands.react(2, false);
    for (let i = 0; i < 5; i++) await hands.edit(3);
    hands.lose();
    await hands.sync();
    await world.check();
  },
  /** An answer that was on its way while what it speaks of came live. */
  'a window that comes after what it says': async (world) => {
    const { hands } = world;
    await hands.say(2);
    await hands.live();
    await hands.sync();
    await hands.say(6);
    const late = await hands.askWindow();
    await hands.edit(2);
    await hands.live();
    await world.check();
    await late();
    await world.check();
  },
  /** What happened to a held message while this person was away was hidden from them. */
  'away for an edit': async (world) => {
    const { hands } = world;
    await hands.sync();
    await hands.say(2);
    await hands.live();
    await hands.member(false);
    await hands.live();
    await hands.edit(2);
    await hands.member(true);
    hands.lose();
    await hands.sync();
    await hands.sync();
    await world.check();
  },
  'an edit after a deletion': async (world) => {
    const { hands } = world;
    await hands.say(2);
    await hands.live();
    await hands.erase(2);
    await hands.edit(2);
    await hands.live();
    await world.check();
  },
} as const satisfies Record<string, Schedule>;
