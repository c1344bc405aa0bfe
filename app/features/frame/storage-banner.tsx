import { useLingui } from '@lingui/react';
import { useIsDiskAway, useLink } from '../../store/queries/queries.ts';
import { WarningBand } from '../../ui/banner.tsx';
import { useGo } from './go.ts';
import { paths } from './paths.ts';

/** What this device cannot keep is said as long as it is so: nobody finds out by losing it. [P39, P41] */
export function StorageBanner({ isInset }: { readonly isInset?: boolean | undefined }) {
  const { i18n } = useLingui();
  const go = useGo();
  const { storage, isDiskFull } = useLink();
  const isAway = useIsDiskAway();
  const more = { label: i18n._('More'), onAct: () => go(paths.storage) };
  if (storage === 'memory') {
    return (
      <WarningBand isInset={isInset} action={more}>
        {i18n._('This browser keeps nothing for Chatter. Closing the tab forgets everything, and what was not sent is lost.')}
      </WarningBand>
    );
  }
  if (isAway) {
    return (
      <WarningBand isInset={isInset}>
        {i18n._('The storage of this device does not answer. Chatter keeps trying; what you see may be old.')}
      </WarningBand>
    );
  }
  if (!isDiskFull) return undefined;
  return (
    <WarningBand isInset={isInset} action={more}>
      {i18n._('This device is full: new messages cannot be kept here until there is room. What you write is kept and sent.')}
    </WarningBand>
  );
}
