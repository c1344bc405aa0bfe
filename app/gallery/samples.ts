import type { Country } from '../ui/phone-field.tsx';
import type { ConversationRowProps } from '../ui/conversation-row.tsx';
import type { ListItem, MessageView } from '../ui/list-item.ts';

/** Everything here is invented and fixed, so that two pictures of the same code are the same. */
export const nowMs = new Date(2026, 10, 22, 12, 4).getTime();
export const todayAt = (clock: string) => daysAgo(0, clock);
export const daysAgo = (days: number, clock = '09:12') => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return new Date(2026, 10, 22 - days, hours, minutes).getTime();
};

/** Ids chosen for well-spread hues, as real ones spread by themselves. */
export const people = {
  me: { id: 'u-mira-16', name: 'Mira Ellingsen' },
  anna: { id: 'u-anna-97', name: 'Anna Kowalska' },
  ingrid: { id: 'u-ingrid-46', name: 'Ingrid Berg' },
  tariq: { id: 'u-tariq-14', name: 'Tariq Rahimi' },
  jonas: { id: 'u-jonas-7', name: 'Jonas Lie' },
  lena: { id: 'u-lena-116', name: 'Lena Novak' },
  sofia: { id: 'u-sofia-58', name: 'Sofía Vidal' },
  yamada: { id: 'u-yamada-38', name: '山田 健' },
  khalid: { id: 'u-khalid-17', name: 'خالد المنصوري' },
  long: { id: 'u-long-429', name: 'Maximiliane-Theodora Freifrau von Hohenstein-Waldenburg' },
} as const;

export const longText = Array.from(
  { length: 125 },
  (_, i) => `Paragraph ${i + 1}: the gauge was read at low water and again at high water, and both agree.`,
)
  .join(' ')
  .slice(0, 10_000);
export const giantWord = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(3);

type Who = keyof typeof people;
type Extra = Partial<MessageView> & { readonly at?: string };

let made = 0;

export function says(who: Who, text: string, { at = '11:40', ...extra }: Extra = {}): ListItem {
  const person = people[who];
  const id = extra.id ?? `m${made++}`;
  const message: MessageView = {
    id,
    senderId: person.id,
    senderName: person.name,
    isOwn: who === 'me',
    text,
    timeMs: todayAt(at),
    state: { at: 'sent' },
    ...extra,
  };
  return { kind: 'message', key: id, message };
}

export const harbour = { id: 'c-harbour-17', name: 'Harbour crew' };

export function harbourItems(): readonly ListItem[] {
  return [
    { kind: 'day', key: 'day 1', timeMs: daysAgo(1) },
    says('tariq', 'Morning all. The gauge at the north pier stopped reporting at 04:12, last value 1.87 m.', { at: '08:02' }),
    says('tariq', 'Could be the modem again. I can take the boat out after ten if someone covers the desk.', {
      at: '08:03',
      reactions: [
        { emoji: '👍', count: 3, isMine: true },
        { emoji: '⛵', count: 1, isMine: false },
      ],
    }),
    says('me', 'I’ve got the desk until noon. Take the spare SIM, it’s in the blue box.', { at: '08:11' }),
    { kind: 'system', key: 'sys 1', text: 'Ingrid Berg added Jonas Lie' },
    says('jonas', 'Hi! Jonas here — should I bring the long cable?', { at: '08:20' }),
    { kind: 'day', key: 'day 2', timeMs: nowMs },
    { kind: 'unread', key: 'unread', count: 2 },
    says('ingrid', 'Yes please, and the `USB-C` reader. Checklist is https://pier.example/kit', {
      at: '11:40',
      reply: { senderName: 'Jonas Lie', text: 'should I bring the long cable?' },
    }),
    says('tariq', 'the tide gauge is back up 🎉', {
      at: '11:58',
      reactions: [
        { emoji: '🎉', count: 5, isMine: true },
        { emoji: '❤️', count: 2, isMine: false },
      ],
    }),
    says('me', 'Brilliant. I’ll close the ticket and write the note for the weekly.', { at: '12:01', state: { at: 'queued' } }),
    says('me', 'Also: whoever left the kettle on, we need to talk 😄', { at: '12:02', state: { at: 'queued' } }),
  ];
}

