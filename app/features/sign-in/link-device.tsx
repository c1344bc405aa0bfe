import { Trans, useLingui } from '@lingui/react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { AuthLayout } from '../../ui/auth-layout.tsx';
import { Button } from '../../ui/button.tsx';
import type { Account, SignedIn, Trouble } from '../frame/account.ts';
import { createDeviceLinks, linkAddress, type DeviceLinks, type LinkStarted, type LinkState } from '../frame/device-links.ts';
import { useSecondsUntil } from '../frame/now.ts';
import { usePhoneNumbers } from '../frame/phone-numbers.ts';
import { troubleWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';
import { QrCode } from './qr-code.tsx';

const askEveryMs = 2_000;
/** A screen that nobody looks at does not go on asking for new codes. */
const codesInARow = 5;

type Whose = Extract<LinkState, { kind: 'approved' }>;

/**
 *   starting ──► showing ──confirmed over there──► approved ──continue──► signed in
 *      ▲            │ two minutes                     │ not me, or too late
 *      └── renewed ─┘ (five times, then by hand) ◄────┘
 */
type Step =
  | { readonly at: 'starting' }
  | { readonly at: 'showing'; readonly link: LinkStarted; readonly untilMs: number }
  | { readonly at: 'approved'; readonly whose: Whose; readonly isBusy: boolean; readonly error?: string | undefined }
  | { readonly at: 'stopped'; readonly why: string };

export type LinkThisDeviceProps = {
  readonly account: Pick<Account, 'ask'>;
  readonly onBack: () => void;
  readonly onSignedIn: (signedIn: SignedIn) => void;
};

/** What a device shows that wants to be let in by one that is signed in. */
export function LinkThisDevice({ account, onBack, onSignedIn }: LinkThisDeviceProps) {
  const { i18n } = useLingui();
  const links = useMemo(() => createDeviceLinks(account.ask), [account]);
  const { step, restart, collect } = useLinking(links, onSignedIn);
  useTitle(i18n._('Use another device'));
  const back = (
    <button type="button" className="min-h-6 font-semibold text-accent-text hover:underline" onClick={onBack}>
      {i18n._('Sign in with your number')}
    </button>
  );
  if (step.at === 'approved') {
    const { whose, isBusy, error } = step;
    return <Whose whose={whose} isBusy={isBusy} error={error} onContinue={() => void collect(whose)} onNotMe={restart} />;
  }
  return (
    <AuthLayout
      title={i18n._('Use another device')}
      lead={
        <Trans
          id="Point the camera of a device that is signed in at this. Or open <0>Settings</0>, <0>Devices</0>, <0>Link a device</0> there and type the code."
          components={{ 0: <b className="font-semibold text-ink" /> }}
        />
      }
      footnote={back}
    >
      {step.at === 'stopped' ? (
        <div className="grid gap-3">
          <p role="alert" className="text-ink-2">
            {step.why}
          </p>
          <Button isWide onClick={restart}>
            {i18n._('Show a new code')}
          </Button>
        </div>
      ) : (
        <Showing
          link={step.at === 'showing' ? step.link : undefined}
          untilMs={step.at === 'showing' ? step.untilMs : undefined}
        />
      )}
    </AuthLayout>
  );
}

function useLinking(links: DeviceLinks, onSignedIn: (signedIn: SignedIn) => void) {
  const { i18n } = useLingui();
  const [step, setStep] = useState<Step>({ at: 'starting' });
  const [codes, setCodes] = useState(1);
  const stop = useCallback((trouble: Trouble) => setStep({ at: 'stopped', why: troubleWords(i18n, trouble) }), [i18n]);
  const restart = useCallback(() => {
    setCodes(1);
    setStep({ at: 'starting' });
  }, []);
  const renew = useCallback(() => {
    setCodes((shown) => shown + 1);
    setStep(codes < codesInARow ? { at: 'starting' } : { at: 'stopped', why: i18n._('This code is no longer valid.') });
  }, [codes, i18n]);

  useEffect(() => {
    if (step.at !== 'starting') return undefined;
    let isStale = false;
    void links.start().then((started) => {
      if (isStale) return;
      if (started.kind !== 'ok') return stop(started);
      setStep({ at: 'showing', link: started.value, untilMs: Date.now() + started.value.expiresInMs });
    });
    return () => {
      isStale = true;
    };
  }, [links, step.at, stop]);

  useEffect(() => {
    if (step.at !== 'showing') return undefined;
    let isStale = false;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      const heard = await links.state();
      if (isStale) return;
      // Without a network it goes on asking: the code is worth its two minutes.
      if (heard.kind === 'ok' && heard.value.kind === 'approved') setStep({ at: 'approved', whose: heard.value, isBusy: false });
      else if (heard.kind === 'ok' && heard.value.kind === 'denied')
        setStep({ at: 'stopped', why: i18n._('The other device did not let this one in.') });
      else if (Date.now() >= step.untilMs || (heard.kind === 'ok' && heard.value.kind === 'gone')) renew();
      else timer = setTimeout(() => void ask(), askEveryMs);
    };
    timer = setTimeout(() => void ask(), askEveryMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [i18n, links, renew, step]);

  const collect = async (whose: Whose) => {
    setStep({ at: 'approved', whose, isBusy: true });
    const outcome = await links.collect();
    if (outcome.kind === 'ok') onSignedIn(outcome.value);
    else if (outcome.kind === 'refused' && outcome.refusal === 'not-found')
      setStep({ at: 'stopped', why: i18n._('That took too long, or the other device was signed out meanwhile.') });
    else setStep({ at: 'approved', whose, isBusy: false, error: troubleWords(i18n, outcome) });
  };
  return { step, restart, collect };
}

function Showing({ link, untilMs }: { readonly link: LinkStarted | undefined; readonly untilMs: number | undefined }) {
  const { i18n } = useLingui();
  const seconds = useSecondsUntil(untilMs) ?? 0;
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return (
    <>
      <QrCode text={link && linkAddress(link.token)} label={i18n._('QR code for the camera of the other device')} />
      <div className="grid min-h-17 justify-items-center gap-1 text-center">
        {link && (
          <>
            <output
              dir="ltr"
              aria-label={i18n._('Code')}
              className="text-[1.75rem] leading-tight font-[640] tracking-[0.06em] tabular"
            >
              {`${link.code.slice(0, 4)} ${link.code.slice(4)}`}
            </output>
            {/* The seconds tick for the eye only; read aloud they would never stop. */}
            <p aria-hidden="true" className="text-note text-ink-2 tabular">
              {i18n._('A new code in {time}', { time })}
            </p>
          </>
        )}
      </div>
    </>
  );
}

type WhoseProps = {
  readonly whose: Whose;
  readonly isBusy: boolean;
  readonly error: string | undefined;
  readonly onContinue: () => void;
  readonly onNotMe: () => void;
};

/** Whoever photographs the code can confirm it too, for an account of their own: so the person here looks before they go on. */
function Whose({ whose, isBusy, error, onContinue, onNotMe }: WhoseProps) {
  const { i18n } = useLingui();
  const numbers = usePhoneNumbers();
  return (
    <AuthLayout title={i18n._('Is this you?')} lead={i18n._('The other device lets this one into this account.')}>
      <div className="rounded-m bg-sunk px-4 py-3.5">
        <p className="text-sub font-[640] wrap-any">
          <bdi>{whose.name}</bdi>
        </p>
        <p className="text-ink-2">
          <bdi dir="ltr">{numbers?.format(whose.phone) ?? whose.phone}</bdi>
        </p>
      </div>
      {error && (
        <p role="alert" className="text-note text-danger">
          {error}
        </p>
      )}
      <Button isWide disabled={isBusy} onClick={onContinue} autoFocus>
        {isBusy ? i18n._('One moment…') : i18n._('Continue')}
      </Button>
      <Button kind="plain" isWide disabled={isBusy} onClick={onNotMe}>
        {i18n._('This is not me')}
      </Button>
    </AuthLayout>
  );
}
