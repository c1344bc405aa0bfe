import { Trans, useLingui } from '@lingui/react';
import { useState } from 'react';
import { limits } from '#sync-protocol';
import { AuthLayout } from '../../ui/auth-layout.tsx';
import { Button } from '../../ui/button.tsx';
import { CodeField } from '../../ui/code-field.tsx';
import type { Account, CodeSent, SignedIn } from '../frame/account.ts';
import { useSecondsUntil } from '../frame/now.ts';
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
  readonly onSignedIn: (signedIn: SignedIn) => void;
};

export function AskCode(props: AskCodeProps) {
  const { account, sent } = props;
  const { i18n } = useLingui();
  const numbers = usePhoneNumbers();
  const [code, setCode] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  useTitle(i18n._('Enter the code'));

  const check = async (digits: string) => {
    if (isBusy || digits.length < sent.digits) return;
    setBusy(true);
    setError(undefined);
    const outcome = await account.verify({ requestId: sent.requestId, code: digits });
    setBusy(false);
    if (outcome.kind !== 'ok') {
      setError(troubleWords(i18n, outcome));
      if (outcome.kind === 'refused') setCode('');
    } else if (outcome.value === 'name-needed') props.onNameNeeded(digits);
    else props.onSignedIn(outcome.value);
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
      footnote={<SendAgain {...props} onTrouble={setError} />}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void check(code);
        }}
      >
        <CodeField
          label={i18n._('Code')}
          length={sent.digits}
          value={code}
          onChange={setCode}
          onComplete={(digits) => void check(digits)}
          error={error}
          autoFocus
        />
        <Button type="submit" isWide disabled={isBusy || code.length < sent.digits}>
          {isBusy ? i18n._('Checking…') : i18n._('Continue')}
        </Button>
      </form>
      {sent.digits > limits.codeDigits && (
        <p className="text-note text-ink-2">
          {i18n._('The code is longer than usual: somebody guessed at codes for this number, and missed.')}
        </p>
      )}
      {sent.isPrinted && (
        <p className="rounded-m bg-sunk px-3.5 py-2.5 text-note text-ink-2">
          {i18n._('This server sends no text messages: it prints the code in the terminal it was started from.')}
        </p>
      )}
    </AuthLayout>
  );
}

type SendAgainProps = Pick<AskCodeProps, 'account' | 'sent' | 'askedAtMs' | 'onSentAgain'> & {
  readonly onTrouble: (words: string) => void;
};

function SendAgain({ account, sent, askedAtMs, onSentAgain, onTrouble }: SendAgainProps) {
  const { i18n } = useLingui();
  const [isAsking, setAsking] = useState(false);
  const seconds = useSecondsUntil(askedAtMs + sent.resendInMs) ?? 0;
  if (seconds > 0)
    return i18n._('No code yet? You can ask again in {time}.', {
      time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`,
    });
  const ask = async () => {
    setAsking(true);
    const outcome = await account.requestCode(sent.phone);
    setAsking(false);
    if (outcome.kind === 'ok') onSentAgain(outcome.value);
    else onTrouble(troubleWords(i18n, outcome));
  };
  const button = (
    <button
      type="button"
      disabled={isAsking}
      className="min-h-6 font-semibold text-accent-text hover:underline disabled:opacity-55"
      onClick={() => void ask()}
    />
  );
  return <Trans id="No code yet? <0>Send it again</0>" components={{ 0: button }} />;
}
