import { Trans, useLingui } from '@lingui/react';
import { useState } from 'react';
import { limits } from '#sync-protocol';
import { Button } from '../../ui/button.tsx';
import { CodeField } from '../../ui/code-field.tsx';
import type { CodeSent, Outcome } from './account.ts';
import { useSecondsUntil } from './now.ts';
import { troubleWords } from './refusal-words.ts';

export type CodeFormProps = {
  readonly sent: CodeSent;
  /** Resolves to why the code was not taken, or to nothing when the form has done its work. */
  readonly onCode: (code: string) => Promise<{ readonly words: string; readonly isWrong: boolean } | undefined>;
};

/** For whoever waits for a code: to sign in, or to change a number. */
export function CodeForm({ sent, onCode }: CodeFormProps) {
  const { i18n } = useLingui();
  const [code, setCode] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const check = async (digits: string) => {
    if (isBusy || digits.length < sent.digits) return;
    setBusy(true);
    setError(undefined);
    const trouble = await onCode(digits);
    setBusy(false);
    setError(trouble?.words);
    if (trouble?.isWrong) setCode('');
  };
  return (
    <>
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
    </>
  );
}

export type SendAgainProps = {
  readonly sent: CodeSent;
  readonly askedAtMs: number;
  readonly ask: (phone: string) => Promise<Outcome<CodeSent>>;
  readonly onSentAgain: (sent: CodeSent) => void;
};

export function SendAgain({ sent, askedAtMs, ask, onSentAgain }: SendAgainProps) {
  const { i18n } = useLingui();
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<string>();
  const seconds = useSecondsUntil(askedAtMs + sent.resendInMs) ?? 0;
  if (error !== undefined)
    return (
      <span role="alert" className="text-danger">
        {error}
      </span>
    );
  if (seconds > 0)
    return i18n._('No code yet? You can ask again in {time}.', {
      time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`,
    });
  const askAgain = async () => {
    setAsking(true);
    const outcome = await ask(sent.phone);
    setAsking(false);
    if (outcome.kind === 'ok') onSentAgain(outcome.value);
    else setError(troubleWords(i18n, outcome));
  };
  const button = (
    <button
      type="button"
      disabled={isAsking}
      className="min-h-6 font-semibold text-accent-text hover:underline disabled:opacity-55"
      onClick={() => void askAgain()}
    />
  );
  return <Trans id="No code yet? <0>Send it again</0>" components={{ 0: button }} />;
}
