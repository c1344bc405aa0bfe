import { useLingui } from '@lingui/react';
import { Copy } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { PROTOCOL_VERSION } from '#sync-protocol';
import { useConversationList, useLink, useOutbox, useStorageInfo } from '../../store/queries/queries.ts';
import { useWireLog } from '../../store/queries/provider.tsx';
import { Button } from '../../ui/button.tsx';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { SettingsGroup, SettingsRow } from '../../ui/settings.tsx';
import { Switch } from '../../ui/switch.tsx';
import { copyText } from '../frame/copy.ts';
import { useFrame } from '../frame/frame.ts';
import { useBack } from '../frame/go.ts';
import { LinkBanner } from '../frame/link-banner.tsx';
import { useNow } from '../frame/now.ts';
import { paths } from '../frame/paths.ts';
import { useTitle } from '../frame/title.ts';
import { reportText } from './report-text.ts';

/** What this device knows, for whoever looks for a fault. Numbers, ids and states: nothing anybody wrote. */
export function Debug() {
  const { i18n } = useLingui();
  const { toast } = useFrame();
  const back = useBack(paths.about);
  const link = useLink();
  const outbox = useOutbox() ?? [];
  useTitle(i18n._('What this device knows'));
  const report = useReport();
  const copy = async () => {
    toast({ text: (await copyText(report)) ? i18n._('Copied') : i18n._('The browser did not allow copying.') });
  };
  return (
    <Pane
      surface="bg"
      column="reading"
      label={i18n._('What this device knows')}
      header={
        <PaneHeader
          title={i18n._('What this device knows')}
          onBack={back}
          hasLine
          actions={
            <Button kind="soft" size="s" icon={Copy} onClick={() => void copy()}>
              {i18n._('Copy report')}
            </Button>
          }
        />
      }
    >
      <LinkBanner isInset />
      <SettingsGroup title={i18n._('Link')}>
        <SettingsRow title={i18n._('State')} value={link.link.at} />
        <SettingsRow title={i18n._('Conversations to catch up')} value={i18n.number(link.catchingUp)} />
        <SettingsRow
          title={i18n._('Waiting in the outbox')}
          value={i18n.number(outbox.filter(({ state }) => state.at !== 'answered').length)}
        />
        <SettingsRow title={i18n._('Kept on')} value={link.storage} />
      </SettingsGroup>
      <CutOffGroup />
      <WireGroup />
      <SettingsGroup
        title={i18n._('Everything, as it is copied')}
        note={i18n._('It holds no text of anybody, only ids, numbers and states.')}
      >
        <pre
          tabIndex={0}
          aria-label={i18n._('Report')}
          dir="ltr"
          className="max-h-120 overflow-auto p-3.5 text-left font-mono text-meta whitespace-pre-wrap text-ink-2"
        >
          {report}
        </pre>
      </SettingsGroup>
    </Pane>
  );
}

/** For whoever shows the app to somebody. */
function CutOffGroup() {
  const { i18n } = useLingui();
  const { network } = useFrame();
  const isCutOff = useCutOff();
  const title = i18n._('Act as if there were no network');
  return (
    <SettingsGroup title={i18n._('For demonstrations')}>
      <SettingsRow
        title={title}
        note={i18n._('Nothing is sent or received in any tab. It ends when you switch it off, reload, or open another tab.')}
        trailing={<Switch label={title} isOn={isCutOff} onChange={network.cutOff} />}
      />
    </SettingsGroup>
  );
}

function useCutOff(): boolean {
  const { network } = useFrame();
  return useSyncExternalStore(network.watch, network.isCutOff);
}

/** The newest first, so that what just happened is on top. */
function WireGroup() {
  const { i18n } = useLingui();
  const lines = useWireLog();
  return (
    <SettingsGroup title={i18n._('Last messages of the wire')}>
      <ol
        tabIndex={0}
        aria-label={i18n._('Last messages of the wire')}
        dir="ltr"
        className="max-h-60 overflow-auto p-3.5 text-left font-mono text-meta text-ink-2"
      >
        {lines.toReversed().map(({ atMs, way, said }, i) => (
          <li key={lines.length - i} className="whitespace-pre-wrap">
            {`${new Date(atMs).toISOString().slice(11, 23)} ${way === 'up' ? '→' : '←'} ${said}`}
          </li>
        ))}
      </ol>
    </SettingsGroup>
  );
}

function useReport(): string {
  const { me, version } = useFrame();
  const nowMs = useNow();
  const link = useLink();
  const outbox = useOutbox() ?? [];
  const conversations = useConversationList('all') ?? [];
  const storage = useStorageInfo();
  const wire = useWireLog();
  const isCutOff = useCutOff();
  return reportText({
    version,
    protocol: PROTOCOL_VERSION,
    user: me,
    atMs: nowMs,
    link,
    isCutOff,
    storage,
    browser: navigator.userAgent,
    isControlled: Boolean(navigator.serviceWorker?.controller),
    wire,
    outbox: outbox.map(({ n, opId, log, op, state }) => ({ n, opId, log, type: op.type, state })),
    conversations: conversations.map(({ id, conversation }) => ({
      id,
      watermark: conversation.watermark,
      knownHead: conversation.knownHead,
      chain: conversation.chain,
      ranges: conversation.ranges,
    })),
  });
}
