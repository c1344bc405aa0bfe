import { useLingui } from '@lingui/react';
import { CircleCheck, Download, Ellipsis, Share, SquarePlus } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { SettingsGroup, SettingsRow } from '../../ui/settings.tsx';
import { useInstall } from '../frame/use-browser.ts';
import { useFrame } from '../frame/frame.ts';
import { useBack } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';
import { useTitle } from '../frame/title.ts';

/** Chatter as an app of its own: what that changes, and how this browser does it. */
export function InstallPage() {
  const { i18n } = useLingui();
  const back = useBack(paths.settings);
  useTitle(i18n._('Install'));
  return (
    <Pane
      surface="bg"
      column="reading"
      label={i18n._('Install')}
      header={<PaneHeader title={i18n._('Install')} onBack={back} isBackNarrowOnly hasLine />}
    >
      <Ways />
    </Pane>
  );
}

function Ways() {
  const { i18n } = useLingui();
  const { install } = useFrame();
  const why = i18n._(
    'An icon and a window of its own. Nothing is downloaded that is not here already, and browsers are slower to clear what an installed app keeps.',
  );
  switch (useInstall()) {
    case 'installed':
      return (
        <SettingsGroup
          note={i18n._(
            'To remove it, use the system’s own way of removing apps. Sign out first to take your messages from this device.',
          )}
        >
          <SettingsRow icon={CircleCheck} title={i18n._('Chatter is installed on this device')} />
        </SettingsGroup>
      );
    case 'offered':
      return (
        <SettingsGroup note={why}>
          <SettingsRow
            icon={Download}
            title={i18n._('Install Chatter')}
            trailing={
              <Button size="s" onClick={() => void install.ask()}>
                {i18n._('Install')}
              </Button>
            }
          />
        </SettingsGroup>
      );
    case 'by-hand':
      return (
        <SettingsGroup
          title={i18n._('On iPhone and iPad')}
          note={i18n._(
            'Safari clears what a page kept after seven days of use without a visit; an app on the home screen keeps it.',
          )}
        >
          <SettingsRow icon={Share} title={i18n._('Tap Share in the browser’s bar')} />
          <SettingsRow icon={SquarePlus} title={i18n._('Choose “Add to Home Screen”')} />
          <SettingsRow icon={CircleCheck} title={i18n._('Open Chatter from there and sign in once more')} />
        </SettingsGroup>
      );
    case 'unknown':
      return (
        <SettingsGroup note={why}>
          <SettingsRow
            icon={Ellipsis}
            title={i18n._('This browser has not offered to install Chatter')}
            note={i18n._('If it can, its own menu has “Install” or “Add to Home Screen”.')}
          />
        </SettingsGroup>
      );
  }
}
