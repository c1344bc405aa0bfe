import { useLingui } from '@lingui/react';
import { useState } from 'react';
import { AuthLayout } from '../../ui/auth-layout.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import type { Account, PinNeeded, SignedIn } from '../frame/account.ts';
import { PinForm, type PinTried } from '../frame/pin-form.tsx';
import { troubleWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';

export type AskPinProps = {
  readonly account: Pick<Account, 'verify'>;
  readonly requestId: string;
  readonly code: string;
  readonly needed: PinNeeded;
  readonly onCodeExpired: () => void;
  /** The PIN is forgotten, and the number may begin another account. */
  readonly onStartAnew: () => void;
  readonly onSignedIn: (signedIn: SignedIn) => void;
};

export function AskPin({ account, requestId, code, needed, onCodeExpired, onStartAnew, onSignedIn }: AskPinProps) {
  const { i18n } = useLingui();
  useTitle(i18n._('Enter your PIN'));
  const check = async (pin: string): Promise<PinTried> => {
    const outcome = await account.verify({ requestId, code, pin });
    if (outcome.kind !== 'ok') {
      if (outcome.kind === 'refused' && outcome.refusal === 'code-invalid') onCodeExpired();
      return { kind: 'trouble', words: troubleWords(i18n, outcome) };
    }
    if (outcome.value === 'name-needed') onCodeExpired();
    else if ('kind' in outcome.value) return outcome.value;
    else onSignedIn(outcome.value);
    return undefined;
  };
  return (
    <AuthLayout
      title={i18n._('Enter your PIN')}
      lead={i18n._('The code is right. This account also asks for the PIN you chose in its settings.')}
      footnote={!needed.canStartAnew && forgottenWords(i18n)}
    >
      <PinForm needed={needed} onPin={check} />
      {needed.canStartAnew && <StartAnew onStartAnew={onStartAnew} />}
    </AuthLayout>
  );
}

const forgottenWords = (i18n: ReturnType<typeof useLingui>['i18n']): string =>
  i18n._(
    'Forgotten? Switch it off on a device where you are signed in. Without one: once no device of yours was used for seven days, this number can begin a new account, without the old messages.',
  );

function StartAnew({ onStartAnew }: Pick<AskPinProps, 'onStartAnew'>) {
  const { i18n } = useLingui();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button kind="plain" isWide onClick={() => setAsking(true)}>
        {i18n._('I forgot the PIN')}
      </Button>
      <ConfirmDialog
        title={i18n._('Begin a new account?')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        confirmLabel={i18n._('Begin anew')}
        isDestructive
        onConfirm={onStartAnew}
      >
        <p>
          {i18n._(
            'No device of this account was used for seven days, so its number can begin a new one. You will not see the messages, groups and contacts of the old account here. Devices that are still signed in to it keep them.',
          )}
        </p>
      </ConfirmDialog>
    </>
  );
}
