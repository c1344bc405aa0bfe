import { useLingui } from '@lingui/react';
import { Ban, HardDrive, ShieldCheck, ShieldQuestion } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useConversationList, useLink, useStorageInfo, type ConversationItem } from '../../store/queries/queries.ts';
import { useSizes, type Size } from '../../store/queries/sizes.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { localesOf } from '../../ui/dates.ts';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { SettingsGroup, SettingsRow } from '../../ui/settings.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useBrowser } from '../frame/use-browser.ts';
import { useFrame } from '../frame/frame.ts';
import { useBack, useGo } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';
import { useTitle } from '../frame/title.ts';
import { bytesText } from './bytes-text.ts';

/** What this device keeps, how much it is, and whether it stays. */
export function Storage() {
  const { i18n } = useLingui();
  const back = useBack(paths.settings);
  const { storage } = useLink();
  useTitle(i18n._('Storage'));
  return (
    <Pane
      surface="bg"
      column="reading"
      label={i18n._('Storage')}
      header={<PaneHeader title={i18n._('Storage')} onBack={back} isBackNarrowOnly hasLine />}
    >
      {storage === 'memory' ? <InMemory /> : <OnDisk />}
      <ByChat />
    </Pane>
  );
}

function InMemory() {
  const { i18n } = useLingui();
  return (
    <SettingsGroup
      note={i18n._(
        'Private windows and strict settings keep pages from storing anything. Messages come from the server each time you open Chatter.',
      )}
    >
      <SettingsRow
        icon={Ban}
        title={i18n._('Nothing is kept on this device')}
        note={i18n._('Closing this tab forgets everything, and what was not sent is lost.')}
      />
    </SettingsGroup>
  );
}

function OnDisk() {
  const { i18n } = useLingui();
  const facts = useStorageInfo();
  const { usedBytes, quotaBytes } = facts ?? {};
  const text = (bytes: number) => bytesText(bytes, localesOf(i18n));
  return (
    <SettingsGroup
      note={i18n._(
        'Your messages, names and drafts are in this browser’s storage, so that they open without a network. Whoever can open this browser here can read them. Signing out removes them; what was sent stays on the server.',
      )}
    >
      <SettingsRow
        icon={HardDrive}
        title={i18n._('Used on this device')}
        value={usedBytes === undefined ? undefined : text(usedBytes)}
        note={
          quotaBytes === undefined
            ? undefined
            : i18n._('The browser allows up to {quota}, with the app itself', { quota: text(quotaBytes) })
        }
      />
      {facts && <Kept isKept={facts.isPersistent} />}
    </SettingsGroup>
  );
}

/** Browsers agree without a word, refuse without a word, or ask the person. */
function Kept({ isKept }: { readonly isKept: boolean }) {
  const { i18n } = useLingui();
  const browser = useBrowser();
  const [answer, setAnswer] = useState<boolean>();
  if (answer ?? isKept) {
    return (
      <SettingsRow
        icon={ShieldCheck}
        title={i18n._('Kept by the browser')}
        note={i18n._('It is not cleared when space runs low, only by you.')}
      />
    );
  }
  return (
    <SettingsRow
      icon={ShieldQuestion}
      title={i18n._('May be cleared when space runs low')}
      note={
        answer === undefined
          ? i18n._('What the server has comes back; what was not sent would be lost.')
          : i18n._('The browser did not agree. Installing Chatter, or using it for some days, often changes that.')
      }
      trailing={
        <Button kind="soft" size="s" disabled={!browser} onClick={() => void browser?.askToKeep().then(setAnswer)}>
          {i18n._('Ask to keep')}
        </Button>
      }
    />
  );
}

type Sized = { readonly item: ConversationItem; readonly size: Size };

const shownMax = 50;

function ByChat() {
  const { i18n } = useLingui();
  const { me } = useFrame();
  const go = useGo();
  const items = useConversationList('all');
  const { sizes, isWhole } = useSizes(useMemo(() => items?.map(({ id }) => id).toSorted(), [items]));
  const largest = useMemo(() => largestFirst(items ?? [], sizes), [items, sizes]);
  if (!isWhole) return <SkeletonRows kind="person" count={4} />;
  if (largest.length === 0) return undefined;
  return (
    <SettingsGroup
      title={i18n._('By chat, largest first')}
      note={i18n._('Estimated from the messages held here; the browser’s own figure above includes what it needs around them.')}
    >
      {largest.slice(0, shownMax).map(({ item: { id, title, conversation }, size }) => (
        <SettingsRow
          key={id}
          leading={<Avatar id={conversation.other ?? id} name={title} size={9} />}
          title={<bdi>{conversation.other === me ? i18n._('Notes to yourself') : title || i18n._('A chat')}</bdi>}
          note={i18n._('Messages: {count}', { count: i18n.number(size.messages) })}
          value={bytesText(size.bytes, localesOf(i18n))}
          href={paths.conversation(id)}
          onPress={() => go(paths.conversation(id))}
        />
      ))}
    </SettingsGroup>
  );
}

function largestFirst(items: readonly ConversationItem[], sizes: ReadonlyMap<string, Size>): readonly Sized[] {
  return items
    .flatMap((item): readonly Sized[] => {
      const size = sizes.get(item.id);
      return size ? [{ item, size }] : [];
    })
    .toSorted((a, b) => b.size.bytes - a.size.bytes);
}
