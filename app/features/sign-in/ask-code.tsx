import { Trans, useLingui } from '@lingui/react';
import { AuthLayout } from '../../ui/auth-layout.tsx';
import type { Account, CodeSent, PinNeeded, SignedIn } from '../frame/account.ts';
import { CodeForm, SendAgain } from '../frame/code-form.tsx';
import { usePhoneNumbers } from '../frame/phone-numbers.ts';
import { troubleWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';

export type AskCodeProps = {
  readonly account: Pick<Account, 'requestCode' | 'verify'>;
  readonly sent: CodeSent;
  readonly askedAtMs: number;
  readonly onSentAgain: (sent: CodeSent) => void;
  readonly onChangeNumber: () => void;
  readonly onNameNeeded: (code: string) => void;
  readonly onPinNeeded: (code: string, needed: PinNeeded) => void;
  readonly onSignedIn: (signedIn: SignedIn) => void;
};

export function AskCode(props: AskCodeProps) {
  const { account, sent } = props;
  const { i18n } = useLingui();
  const numbers = usePhoneNumbers();
  useTitle(i18n._('Enter the code'));

  const check = async (code: string) => {
    const outcome = await account.verify({ requestId: sent.requestId, code });
    if (outcome.kind !== 'ok') return { words: troubleWords(i18n, outcome), isWrong: outcome.kind === 'refused' };
    if (outcome.value === 'name-needed') props.onNameNeeded(code);
    else if ('kind' in outcome.value) props.onPinNeeded(code, outcome.value);
    else props.onSignedIn(outcome.value);
    return undefined;
  };
  const phone = numbers?.format(sent.phone) ?? sent.phone;
  const change = (
    <button type="button" className="min-h-6 font-semibold text-accent-text hover:underline" onClick={props.onChangeNumber} />
  );
  return (
    <AuthLayout
      title={i18n._('Enter the code')}
      lead={
        <Trans id="Sent to <0>{phone}</0> · <1>Change</1>" values={{ phone }} components={{ 0: <bdi dir="ltr" />, 1: change }} />
      }
      footnote={<SendAgain {...props} ask={account.requestCode} />}
    >
      <CodeForm sent={sent} onCode={check} />
    </AuthLayout>
  );
}
