import { useLingui } from '@lingui/react';
import { useState } from 'react';
import { limits } from '#sync-protocol';
import { AuthLayout } from '../../ui/auth-layout.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import type { Account, SignedIn } from '../frame/account.ts';
import { troubleWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';

export type AskNameProps = {
  readonly account: Pick<Account, 'verify'>;
  readonly requestId: string;
  readonly code: string;
  /** Another account had the number, and its PIN is forgotten. */
  readonly isAnew: boolean;
  readonly onCodeExpired: () => void;
  readonly onSignedIn: (signedIn: SignedIn) => void;
};

export function AskName({ account, requestId, code, isAnew, onCodeExpired, onSignedIn }: AskNameProps) {
  const { i18n } = useLingui();
  const [name, setName] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  useTitle(i18n._('Your name'));

  const submit = async () => {
    if (name.trim() === '') {
      setError(i18n._('Type the name others will see.'));
      return;
    }
    setBusy(true);
    const outcome = await account.verify({ requestId, code, name: name.trim(), ...(isAnew && { anew: true }) });
    setBusy(false);
    if (outcome.kind !== 'ok') {
      if (outcome.kind === 'refused' && outcome.refusal === 'code-invalid') onCodeExpired();
      else setError(troubleWords(i18n, outcome));
    } else if (outcome.value === 'name-needed' || 'kind' in outcome.value) onCodeExpired();
    else onSignedIn(outcome.value);
  };
  return (
    <AuthLayout title={i18n._('What is your name?')} lead={i18n._('People you write to see it. You can change it at any time.')}>
      <form
        className="grid gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void submit();
        }}
      >
        <TextField
          label={i18n._('Name')}
          value={name}
          onChange={(typed) => {
            setName(typed);
            setError(undefined);
          }}
          error={error}
          maxLength={limits.nameCharsMax}
          autoComplete="name"
          autoFocus
        />
        <Button type="submit" isWide disabled={isBusy}>
          {isBusy ? i18n._('One moment…') : i18n._('Start chatting')}
        </Button>
      </form>
    </AuthLayout>
  );
}
