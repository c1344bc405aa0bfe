import { useLingui } from '@lingui/react';
import { CloudOff } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { limits } from '#sync-protocol';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { TextField } from '../../ui/text-field.tsx';
import type { Outcome } from '../frame/account.ts';
import { useFrame } from '../frame/frame.ts';
import { useBack } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';
import { troubleWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';
import { pinDoors } from './number-doors.ts';

/** Only the server knows the PIN, and it only as a hash: this page sets it, changes it and switches it off. */
export function PinPage() {
  const { i18n } = useLingui();
  const { account } = useFrame();
  const back = useBack(paths.settings);
  const [found, setFound] = useState<Outcome<boolean>>();
  useTitle(i18n._('PIN'));
  const load = useCallback(async () => setFound(await pinDoors(account).isSet()), [account]);
  useEffect(() => void load(), [load]);
  return (
    <Pane
      surface="bg"
      column="reading"
      label={i18n._('PIN')}
      header={<PaneHeader title={i18n._('PIN')} onBack={back} isBackNarrowOnly hasLine />}
    >
      {!found && <SkeletonRows kind="person" count={2} />}
      {found && found.kind !== 'ok' && (
        <EmptyState
          icon={CloudOff}
          title={i18n._('Not known right now')}
          text={
            found.kind === 'offline'
              ? i18n._('Whether there is a PIN is known to the server, and it cannot be reached.')
              : troubleWords(i18n, found)
          }
          action={
            <Button size="s" onClick={() => void load()}>
              {i18n._('Try again')}
            </Button>
          }
        />
      )}
      {found?.kind === 'ok' && (
        <div className="grid gap-4">
          <PinForm key={String(found.value)} isSet={found.value} onChanged={() => void load()} />
          <p className="px-1 text-note text-ink-2">
            {i18n._(
              'Nobody can tell you a PIN you forgot. While you are signed in somewhere, switch it off there. Without any device, your number can begin a new account once none of your devices was used for seven days; the old messages stay out of its reach.',
            )}
          </p>
        </div>
      )}
    </Pane>
  );
}

type PinFormProps = { readonly isSet: boolean; readonly onChanged: () => void };

function PinForm({ isSet, onChanged }: PinFormProps) {
  const { i18n } = useLingui();
  const { account, toast } = useFrame();
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const isLong = pin.length >= limits.pinCharsMin;
  const tell = async (asked: Promise<Outcome<void>>, words: string) => {
    setBusy(true);
    const outcome = await asked;
    setBusy(false);
    if (outcome.kind !== 'ok') return setError(troubleWords(i18n, outcome));
    setPin('');
    setAgain('');
    toast({ text: words });
    onChanged();
  };
  const save = () => {
    if (isBusy || !isLong) return;
    if (pin !== again) setError(i18n._('The two are not the same.'));
    else void tell(pinDoors(account).set(pin), isSet ? i18n._('The PIN is changed.') : i18n._('The PIN is set.'));
  };
  const typed = (change: (text: string) => void) => (text: string) => {
    change(text);
    setError(undefined);
  };
  const field = { type: 'password', autoComplete: 'new-password', maxLength: limits.pinCharsMax } as const;
  return (
    <form
      className="grid gap-4 rounded-m bg-panel p-4"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <p className="text-ink-2">
        {isSet
          ? i18n._('A PIN is set. Signing in on a new device, and changing your number, ask for it after the code.')
          : i18n._(
              'Whoever has your number gets your codes. With a PIN, a code alone signs nobody in on a new device and does not change your number.',
            )}
      </p>
      <TextField
        {...field}
        label={isSet ? i18n._('New PIN') : i18n._('PIN')}
        value={pin}
        onChange={typed(setPin)}
        hint={i18n._('{min} to {max} digits, letters or signs', { min: limits.pinCharsMin, max: limits.pinCharsMax })}
      />
      <TextField {...field} label={i18n._('The same once more')} value={again} onChange={typed(setAgain)} error={error} />
      <div className="flex flex-wrap justify-end gap-2">
        {isSet && (
          <SwitchOff
            isBusy={isBusy}
            onConfirm={() => void tell(pinDoors(account).remove(), i18n._('The PIN is switched off.'))}
          />
        )}
        <Button type="submit" size="s" disabled={isBusy || !isLong || again === ''}>
          {isSet ? i18n._('Change it') : i18n._('Set it')}
        </Button>
      </div>
    </form>
  );
}

function SwitchOff({ isBusy, onConfirm }: { readonly isBusy: boolean; readonly onConfirm: () => void }) {
  const { i18n } = useLingui();
  const [isAsking, setAsking] = useState(false);
  const confirm = () => {
    setAsking(false);
    onConfirm();
  };
  return (
    <>
      <Button kind="danger-plain" size="s" disabled={isBusy} onClick={() => setAsking(true)}>
        {i18n._('Switch it off')}
      </Button>
      <ConfirmDialog
        title={i18n._('Switch the PIN off?')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        confirmLabel={i18n._('Switch it off')}
        isDestructive
        onConfirm={confirm}
      >
        <p>{i18n._('Then a code sent to your number is enough to sign in on a new device.')}</p>
      </ConfirmDialog>
    </>
  );
}
