import { useLingui } from '@lingui/react';
import { KeyRound } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import type { Account, SignedIn } from '../frame/account.ts';
import { createPasskeys, loadCeremonies } from '../frame/passkeys.ts';
import { troubleWords } from '../frame/refusal-words.ts';

export type PasskeyButtonProps = {
  readonly account: Pick<Account, 'ask'>;
  readonly onSignedIn: (signedIn: SignedIn) => void;
};

/** The browser shows which passkeys it has; which one is chosen says who signs in. */
export function PasskeyButton({ account, onSignedIn }: PasskeyButtonProps) {
  const { i18n } = useLingui();
  const passkeys = useMemo(() => createPasskeys(account.ask), [account]);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  // Before it is pressed: some browsers ask the authenticator only soon after a press.
  useEffect(() => void loadCeremonies(), []);

  const signIn = async () => {
    setBusy(true);
    setError(undefined);
    const outcome = await passkeys.signIn();
    setBusy(false);
    if (outcome.kind === 'ok') onSignedIn(outcome.value);
    else if (outcome.kind === 'refused' && outcome.refusal === 'code-invalid')
      setError(i18n._('This passkey is not known here, or no longer.'));
    else if (outcome.kind === 'cancelled') setError(i18n._('No passkey was used. If you have none here, take the code.'));
    else if (outcome.kind === 'unable' || outcome.kind === 'known-here')
      setError(i18n._('This browser could not use a passkey.'));
    else setError(troubleWords(i18n, outcome));
  };
  return (
    <>
      <Button kind="soft" isWide icon={KeyRound} disabled={isBusy} onClick={() => void signIn()}>
        {isBusy ? i18n._('Follow your browser…') : i18n._('Use a passkey')}
      </Button>
      {error && (
        <p role="alert" className="text-note text-danger">
          {error}
        </p>
      )}
    </>
  );
}
