import { expect, test } from 'vitest';
import { createApplyWorld } from '../kit/apply-world.ts';
import { mistakes } from '../kit/mistakes.ts';
import { schedules } from '../kit/schedules.ts';
import { createWorld, type Mistake } from '../kit/world.ts';

/** Whether a story with this mistake in it is noticed, and as what it is: by a check, not by falling over. */
async function notices(live: () => Promise<void>): Promise<boolean> {
  try {
    await live();
    return false;
  } catch (error) {
    if (error instanceof Error && error.name === 'WorldFailure') return true;
    throw error;
  }
}

const applying = async (seed: number, mistake: Mistake) => {
  const world = await createApplyWorld(seed, mistake);
  for (let step = 0; step < 150; step++) await world.step();
  await world.settle();
};
const living = async (seed: number, mistake: Mistake) => {
  const world = await createWorld(seed, { mistake });
  for (let step = 0; step < 60; step++) await world.step();
  await world.settle();
  await world.checkRest();
};
const following = (schedule: keyof typeof schedules) => async (_: number, mistake: Mistake) =>
  schedules[schedule](await createApplyWorld(1, mistake, 3));

type Found = { readonly by: (seed: number, mistake: Mistake) => Promise<void>; readonly seedsMax: number };
const byChance = (by: Found['by'], seedsMax: number): Found => ({ by, seedsMax });
const bySchedule = (schedule: keyof typeof schedules): Found => ({ by: following(schedule), seedsMax: 1 });

/** How each is found; where chance needs many stories, a schedule tells the one that matters. */
const found: Readonly<Record<keyof typeof mistakes, Found>> = {
  'the watermark is the biggest seq seen': byChance(applying, 20),
  'a live run is applied whatever came before it': byChance(applying, 20),
  'a window leaves no hole': byChance(applying, 40),
  'a window leaves what is older current': byChance(applying, 40),
  'older ranges are not cut where the window starts': bySchedule('a reaction taken back in what a window skipped'),
  'every fill is current': bySchedule('an edit while a page is on its way'),
  'a page goes over what is current': bySchedule('an older page after a newer one'),
  'kept events stay good over a window': bySchedule('a page from before a window, after it'),
  'kept events stay good over a change of leader': bySchedule('a page from before another tab led, after it'),
  'the newer revision wins for a whole message': bySchedule('an old text with a new reaction, then a page from between'),
  'a snapshot adds and never takes away': bySchedule('a reaction taken back in what a window skipped'),
  'messages have no as-of': bySchedule('window, reaction on and off, fresh page, late run'),
  'a window is taken from any watermark': bySchedule('a window that comes after what it says'),
  'what was held before a return stays current': bySchedule('away for an edit'),
  'a deleted message can be edited back': bySchedule('an edit after a deletion'),
  'an accepted op is let go at once': byChance(living, 20),
  'a lane goes on while something of it is on its way': byChance(living, 20),
  'nothing waits for what it names': byChance(living, 20),
  'a leader whose term is over goes on writing': byChance(living, 60),
  'the watermark is stored before the messages': byChance(living, 60),
  'an op is forgotten when it is sent': byChance(living, 20),
  'what was on its way is not sent again': byChance(living, 200),
  'an op has another id on every attempt': byChance(living, 20),
  'a refused op is forgotten': byChance(living, 40),
};

test.each(Object.keys(mistakes))('[SM-1][SM-2] planted and noticed: %s', async (name) => {
  const { by, seedsMax } = found[name]!;
  let isNoticed = false;
  for (let seed = 1; seed <= seedsMax && !isNoticed; seed++) isNoticed = await notices(() => by(seed, mistakes[name]!));
  expect(isNoticed).toBe(true);
});
