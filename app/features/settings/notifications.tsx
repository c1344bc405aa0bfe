import { useLingui } from '@lingui/react';
import { BellOff, BellRing, MessageSquareText, Volume2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { SettingsGroup, SettingsRow } from '../../ui/settings.tsx';
import { Switch } from '../../ui/switch.tsx';
import type { Browser, NoticePermission } from '../frame/browser.ts';
import { useBrowser, useInstall } from '../frame/use-browser.ts';
import { useBack, useGo } from '../frame/go.ts';
import { chooseNotices, useNoticeChoices } from '../frame/notice-choices.ts';
import { paths } from '../frame/paths.ts';
import { useTitle } from '../frame/title.ts';

/** Whether and how this device tells of new messages. */
export function Notifications() {
  const { i18n } = useLingui();
  const back = useBack(paths.settings);
  const browser = useBrowser();
  useTitle(i18n._('Notifications'));
  return (
    <Pane
      surface="bg"
      column="reading"
      label={i18n._('Notifications')}
      header={<PaneHeader title={i18n._('Notifications')} onBack={back} isBackNarrowOnly hasLine />}
    >
      {browser && <Allowed browser={browser} />}
    </Pane>
  );
}

function Allowed({ browser }: { readonly browser: Browser }) {
  const { i18n } = useLingui();
  const [permission, look] = usePermission(browser);
  const ask = async () => {
    if ((await browser.notices.ask()) === 'granted') chooseNotices({ isOn: true });
    look();
  };
  switch (permission) {
    case 'unsupported':
      return <Unsupported />;
    case 'default':
      return (
        <SettingsGroup
          note={i18n._(
            'The browser asks you once more. Chatter tells of new messages while it is open in a tab or a window, also behind others; while it is closed, nothing is shown.',
          )}
        >
          <SettingsRow
            icon={BellRing}
            title={i18n._('Tell me of new messages')}
            trailing={
              <Button size="s" onClick={() => void ask()}>
                {i18n._('Turn on')}
              </Button>
            }
          />
        </SettingsGroup>
      );
    case 'denied':
      return (
        <SettingsGroup
          note={i18n._(
            'Only you can change that: open the browser’s settings for this site, beside the address, allow notifications and come back.',
          )}
        >
          <SettingsRow icon={BellOff} title={i18n._('Blocked by the browser')} />
        </SettingsGroup>
      );
    case 'granted':
      return <Choices />;
  }
}

function Unsupported() {
  const { i18n } = useLingui();
  const go = useGo();
  const isByHand = useInstall() === 'by-hand';
  return (
    <SettingsGroup
      note={
        isByHand
          ? i18n._('On iPhone and iPad only apps on the home screen may show notifications.')
          : i18n._('This browser has none for pages, or this is a private window.')
      }
    >
      <SettingsRow icon={BellOff} title={i18n._('No notifications here')} />
      {isByHand && (
        <SettingsRow
          icon={BellRing}
          title={i18n._('Add Chatter to the home screen')}
          href={paths.install}
          onPress={() => go(paths.install)}
        />
      )}
    </SettingsGroup>
  );
}

function Choices() {
  const { i18n } = useLingui();
  const { isOn, hasSound, showsText } = useNoticeChoices();
  const row = (name: 'isOn' | 'hasSound' | 'showsText', label: string, value: boolean) => (
    <Switch label={label} isOn={value} isDisabled={name !== 'isOn' && !isOn} onChange={(on) => chooseNotices({ [name]: on })} />
  );
  const labels = {
    isOn: i18n._('Tell me of new messages'),
    hasSound: i18n._('Sound'),
    showsText: i18n._('Show message text in notifications'),
  };
  return (
    <SettingsGroup
      note={i18n._(
        'For this device, while Chatter is open in a tab or a window. A chat you are looking at, your own messages and people you blocked stay quiet.',
      )}
    >
      <SettingsRow icon={BellRing} title={labels.isOn} trailing={row('isOn', labels.isOn, isOn)} />
      <SettingsRow icon={Volume2} title={labels.hasSound} trailing={row('hasSound', labels.hasSound, hasSound)} />
      <SettingsRow
        icon={MessageSquareText}
        title={labels.showsText}
        note={i18n._('Without it, only who wrote is shown.')}
        trailing={row('showsText', labels.showsText, showsText)}
      />
    </SettingsGroup>
  );
}

/** It may be changed in the browser's own settings meanwhile: looked at again whenever somebody comes back from there. */
function usePermission({ notices }: Browser): readonly [NoticePermission, () => void] {
  const [permission, setPermission] = useState(notices.permission());
  useEffect(() => {
    const look = () => setPermission(notices.permission());
    addEventListener('focus', look);
    return () => removeEventListener('focus', look);
  }, [notices]);
  return [permission, () => setPermission(notices.permission())];
}