export function roughItems(): readonly ListItem[] {
  return [
    { kind: 'hole', key: 'hole', count: 212, load: 'idle' },
    says('yamada', '了解です。明日の朝また連絡します。港の潮位計は直りましたか？', { at: '09:00' }),
    says('khalid', 'تمام، نلتقي عند المرسى الساعة ١٠ صباحًا. أحضر معك الكابل الطويل من فضلك.', { at: '09:02' }),
    says('me', 'مرحبا! I’ll be there with 2 cables.', { at: '09:03' }),
    says('long', giantWord, { at: '09:04' }),
    { kind: 'absent', key: 'absent' },
    says('anna', longText, { at: '09:10' }),
    { kind: 'stale', key: 'stale', load: 'idle' },
    says('anna', 'x', { at: '09:20', isDeleted: true }),
    says('me', 'x', { at: '09:21', isDeleted: true }),
    says('tariq', '🎉🎉', { at: '09:30' }),
    says('me', '👍🏽', { at: '09:31' }),
    says('me', 'The train leaves 21:40, platform 3.', { at: '09:40', isEdited: true }),
    says('me', 'Written in the tunnel, sent from the station.', { at: '11:31', writtenAtMs: todayAt('10:58') }),
    says('me', 'Has anyone finished part two?', {
      at: '11:50',
      state: { at: 'failed', reason: 'you are no longer in this group' },
    }),
    says('me', 'On its way', { at: '12:01', state: { at: 'sending' } }),
    says('me', 'Night train leaves 21:40, I’ll save you the seat by the window.', { at: '12:02', state: { at: 'queued' } }),
  ];
}

type Row = Omit<ConversationRowProps, 'nowMs'>;
const row = (person: { readonly id: string; readonly name: string }, rest: Partial<Row>): Row => ({
  id: person.id,
  avatarId: person.id,
  href: `#${person.id}`,
  title: person.name,
  ...rest,
});

export const conversationRows: readonly Row[] = [
  row(people.anna, {
    preview: { kind: 'message', from: 'You', text: 'Night train leaves 21:40, I’ll save you a seat', state: { at: 'queued' } },
    timeMs: todayAt('12:04'),
  }),
  row(harbour, {
    preview: { kind: 'message', from: 'Tariq', text: 'the tide gauge is back up 🎉' },
    timeMs: todayAt('11:58'),
    unreadCount: 4,
    isSelected: true,
  }),
  row(
    { id: 'u-mum-110', name: 'Mum' },
    { preview: { kind: 'message', text: 'Don’t forget the cake tin' }, timeMs: todayAt('11:31'), unreadCount: 1, isOnline: true },
  ),
  row(people.sofia, {
    preview: { kind: 'message', from: 'You', text: 'see you Thursday then', state: { at: 'sent' } },
    timeMs: todayAt('10:47'),
  }),
  row(
    { id: 'c-lofoten-65', name: 'Field team — Lofoten' },
    { preview: { kind: 'note', text: 'Ingrid added Jonas' }, timeMs: daysAgo(1), unreadCount: 32, isMuted: true },
  ),
  row(people.lena, {
    preview: { kind: 'draft', text: 'about the second half of the report, I think we should' },
    timeMs: daysAgo(1),
  }),
  row(people.yamada, { preview: { kind: 'message', text: '了解です。明日の朝また連絡します' }, timeMs: daysAgo(2) }),
  row(people.khalid, { preview: { kind: 'message', text: 'تمام، نلتقي عند المرسى' }, timeMs: daysAgo(2) }),
  row(
    { id: 'c-reading-28', name: 'Reading group' },
    {
      preview: {
        kind: 'message',
        from: 'You',
        text: 'Has anyone finished part two?',
        state: { at: 'failed', reason: 'no longer in this group' },
      },
      timeMs: daysAgo(3),
    },
  ),
  row(people.long, {
    preview: { kind: 'message', from: 'Maximiliane-Theodora', text: giantWord },
    timeMs: daysAgo(8),
    unreadCount: 1204,
    isMuted: true,
  }),
  row({ id: 'u-jo-19', name: 'Jo Dufresne' }, { preview: { kind: 'note', text: 'You added Jo' }, timeMs: daysAgo(400) }),
];

export const countries: readonly Country[] = [
  { code: 'NO', name: 'Norway', callingCode: '47', flag: '🇳🇴' },
  { code: 'DE', name: 'Germany', callingCode: '49', flag: '🇩🇪' },
  { code: 'JP', name: 'Japan', callingCode: '81', flag: '🇯🇵' },
  { code: 'AE', name: 'United Arab Emirates', callingCode: '971', flag: '🇦🇪' },
];
