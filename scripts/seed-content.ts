/** What the seeded people say: invented, and the same each time. */
export type Who = 'mira' | 'anna' | 'ingrid' | 'tariq' | 'jonas' | 'khalid' | 'yamada' | 'stranger';
export type Said = { readonly who: Who; readonly text: string; readonly daysAgo: number };
export type Chapter = {
  readonly name: string;
  readonly members: readonly Who[];
  readonly by: Who;
  readonly said: readonly Said[];
};

export const people: Readonly<Record<Who, { readonly name: string; readonly phone: string }>> = {
  mira: { name: 'Mira Ellingsen', phone: '+4741234567' },
  anna: { name: 'Anna Kowalska', phone: '+48512345678' },
  ingrid: { name: 'Ingrid Berg', phone: '+4791234567' },
  tariq: { name: 'Tariq Rahimi', phone: '+447400123456' },
  jonas: { name: 'Jonas Lie', phone: '+4798765432' },
  khalid: { name: 'خالد المنصوري', phone: '+971501234567' },
  yamada: { name: '山田 健', phone: '+819012345678' },
  stranger: { name: 'Maximiliane-Theodora Freifrau von Hohenstein-Waldenburg', phone: '+4915123456789' },
};

const harbour = [
  'The gauge at the north pier stopped reporting at 04:12, last value 1.87 m.',
  'Could be the modem again. I can take the boat out after ten if someone covers the desk.',
  'I’ve got the desk until noon. Take the spare SIM, it’s in the blue box.',
  'Should I bring the long cable?',
  'Yes please, and the `USB-C` reader. Checklist is https://pier.example/kit',
  'the tide gauge is back up 🎉',
  '👍',
  'Brilliant. I’ll close the ticket and write the note for the weekly.',
  'Also: whoever left the kettle on, we need to talk 😄',
  'Wind is turning. Second buoy in the afternoon, or wait for tomorrow?',
  'Tomorrow. Forecast says 14 m/s after four.',
  'Agreed. I’d rather look at the logs in the warm.',
  'Found it: the battery drops below 11.4 V every night at three.',
  'So the solar panel, not the modem. Who has the key to the shed?',
  '🔑 me. Meet you there at nine.',
  'Photos are on the shared drive, folder of the 14th.',
];
const talk = [
  'Are you on the night train?',
  'Yes! Leaves 21:40, I’ll save you a seat.',
  'Bring the blanket, the heating in coach 7 is a rumour.',
  '😂😂',
  'Did the parcel come?',
  'It did, thank you. The cake survived, mostly.',
  'I read the second half of the report. Page 12 is wrong about the currents.',
  'I thought so too. Shall I write to them?',
  'Please do. I’m in the field until Friday, no network.',
  'Then this will reach you on Friday 🙂',
  'It did.',
  'Dinner on Sunday?',
  'Only if you cook.',
];
const arabic = [
  'صباح الخير، كيف كانت الرحلة؟',
  'تمام، نلتقي عند المرسى',
  'هل وصل القارب؟',
  'نعم، قبل ساعة. الموعد 14:30 عند Pier 4.',
  'شكراً جزيلاً 🌊',
];
const japanese = [
  '了解です。明日の朝また連絡します',
  'お疲れさまでした。データは届きましたか？',
  'はい、ありがとうございます。すぐ確認します。',
  '北埠頭の水位計は1.87mでした。',
  '👌',
];
const odd = [
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2),
  'A list:\n\n1. cable\n2. SIM\n3. patience',
  Array.from(
    { length: 60 },
    (_, i) => `Paragraph ${i + 1}: the gauge was read at low water and again at high water, and both agree.`,
  ).join(' '),
  '🐙',
  'https://example.org/a/very/long/path/that/goes/on?and=on&until=it#wraps',
];

/** The same numbers in the same order on every machine. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Plan = {
  readonly members: readonly Who[];
  readonly lines: readonly string[];
  readonly count: number;
  readonly lastDaysAgo: number;
  readonly seed: number;
};

/** Talk in bursts over three weeks, the last of it `lastDaysAgo`. */
function converse({ members, lines, count, lastDaysAgo, seed }: Plan): Said[] {
  const next = numbers(seed);
  const span = 20 - lastDaysAgo;
  const said: Said[] = [];
  let who = members[0]!;
  for (let i = 0; i < count; i++) {
    if (next() < 0.6) who = members[Math.floor(next() * members.length)]!;
    // Forty times of talk, each in the last part of its stretch, so that days have mornings and silences.
    const place = ((i + 1) / count) * 40;
    const burst = Math.ceil(place) - 1;
    const at = (burst + 1 - (burst + 1 - place) * 0.15) / 40;
    const from = next() < 0.01 ? odd : lines;
    said.push({ who, text: from[(i * 7 + seed) % from.length]!, daysAgo: lastDaysAgo + span * (1 - at) });
  }
  return said.sort((a, b) => b.daysAgo - a.daysAgo);
}

const direct = (other: Who, plan: Omit<Plan, 'members'>): Chapter => ({
  name: `mira and ${other}`,
  members: ['mira', other],
  by: 'mira',
  said: converse({ ...plan, members: ['mira', other] }),
});
const group = (name: string, members: readonly Who[], plan: Omit<Plan, 'members'>): Chapter => ({
  name,
  members,
  by: members[0]!,
  said: converse({ ...plan, members }),
});

export const chapters: readonly Chapter[] = [
  group('Harbour crew', ['ingrid', 'mira', 'tariq', 'jonas', 'anna'], {
    lines: harbour,
    count: 1_200,
    lastDaysAgo: 0.004,
    seed: 3,
  }),
  direct('anna', { lines: talk, count: 600, lastDaysAgo: 0.02, seed: 5 }),
  direct('tariq', { lines: [...talk, ...harbour], count: 400, lastDaysAgo: 0.3, seed: 7 }),
  group('Field team — Lofoten', ['jonas', 'mira', 'ingrid'], {
    lines: [...harbour, ...talk],
    count: 500,
    lastDaysAgo: 1.1,
    seed: 11,
  }),
  direct('yamada', { lines: japanese, count: 80, lastDaysAgo: 2.2, seed: 13 }),
  direct('khalid', { lines: arabic, count: 80, lastDaysAgo: 2.4, seed: 17 }),
  group('Reading group', ['anna', 'mira', 'khalid', 'yamada'], {
    lines: [...talk, ...arabic, ...japanese],
    count: 240,
    lastDaysAgo: 3.5,
    seed: 19,
  }),
  {
    name: 'mira and stranger',
    members: ['mira', 'stranger'],
    by: 'stranger',
    said: [
      {
        who: 'stranger',
        text: 'Good day. I was given your number by the harbour office. Is the long cable still for sale?',
        daysAgo: 0.01,
      },
    ],
  },
];
