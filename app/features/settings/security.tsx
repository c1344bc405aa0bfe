import type { I18n } from '@lingui/core';
import { useLingui } from '@lingui/react';
import { CloudOff, MessageSquareText, Smartphone } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useMe } from '../../store/queries/queries.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { SettingsGroup, SettingsRow } from '../../ui/settings.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import type { Outcome, Trouble } from '../frame/account.ts';
import { useFrame } from '../frame/frame.ts';
import { useBack, useGo } from '../frame/go.ts';
import { mayUsePasskeys } from '../frame/passkey-support.ts';
import { createPasskeys, loadCeremonies, type Ceremony, type Passkey, type Passkeys } from '../frame/passkeys.ts';
import { paths } from '../frame/paths.ts';
import { usePhoneNumbers } from '../frame/phone-numbers.ts';
import { troubleWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';
import { RemovePasskeyDialog, RenamePasskeyDialog } from './security-dialogs.tsx';
import { PasskeyGroup } from './security-passkeys.tsx';

/** How one signs in. Passkeys are on the server, so that part of the page needs it and says so. */
export function Security() {
  const { i18n } = useLingui();
  const { account } = useFrame();
  const back = useBack(paths.settings);
  const passkeys = useMemo(() => createPasskeys(account.ask), [account]);
  useTitle(i18n._('Sign-in and security'));
  return (
    <Pane
      surface="bg"
      column="reading"
      label={i18n._('Sign-in and security')}
      header={<PaneHeader title={i18n._('Sign-in and security')} onBack={back} isBackNarrowOnly hasLine />}
    >
      <OwnPasskeys passkeys={passkeys} />
      <OtherWays />
    </Pane>
  );
}

function OwnPasskeys({ passkeys }: { readonly passkeys: Passkeys }) {
  const { i18n } = useLingui();
  const { toast } = useFrame();
  const [found, setFound] = useState<Outcome<readonly Passkey[]>>();
  const [chosen, setChosen] = useState<{ readonly passkey: Passkey; readonly to: 'rename' | 'remove' }>();
  const load = useCallback(async () => setFound(await passkeys.list()), [passkeys]);
  useEffect(() => void load(), [load]);
  const { isAdding, add } = useAdding(passkeys, load);

  const settle = async (outcome: Outcome<void>) => {
    setChosen(undefined);
    if (outcome.kind !== 'ok') toast({ text: troubleWords(i18n, outcome) });
    await load();
  };
  if (!found) return <SkeletonRows kind="person" count={2} />;
  if (found.kind !== 'ok') return <NotKnown trouble={found} onRetry={() => void load()} />;
  return (
    <>
      <PasskeyGroup
        passkeys={found.value}
        isPossible={mayUsePasskeys()}
        isAdding={isAdding}
        onAdd={() => !isAdding && void add()}
        onRename={(passkey) => setChosen({ passkey, to: 'rename' })}
        onRemove={(passkey) => setChosen({ passkey, to: 'remove' })}
      />
      {chosen?.to === 'rename' && (
        <RenamePasskeyDialog
          passkey={chosen.passkey}
          onClose={() => setChosen(undefined)}
          onRename={async (name) => settle(await passkeys.rename(chosen.passkey.id, name))}
        />
      )}
      {chosen?.to === 'remove' && (
        <RemovePasskeyDialog
          passkey={chosen.passkey}
          onClose={() => setChosen(undefined)}
          onRemove={async () => settle(await passkeys.remove(chosen.passkey.id))}
        />
      )}
    </>
  );
}

function useAdding(passkeys: Passkeys, onAdded: () => Promise<void>) {
  const { i18n } = useLingui();
  const { toast } = useFrame();
  const [isAdding, setAdding] = useState(false);
  // Before it is pressed: some browsers ask the authenticator only soon after a press.
  useEffect(() => void (mayUsePasskeys() && loadCeremonies()), []);

  const add = async () => {
    setAdding(true);
    const outcome = await passkeys.add();
    setAdding(false);
    const words = addedWords(i18n, outcome);
    if (words !== undefined) toast({ text: words });
    if (outcome.kind === 'ok') await onAdded();
  };
  return { isAdding, add };
}

function addedWords(i18n: I18n, outcome: Ceremony<void>): string | undefined {
  switch (outcome.kind) {
    case 'ok':
      return i18n._('The passkey is added.');
    case 'cancelled':
      return undefined;
    case 'known-here':
      return i18n._('This device has a passkey for you already.');
    case 'unable':
      return i18n._('This browser could not make a passkey.');
    case 'refused':
      if (outcome.refusal === 'conflict') return i18n._('You have as many passkeys as there may be. Remove one first.');
      if (outcome.refusal === 'code-invalid') return i18n._('That took too long. Try again.');
      return troubleWords(i18n, outcome);
    case 'offline':
      return troubleWords(i18n, outcome);
  }
}

function NotKnown({ trouble, onRetry }: { readonly trouble: Trouble; readonly onRetry: () => void }) {
  const { i18n } = useLingui();
  const words =
    trouble.kind === 'offline'
      ? i18n._('The list of passkeys is on the server, and it cannot be reached.')
      : troubleWords(i18n, trouble);
  const again = (
    <Button size="s" onClick={onRetry}>
      {i18n._('Try again')}
    </Button>
  );
  return <EmptyState icon={CloudOff} title={i18n._('Not known right now')} text={words} action={again} />;
}

function OtherWays() {
  const { i18n } = useLingui();
  const go = useGo();
  const numbers = usePhoneNumbers();
  const phone = useMe()?.phone;
  return (
    <SettingsGroup title={i18n._('Other ways to sign in')}>
      <SettingsRow
        icon={MessageSquareText}
        title={i18n._('A code to your number')}
        note={phone === undefined ? i18n._('Always works') : <bdi dir="ltr">{numbers?.format(phone) ?? phone}</bdi>}
      />
      <SettingsRow
        icon={Smartphone}
        title={i18n._('Another device')}
        note={i18n._('Let it in from here, with the code it shows')}
        href={paths.linkDevice}
        onPress={() => go(paths.linkDevice)}
      />
    </SettingsGroup>
  );
}
