import { useLingui } from '@lingui/react';
import { CircleCheck, MonitorSmartphone, Network, ShieldX, TriangleAlert } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import { SettingsGroup, SettingsRow } from '../../ui/settings.tsx';
import { TextField } from '../../ui/text-field.tsx';
import type { Trouble } from '../frame/account.ts';
import { createDeviceLinks, shortCodeDigits, type DeviceLinks, type LinkAsking } from '../frame/device-links.ts';
import { useFrame } from '../frame/frame.ts';
import { useBack, useReplace } from '../frame/go.ts';
import { paths } from '../frame/paths.ts';
import { troubleWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';

/**
 *   typing ──code──► looking ──► deciding ──let in──► done
 *   (scanned ─token────┘            └────not mine──► refused
 */
type Step =
  | { readonly at: 'typing'; readonly error?: string | undefined }
  | { readonly at: 'looking' }
  | { readonly at: 'deciding'; readonly asking: LinkAsking; readonly isBusy: boolean; readonly error?: string | undefined }
  | { readonly at: 'done'; readonly label: string }
  | { readonly at: 'refused' };

/** A signed-in device lets another one in: nothing happens before its person has seen what asks, and pressed. */
export function LinkDevice() {
  const { i18n } = useLingui();
  const { account } = useFrame();
  const back = useBack(paths.devices);
  const links = useMemo(() => createDeviceLinks(account.ask), [account]);
  const { step, look, decide, again } = useSteps(links);
  useTitle(i18n._('Link a device'));
  return (
    <Pane
      surface="bg"
      column="reading"
      label={i18n._('Link a device')}
      header={<PaneHeader title={i18n._('Link a device')} onBack={back} isBackNarrowOnly hasLine />}
    >
      {(step.at === 'typing' || step.at === 'looking') && (
        <TypeCode
          error={step.at === 'typing' ? step.error : undefined}
          isBusy={step.at === 'looking'}
          onCode={(code) => void look({ code })}
        />
      )}
      {step.at === 'deciding' && <Decide {...step} onDecide={(isMine) => void decide(step.asking, isMine)} />}
      {step.at === 'done' && <Done label={step.label} />}
      {step.at === 'refused' && (
        <EmptyState
          icon={ShieldX}
          title={i18n._('It was not let in')}
          text={i18n._('If somebody sent you that code, they wanted to get into your account.')}
          action={
            <Button size="s" onClick={again}>
              {i18n._('Type another code')}
            </Button>
          }
        />
      )}
    </Pane>
  );
}

function useSteps(links: DeviceLinks) {
  const { i18n } = useLingui();
  const [step, setStep] = useState<Step>({ at: 'typing' });
  const words = useCallback(
    (trouble: Trouble) =>
      trouble.kind === 'refused' && trouble.refusal === 'not-found'
        ? i18n._('No device shows this code now. Codes change every two minutes.')
        : troubleWords(i18n, trouble),
    [i18n],
  );
  const look = useCallback(
    async (by: Parameters<DeviceLinks['find']>[0]) => {
      setStep({ at: 'looking' });
      const found = await links.find(by);
      if (found.kind === 'ok') setStep({ at: 'deciding', asking: found.value, isBusy: false });
      else setStep({ at: 'typing', error: words(found) });
    },
    [links, words],
  );
  useScanned(useCallback((token: string) => void look({ token }), [look]));

  const decide = async (asking: LinkAsking, isMine: boolean) => {
    setStep({ at: 'deciding', asking, isBusy: true });
    const outcome = await (isMine ? links.approve(asking.linkId) : links.deny(asking.linkId));
    if (outcome.kind === 'ok') setStep(isMine ? { at: 'done', label: asking.label } : { at: 'refused' });
    else if (outcome.kind === 'refused' && outcome.refusal === 'not-found') setStep({ at: 'typing', error: words(outcome) });
    else setStep({ at: 'deciding', asking, isBusy: false, error: words(outcome) });
  };
  return { step, look, decide, again: () => setStep({ at: 'typing' }) };
}

/** The token of a scanned address, once; it does not stay in the address or the history. */
function useScanned(onToken: (token: string) => void): void {
  const { hash } = useLocation();
  const navigate = useNavigate();
  const seen = useRef('');
  useEffect(() => {
    const token = hash.slice(1);
    if (token === '' || seen.current === token) return;
    seen.current = token;
    void navigate(paths.linkDevice, { replace: true });
    onToken(token);
  }, [hash, navigate, onToken]);
}

type TypeCodeProps = {
  readonly error: string | undefined;
  readonly isBusy: boolean;
  readonly onCode: (code: string) => void;
};

function TypeCode({ error, isBusy, onCode }: TypeCodeProps) {
  const { i18n } = useLingui();
  const [typed, setTyped] = useState('');
  const digits = typed.replaceAll(/\D/g, '');
  const isWhole = digits.length === shortCodeDigits;
  return (
    <form
      className="grid gap-4 rounded-m bg-panel p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole && !isBusy) onCode(digits);
      }}
    >
      <p className="text-ink-2">
        {i18n._(
          'On the other device, open {address} and choose “Use another device”. Scan what it shows with your camera, or type its code here.',
          {
            address: location.host,
          },
        )}
      </p>
      <TextField
        label={i18n._('Code')}
        value={typed}
        onChange={setTyped}
        error={error}
        inputMode="numeric"
        autoComplete="off"
        placeholder="0000 0000"
        dir="ltr"
        maxLength={shortCodeDigits + 3}
        autoFocus
      />
      <Button type="submit" isWide disabled={!isWhole || isBusy}>
        {isBusy ? i18n._('Checking…') : i18n._('Continue')}
      </Button>
    </form>
  );
}

