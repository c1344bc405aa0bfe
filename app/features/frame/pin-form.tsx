import { useLingui } from '@lingui/react';
import { useState } from 'react';
import { limits } from '#sync-protocol';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import type { PinNeeded } from './account.ts';
import { useSecondsUntil } from './now.ts';

/** What came of a PIN: another try, something that has nothing to do with it, or nothing when the form has done its work. */
export type PinTried = PinNeeded | { readonly kind: 'trouble'; readonly words: string } | undefined;
export type PinFormProps = { readonly needed: PinNeeded; readonly onPin: (pin: string) => Promise<PinTried> };

/** For whoever showed the right code of an account with a PIN. */
export function PinForm({ needed, onPin }: PinFormProps) {
  const { i18n } = useLingui();
  const [pin, setPin] = useState('');
  const [tried, setTried] = useState<PinTried>(needed);
  const [waitsUntilMs, setWaitsUntil] = useState(() => waitEnd(needed));
  const [isBusy, setBusy] = useState(false);
  const seconds = useSecondsUntil(waitsUntilMs) ?? 0;

  const submit = async () => {
    if (isBusy || seconds > 0 || pin.length < limits.pinCharsMin) return;
    setBusy(true);
    const outcome = await onPin(pin);
    setBusy(false);
    setTried(outcome);
    if (outcome?.kind !== 'pin-needed') return;
    setWaitsUntil(waitEnd(outcome));
    setPin('');
  };
  const wrong = tried?.kind === 'pin-needed' && tried.isWrong ? i18n._('This is not the PIN.') : undefined;
  const error = seconds > 0 ? waitWords(i18n, seconds) : tried?.kind === 'trouble' ? tried.words : wrong;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextField
        label={i18n._('PIN')}
        type="password"
        autoComplete="current-password"
        value={pin}
        onChange={(typed) => {
          setPin(typed);
          setTried(undefined);
        }}
        error={error}
        maxLength={limits.pinCharsMax}
        autoFocus
      />
      <Button type="submit" isWide disabled={isBusy || seconds > 0 || pin.length < limits.pinCharsMin}>
        {isBusy ? i18n._('Checking…') : i18n._('Continue')}
      </Button>
    </form>
  );
}

const waitEnd = ({ retryAfterMs }: PinNeeded): number | undefined =>
  retryAfterMs === undefined ? undefined : Date.now() + retryAfterMs;

function waitWords(i18n: ReturnType<typeof useLingui>['i18n'], seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const clock = [...(hours > 0 ? [hours] : []), minutes, seconds % 60].map((part, at) =>
    at === 0 ? String(part) : String(part).padStart(2, '0'),
  );
  return i18n._('Too many wrong tries. The next one is possible in {time}.', { time: clock.join(':') });
}
