import { useLingui } from '@lingui/react';
import { QrCode } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import type { Account, SignedIn } from '../frame/account.ts';
import { mayUsePasskeys } from '../frame/passkey-support.ts';
import { PasskeyButton } from './passkey.tsx';

export type OtherWaysProps = {
  readonly account: Pick<Account, 'ask'>;
  readonly onSignedIn: (signedIn: SignedIn) => void;
  readonly onLink: () => void;
};

/** What stands beside the code. A way that this browser does not have is not shown. */
export function OtherWays({ account, onSignedIn, onLink }: OtherWaysProps) {
  const { i18n } = useLingui();
  return (
    <div className="grid gap-2.5">
      <div className="flex items-center gap-3 text-note text-ink-2">
        <span aria-hidden="true" className="h-px flex-1 bg-line" />
        {i18n._('or')}
        <span aria-hidden="true" className="h-px flex-1 bg-line" />
      </div>
      {mayUsePasskeys() && <PasskeyButton account={account} onSignedIn={onSignedIn} />}
      <Button kind="soft" isWide icon={QrCode} onClick={onLink}>
        {i18n._('Use another device')}
      </Button>
    </div>
  );
}