type DecideProps = {
  readonly asking: LinkAsking;
  readonly isBusy: boolean;
  readonly error?: string | undefined;
  readonly onDecide: (isMine: boolean) => void;
};

function Decide({ asking, isBusy, error, onDecide }: DecideProps) {
  const { i18n } = useLingui();
  return (
    <>
      <h2 className="px-1 pt-1 pb-3 text-section font-[660] tracking-[-0.015em]">{i18n._('Let this device in?')}</h2>
      <SettingsGroup
        note={i18n._(
          'It will read and write everything you can. Go on only if it is in front of you, and you opened it yourself.',
        )}
      >
        <SettingsRow icon={MonitorSmartphone} title={<bdi>{asking.label}</bdi>} note={i18n._('What it calls itself')} />
        <SettingsRow
          icon={asking.isSameAddress ? Network : TriangleAlert}
          title={<bdi dir="ltr">{asking.address}</bdi>}
          note={
            asking.isSameAddress
              ? i18n._('The same network as this device')
              : i18n._('Not the network of this device: look twice')
          }
        />
      </SettingsGroup>
      {error && (
        <p role="alert" className="px-1 pb-3 text-note text-danger">
          {error}
        </p>
      )}
      <div className="grid gap-2">
        <Button isWide disabled={isBusy} onClick={() => onDecide(true)}>
          {isBusy ? i18n._('One moment…') : i18n._('Let it in')}
        </Button>
        <Button kind="danger-plain" isWide disabled={isBusy} onClick={() => onDecide(false)}>
          {i18n._('This is not mine')}
        </Button>
      </div>
    </>
  );
}

function Done({ label }: { readonly label: string }) {
  const { i18n } = useLingui();
  const replace = useReplace();
  return (
    <EmptyState
      icon={CircleCheck}
      title={i18n._('Go on over there')}
      text={i18n._('{label} asks once more whether this is your account. After that it is in your list of devices.', { label })}
      action={
        <Button size="s" onClick={() => replace(paths.devices)}>
          {i18n._('To the devices')}
        </Button>
      }
    />
  );
}
