import { Suspense, useState } from 'react';
import { Navigate, useLocation, useNavigate } from 'react-router';
import type { Account, CodeSent, PinNeeded, SignedIn } from '../frame/account.ts';
import { lazyScreen } from '../frame/lazy.ts';
import { paths } from '../frame/paths.ts';
import { AskCode } from './ask-code.tsx';
import { AskName } from './ask-name.tsx';
import { AskNumber } from './ask-number.tsx';
import { AskPin } from './ask-pin.tsx';
import { OtherWaysRoom } from './other-ways-room.tsx';

const OtherWays = lazyScreen(async () => (await import('./other-ways.tsx')).OtherWays);
const LinkThisDevice = lazyScreen(async () => (await import('./link-device.tsx')).LinkThisDevice);

export type SignInProps = {
  readonly account: Pick<Account, 'ask' | 'requestCode' | 'verify'>;
  /** The session ended, but the person's messages are here: their number is known. */
  readonly knownPhone?: string | undefined;
  readonly onSignedIn: (signedIn: SignedIn) => void;
};

/** What one try has come to. A reload keeps none of it: a code is asked for again rather than written to a disk. */
type Progress = {
  readonly sent: CodeSent;
  readonly askedAtMs: number;
  readonly provenCode?: string;
  readonly pin?: PinNeeded | 'forgotten';
};

/** Three steps or four, an address each, so that the back button goes a step back; and another device, which takes their place. */
export function SignIn({ account, knownPhone, onSignedIn }: SignInProps) {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const [progress, setProgress] = useState<Progress>();
  const sent = (code: CodeSent) => {
    setProgress({ sent: code, askedAtMs: Date.now() });
    if (pathname !== paths.loginCode) void navigate(paths.loginCode);
  };
  if (pathname === paths.login) {
    const others = <OtherWays account={account} onSignedIn={onSignedIn} onLink={() => void navigate(paths.loginLink)} />;
    return (
      <AskNumber
        account={account}
        initialPhone={progress?.sent.phone ?? knownPhone}
        onSent={sent}
        otherWays={<Suspense fallback={<OtherWaysRoom />}>{others}</Suspense>}
      />
    );
  }
  if (pathname === paths.loginLink) {
    return (
      <LinkThisDevice account={account} onBack={() => void navigate(paths.login, { replace: true })} onSignedIn={onSignedIn} />
    );
  }
  if (!progress) return <Navigate to={paths.login} replace />;
  if (pathname === paths.loginCode) {
    return (
      <AskCode
        key={progress.sent.requestId}
        account={account}
        sent={progress.sent}
        askedAtMs={progress.askedAtMs}
        onSentAgain={sent}
        onChangeNumber={() => void navigate(paths.login, { replace: true })}
        onNameNeeded={(provenCode) => {
          setProgress({ ...progress, provenCode });
          void navigate(paths.loginName);
        }}
        onPinNeeded={(provenCode, pin) => {
          setProgress({ ...progress, provenCode, pin });
          void navigate(paths.loginPin);
        }}
        onSignedIn={onSignedIn}
      />
    );
  }
  return (
    <AfterCode
      account={account}
      progress={progress}
      onForgotten={() => {
        setProgress({ ...progress, pin: 'forgotten' });
        void navigate(paths.loginName);
      }}
      onSignedIn={onSignedIn}
    />
  );
}

type AfterCodeProps = Pick<SignInProps, 'account' | 'onSignedIn'> & {
  readonly progress: Progress;
  readonly onForgotten: () => void;
};

/** The code is right: what else the account needs, a PIN it has or a name it has not. */
function AfterCode({ account, progress, onForgotten, onSignedIn }: AfterCodeProps) {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const { sent, provenCode, pin } = progress;
  if (provenCode === undefined) return <Navigate to={paths.login} replace />;
  const onCodeExpired = () => void navigate(paths.login, { replace: true });
  const proof = { account, requestId: sent.requestId, code: provenCode, onCodeExpired, onSignedIn };
  if (pathname === paths.loginPin && typeof pin === 'object') {
    return <AskPin {...proof} needed={pin} onStartAnew={onForgotten} />;
  }
  if (pathname !== paths.loginName) return <Navigate to={paths.login} replace />;
  return <AskName {...proof} isAnew={pin === 'forgotten'} />;
}
