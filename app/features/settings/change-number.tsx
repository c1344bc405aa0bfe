import { Trans, useLingui } from '@lingui/react';
import { useState, type ReactNode } from 'react';
import { useMe } from '../../store/queries/queries.ts';
import { Pane, PaneHeader } from '../../ui/pane.tsx';
import type { CodeSent, PinNeeded } from '../frame/account.ts';
import { CodeForm, SendAgain, type CodeFormProps } from '../frame/code-form.tsx';
import { useFrame } from '../frame/frame.ts';
import { useBack } from '../frame/go.ts';
import { NumberForm } from '../frame/number-form.tsx';
import { paths } from '../frame/paths.ts';
import { usePhoneNumbers } from '../frame/phone-numbers.ts';
import { PinForm, type PinFormProps } from '../frame/pin-form.tsx';
import { codeTroubleWords, troubleWords } from '../frame/refusal-words.ts';
import { useTitle } from '../frame/title.ts';
import { numberDoors } from './number-doors.ts';

type Step =
  | { readonly at: 'number' }
  | { readonly at: 'code'; readonly sent: CodeSent; readonly askedAtMs: number }
  | { readonly at: 'pin'; readonly sent: CodeSent; readonly code: string; readonly needed: PinNeeded };

/** Needs the server there and then; nothing of it is queued. A reload begins again, as a code is written to no disk. */
export function ChangeNumber() {
  const { i18n } = useLingui();
  const back = useBack(paths.profile);
  useTitle(i18n._('Change number'));
  return (
    <Pane
      surface="bg"
      column="reading"
      label={i18n._('Change number')}
      header={<PaneHeader title={i18n._('Change number')} onBack={back} hasLine />}
    >
      <div className="mx-auto grid max-w-90 gap-4 rounded-m bg-panel p-4">
        <Steps onDone={back} />
      </div>
    </Pane>
  );
}

function Steps({ onDone }: { readonly onDone: () => void }) {
  const [step, setStep] = useState<Step>({ at: 'number' });
  const tryChange = useChange(onDone);
  const sent = (code: CodeSent) => setStep({ at: 'code', sent: code, askedAtMs: Date.now() });
  switch (step.at) {
    case 'number':
      return <NewNumber onSent={sent} />;
    case 'code':
      return (
        <NewNumberCode
          {...step}
          onSent={sent}
          onOtherNumber={() => setStep({ at: 'number' })}
          onCode={async (code) => {
            const outcome = await tryChange({ requestId: step.sent.requestId, code });
            if (outcome?.kind !== 'pin-needed') return outcome;
            setStep({ at: 'pin', sent: step.sent, code, needed: outcome });
            return undefined;
          }}
        />
      );
    case 'pin':
      return <OwnPin needed={step.needed} onPin={(pin) => tryChange({ requestId: step.sent.requestId, code: step.code, pin })} />;
  }
}

/** Resolves to what is in the way, or to nothing when the number is changed. */
function useChange(onDone: () => void) {
  const { i18n } = useLingui();
  const { account, toast } = useFrame();
  return async (request: { requestId: string; code: string; pin?: string }) => {
    const outcome = await numberDoors(account).change(request);
    if (outcome.kind === 'ok' && outcome.value !== 'changed') return outcome.value;
    if (outcome.kind === 'ok') {
      toast({ text: i18n._('Your number is changed.') });
      onDone();
      return undefined;
    }
    const isTaken = outcome.kind === 'refused' && outcome.refusal === 'conflict';
    const words = isTaken ? i18n._('Another account has this number.') : troubleWords(i18n, outcome);
    return { kind: 'trouble' as const, words, isWrong: outcome.kind === 'refused' };
  };
}

function NewNumber({ onSent }: { readonly onSent: (sent: CodeSent) => void }) {
  const { i18n } = useLingui();
  const { account } = useFrame();
  const own = useMe()?.phone;
  return (
    <>
      <Lead>
        {i18n._(
          'Your chats, contacts and devices stay. People who have your old number are not given the new one; whoever gets the old number can sign up with it.',
        )}
      </Lead>
      <NumberForm
        label={i18n._('New phone number')}
        like={own}
        submitLabel={i18n._('Send code')}
        busyLabel={i18n._('Sending…')}
        onNumber={async (phone) => {
          if (phone === own) return i18n._('This is your number already.');
          const outcome = await numberDoors(account).sendCode(phone);
          if (outcome.kind !== 'ok') return codeTroubleWords(i18n, outcome);
          onSent(outcome.value);
          return undefined;
        }}
      />
    </>
  );
}

type NewNumberCodeProps = CodeFormProps & {
  readonly askedAtMs: number;
  readonly onSent: (sent: CodeSent) => void;
  readonly onOtherNumber: () => void;
};

function NewNumberCode({ sent, askedAtMs, onSent, onOtherNumber, onCode }: NewNumberCodeProps) {
  const { account } = useFrame();
  return (
    <>
      <Lead>
        <SentTo phone={sent.phone} onChange={onOtherNumber} />
      </Lead>
      <CodeForm key={sent.requestId} sent={sent} onCode={onCode} />
      <p className="text-note text-ink-2">
        <SendAgain sent={sent} askedAtMs={askedAtMs} ask={numberDoors(account).sendCode} onSentAgain={onSent} />
      </p>
    </>
  );
}

function OwnPin(props: PinFormProps) {
  const { i18n } = useLingui();
  return (
    <>
      <Lead>{i18n._('The code is right. Your account also asks for its PIN.')}</Lead>
      <PinForm {...props} />
      <p className="text-note text-ink-2">{i18n._('Forgotten? You can switch it off in the settings, under PIN.')}</p>
    </>
  );
}

const Lead = ({ children }: { readonly children: ReactNode }) => <p className="text-ink-2">{children}</p>;

function SentTo({ phone: sentTo, onChange }: { readonly phone: string; readonly onChange: () => void }) {
  const phone = usePhoneNumbers()?.format(sentTo) ?? sentTo;
  const change = <button type="button" className="min-h-6 font-semibold text-accent-text hover:underline" onClick={onChange} />;
  return (
    <Trans id="Sent to <0>{phone}</0> · <1>Change</1>" values={{ phone }} components={{ 0: <bdi dir="ltr" />, 1: change }} />
  );
}
