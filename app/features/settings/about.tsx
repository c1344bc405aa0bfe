import { useLingui } from '@lingui/react';
import { Bug, Tag } from 'lucide-react';
import { PROTOCOL_VERSION } from '#sync-protocol';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { SettingsGroup, SettingsRow } from '../../ui/settings.tsx';
import { useFrame } from '../frame/frame.ts';
import { useBack, useGo } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';
import { useTitle } from '../frame/title.ts';

export function About() {
  const { i18n } = useLingui();
  const { version } = useFrame();
  const back = useBack(paths.settings);
  const go = useGo();
  useTitle(i18n._('About'));
  return (
    <Pane
      surface="bg"
      column="reading"
      label={i18n._('About and help')}
      header={<PaneHeader title={i18n._('About and help')} onBack={back} isBackNarrowOnly hasLine />}
    >
      <SettingsGroup
        note={i18n._(
          'Chatter keeps your messages on this device. They open without a network, and what you write is sent when there is one.',
        )}
      >
        <SettingsRow
          icon={Tag}
          title={i18n._('Version')}
          value={version}
          note={i18n._('Speaks version {number} of the protocol', { number: PROTOCOL_VERSION })}
        />
        <SettingsRow
          icon={Bug}
          title={i18n._('What this device knows')}
          note={i18n._('Link, watermarks, outbox and storage, to copy into a report')}
          href={paths.debug}
          onPress={() => go(paths.debug)}
        />
      </SettingsGroup>
    </Pane>
  );
}
