import { useLingui } from '@lingui/react';
import { BellRing, Download } from 'lucide-react';
import { useState } from 'react';
import { useConversationList } from '../../store/queries/queries.ts';
import { Offer } from '../../ui/offer.tsx';
import { useBrowser, useInstall } from './use-browser.ts';
import { useFrame } from './frame.ts';
import { useGo } from './go.ts';
import { chooseNotices } from './notice-choices.ts';
import { paths } from './paths.ts';
import { countVisit, dismiss, isDismissed } from './visits.ts';

const visitsMin = 3;

/** At most one at a time: of notifications once somebody has written, of installing to whoever comes back. */
export function Offers() {
  const { i18n } = useLingui();
  const [visits] = useState(countVisit);
  const [refused, setRefused] = useState<ReadonlySet<string>>(new Set());
  const isOpen = (offer: string) => !refused.has(offer) && !isDismissed(offer);
  const refuse = (offer: string) => {
    dismiss(offer);
    setRefused((now) => new Set(now).add(offer));
  };
  const notices = useBrowser()?.notices;
  const hasHeard = useHasHeard();
  const install = useInstall();
  const { install: installer } = useFrame();
  const go = useGo();
  if (hasHeard && notices?.permission() === 'default' && isOpen('notices')) {
    const turnOn = async () => {
      if ((await notices.ask()) === 'granted') chooseNotices({ isOn: true });
      refuse('notices');
    };
    return (
      <Offer
        icon={BellRing}
        text={i18n._('Be told of new messages while Chatter is open?')}
        action={i18n._('Turn on')}
        onAct={() => void turnOn()}
        onDismiss={() => refuse('notices')}
      />
    );
  }
  if (visits < visitsMin || (install !== 'offered' && install !== 'by-hand') || !isOpen('install')) return undefined;
  const start = () => {
    refuse('install');
    if (install === 'by-hand') go(paths.install);
    else void installer.ask();
  };
  return (
    <Offer
      icon={Download}
      text={i18n._('Chatter can be an app of its own on this device.')}
      action={install === 'by-hand' ? i18n._('How') : i18n._('Install')}
      onAct={start}
      onDismiss={() => refuse('install')}
    />
  );
}

/** Somebody else has said something: from here on there is something to be told of. */
function useHasHeard(): boolean {
  const items = useConversationList('all');
  return items?.some(({ conversation: { marks } }) => marks.ordinal > marks.ownOrdinal) ?? false;
}
