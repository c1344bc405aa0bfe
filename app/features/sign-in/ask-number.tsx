import { useLingui } from '@lingui/react';
import type { ReactNode } from 'react';
import { AuthLayout } from '../../ui/auth-layout.tsx';
import type { Account, CodeSent } from '../frame/account.ts';
import { NumberForm } from '../frame/number-form.tsx';
import { codeTroubleWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';

export type AskNumberProps = {
  readonly account: Pick<Account, 'requestCode'>;
  readonly initialPhone: string | undefined;
  readonly onSent: (sent: CodeSent) => void;
  /** What may be done instead; after the form. */
  readonly otherWays?: ReactNode;
};

export function AskNumber({ account, initialPhone, onSent, otherWays }: AskNumberProps) {
  const { i18n } = useLingui();
  useTitle(i18n._('Sign in'));
  return (
    <AuthLayout
      hasLogo
      title={i18n._('Chat that works where the network doesn’t')}
      lead={i18n._('Your number is your name here. We send one code to check it is yours.')}
    >
      <NumberForm
        label={i18n._('Phone number')}
        initialPhone={initialPhone}
        submitLabel={i18n._('Send code')}
        busyLabel={i18n._('Sending…')}
        onNumber={async (phone) => {
          const outcome = await account.requestCode(phone);
          if (outcome.kind !== 'ok') return codeTroubleWords(i18n, outcome);
          onSent(outcome.value);
          return undefined;
        }}
      />
      {otherWays}
    </AuthLayout>
  );
}
