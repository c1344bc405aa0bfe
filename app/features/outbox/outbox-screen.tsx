import { useLingui } from '@lingui/react';
import { CircleCheck, Copy, Ellipsis, PenLine, RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { conversationOf, type OpId } from '#sync-protocol';
import { useConversationList, useOutbox, usePersons } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { OutboxRow, type OutboxRowState } from '../../ui/outbox-row.tsx';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { copyText, saveAsFile } from '../frame/copy.ts';
import { useFrame } from '../frame/frame.ts';
import { useGo } from '../frame/go.ts';
import { LinkBanner } from '../frame/link-banner.tsx';
import { useNow } from '../frame/now.ts';
import { paths } from '../frame/paths.ts';
import { parkedWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';
import { exportText } from './export-text.ts';
import { opWords, type Names, type OpWords } from './outbox-words.ts';

type Entry = NonNullable<ReturnType<typeof useOutbox>>[number];
type Act = { readonly entry: Entry; readonly words: OpWords; readonly state: OutboxRowState };

/** Everything not on the server yet: what, where, why, and what to do about it. */
export function Outbox() {
  const { i18n } = useLingui();
  const { commands } = useFrame();
  const nowMs = useNow();
  const acts = useActs();
  const [discarding, setDiscarding] = useState<OpId>();
  useTitle(i18n._('Outbox'));
  const waiting = acts?.filter(({ state }) => state.at !== 'failed').length ?? 0;
  const failed = (acts?.length ?? 0) - waiting;
  return (
    <Pane
      label={i18n._('Outbox')}
      column="reading"
      header={<PaneHeader title={i18n._('Outbox')} />}
      footer={acts && acts.length > 0 && <Footer acts={acts} waiting={waiting} failed={failed} />}
    >
      <LinkBanner isInset isOnOutbox />
      {!acts && <SkeletonRows kind="person" count={3} />}
      {acts?.length === 0 && (
        <EmptyState
          icon={CircleCheck}
          title={i18n._('Everything is sent')}
          text={i18n._('What you do without a network waits here until there is one.')}
        />
      )}
      <ul>
        {acts?.map((act) => (
          <OutboxRow
            key={act.entry.opId}
            {...act.words}
            timeMs={act.entry.stagedAtMs}
            nowMs={nowMs}
            state={act.state}
            trailing={<ActMenu act={act} onDiscard={() => setDiscarding(act.entry.opId)} />}
          />
        ))}
      </ul>
      <ConfirmDialog
        title={i18n._('Discard this?')}
        isOpen={discarding !== undefined}
        onClose={() => setDiscarding(undefined)}
        confirmLabel={i18n._('Discard')}
        isDestructive
        onConfirm={() => {
          if (discarding) void commands.discard(discarding);
          setDiscarding(undefined);
        }}
      >
        <p>{i18n._('It was not sent and exists only here.')}</p>
      </ConfirmDialog>
    </Pane>
  );
}

function useActs(): readonly Act[] | undefined {
  const { i18n } = useLingui();
  const entries = useOutbox()?.filter(({ op, state }) => state.at !== 'answered' && op.type !== 'read-marker');
  const conversations = useConversationList('all');
  const persons = usePersons([]);
  if (!entries || !conversations) return undefined;
  const titles = new Map(conversations.map(({ id, title }) => [id, title]));
  const names: Names = {
    conversation: (id) => titles.get(id) ?? i18n._('A chat'),
    person: persons.nameOf,
    text: () => undefined,
  };
  return entries.map((entry) => {
    const conversation = conversationOf(entry.log);
    const where = conversation ? names.conversation(conversation) : i18n._('Your settings');
    return { entry, words: opWords(i18n, entry.op, where, names), state: stateOf(entry) };
  });

  function stateOf({ state }: Entry): OutboxRowState {
    if (state.at === 'parked')
      return { at: 'failed', reason: i18n._('Not sent: {reason}. Kept here.', { reason: parkedWords(i18n, state.refusal) }) };
    return { at: state.at === 'sending' ? 'sending' : 'queued' };
  }
}

function ActMenu({ act: { entry, words, state }, onDiscard }: { readonly act: Act; readonly onDiscard: () => void }) {
  const { i18n } = useLingui();
  const { commands, toast } = useFrame();
  const go = useGo();
  const conversation = conversationOf(entry.log);
  const isFailed = state.at === 'failed';
  const text = entry.op.type === 'message' || entry.op.type === 'edit' ? entry.op.payload.body.text : undefined;
  const writeAnew = async () => {
    if (!conversation || text === undefined) return;
    await commands.saveDraft(conversation, text);
    await commands.discard(entry.opId);
    go(paths.conversation(conversation));
  };
  const items: MenuItem[] = [
    ...(isFailed
      ? [{ id: 'again', label: i18n._('Send again'), icon: RotateCw, onSelect: () => void commands.sendAgain(entry.opId) }]
      : []),
    ...(conversation && text !== undefined
      ? [{ id: 'anew', label: i18n._('Edit as a new message'), icon: PenLine, onSelect: () => void writeAnew() }]
      : []),
    {
      id: 'copy',
      label: i18n._('Copy text'),
      icon: Copy,
      onSelect: () =>
        void copyText(text ?? words.text).then((ok) =>
          toast({ text: ok ? i18n._('Copied') : i18n._('The browser did not allow copying.') }),
        ),
    },
    { id: 'discard', label: i18n._('Discard'), icon: Trash2, isDestructive: true, onSelect: onDiscard },
  ];
  return <Menu label={i18n._('What to do with it')} icon={Ellipsis} items={items} />;
}

function Footer({ acts, waiting, failed }: { readonly acts: readonly Act[]; readonly waiting: number; readonly failed: number }) {
  const { i18n } = useLingui();
  const { commands } = useFrame();
  const save = () => {
    const exported = acts.map(({ entry, words, state }) => ({
      title: words.title,
      text: words.text,
      writtenAtMs: entry.op.writtenAt,
      state: state.at === 'failed' ? state.reason : state.at,
    }));
    saveAsFile('chatter-outbox.txt', exportText(exported, Date.now()));
  };
  const said = [
    waiting > 0 && i18n._('{count, plural, one {# waiting} other {# waiting}}', { count: waiting }),
    failed > 0 && i18n._('{count, plural, one {# needs you} other {# need you}}', { count: failed }),
  ];
  return (
    <>
      <p className="min-w-0 flex-1 text-note text-ink-2">{said.filter((part) => part !== false).join(' · ')}</p>
      <Button kind="soft" size="s" onClick={save}>
        {i18n._('Export')}
      </Button>
      <Button size="s" onClick={() => commands.tryNow()}>
        {i18n._('Try all now')}
      </Button>
    </>
  );
}
