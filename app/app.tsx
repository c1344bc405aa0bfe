import { useLingui } from '@lingui/react';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Navigate, useLocation, useNavigate } from 'react-router';
import type { UserId } from '#sync-protocol';
import type { Chatter } from './compose.ts';
import { createChatter } from './compose.ts';
import { env } from './env.ts';
import type { Account, SignedIn } from './features/frame/account.ts';
import { FrameContext, type Frame } from './features/frame/frame.ts';
import { lazyScreen } from './features/frame/lazy.ts';
import { paths } from './features/frame/paths.ts';
import { loadAgain } from './load-again.ts';
import { forgetDevice } from './platform/forget-device.ts';
import type { Install } from './platform/install.ts';
import type { Network } from './platform/network.ts';
import type { RememberedUser } from './platform/remembered-user.ts';
import { signedOutMark } from './platform/signed-out-mark.ts';
import type { Updates } from './platform/updates.ts';
import { Screens } from './routes.tsx';
import { ChatterProvider } from './store/queries/provider.tsx';
import { ErrorPanel } from './ui/error-boundary.tsx';
import { StillOpening } from './ui/still-opening.tsx';
import { Toasts, type Toast } from './ui/toasts.tsx';
import { UpdatePrompt } from './ui/update-prompt.tsx';

const SignIn = lazyScreen(async () => (await import('./features/sign-in/sign-in.tsx')).SignIn);

export type AppProps = {
  readonly account: Account;
  readonly remembered: RememberedUser;
  readonly network: Network;
  readonly updates: Updates | undefined;
  readonly install: Install;
  readonly initialUser: UserId | undefined;
};

/**
 * Whose app this is.
 *
 *   asking ──► signed-out ──code──► opening ──► open ──signed out──► signed-out
 *      └─────────────────────────────►             │ session ended: stays open, a banner asks to sign in
 */
type Phase =
  | { readonly at: 'asking' }
  | { readonly at: 'signed-out' }
  | { readonly at: 'opening'; readonly user: UserId }
  | { readonly at: 'open'; readonly chatter: Chatter; readonly isEnded: boolean }
  | { readonly at: 'failed' };

export function App(props: AppProps) {
  const { pathname } = useLocation();
  const { phase, signedIn, signOut } = useAccountPhase(props);
  const toasts = useToasts();
  const prompt = useUpdatePrompt(props.updates);
  return (
    <>
      <PhaseScreens
        {...props}
        phase={phase}
        pathname={pathname}
        signedIn={signedIn}
        signOut={signOut}
        toast={toasts.toast}
        prompt={prompt}
      />
      <Toasts toasts={toasts.shown} onDismiss={toasts.dismiss} />
    </>
  );
}

// What must not happen did: in the console, where the report of a fault is made from.
const report = (what: string, detail?: unknown) => console.error(what, detail);
const browser = async () => (await loadAgain(() => import('./platform/browser.ts'))).createBrowser(report);

type PhaseProps = AppProps & {
  readonly phase: Phase;
  readonly pathname: string;
  readonly signedIn: (signedIn: SignedIn) => void;
  readonly signOut: () => Promise<void>;
  readonly toast: Frame['toast'];
  readonly prompt: React.ReactNode;
};

function PhaseScreens(props: PhaseProps) {
  const { phase, pathname } = props;
  const isLogin = pathname === paths.login || pathname.startsWith(`${paths.login}/`);
  switch (phase.at) {
    case 'asking':
    case 'opening':
      return <StillOpening />;
    case 'failed':
      return <ErrorPanel onRetry={() => location.reload()} />;
    case 'signed-out':
      if (!isLogin) return <Navigate to={paths.login} replace />;
      return <SignInHere {...props} />;
    case 'open':
      if (isLogin && phase.isEnded) return <SignInHere {...props} />;
      if (isLogin || pathname === '/') return <Navigate to={paths.chats} replace />;
      return <SignedInHere {...props} chatter={phase.chatter} />;
  }
}

function SignInHere({ account, signedIn, prompt }: PhaseProps) {
  return (
    <Suspense fallback={null}>
      <SignIn account={account} onSignedIn={signedIn} />
      {prompt && <div className="fixed inset-x-3 bottom-4 flex justify-center">{prompt}</div>}
    </Suspense>
  );
}

function SignedInHere({
  account,
  network,
  chatter,
  signOut,
  toast,
  prompt,
  updates,
  install,
}: PhaseProps & { readonly chatter: Chatter }) {
  const frame = useMemo<Frame>(
    () => ({
      me: chatter.user,
      commands: chatter.commands,
      account,
      network,
      lead: chatter.lead,
      shown: chatter.shown,
      browser,
      install,
      version: env.version,
      signOut,
      update: () => (updates?.state() === 'waiting' ? updates.accept() : location.reload()),
      toast,
    }),
    [account, chatter, install, network, signOut, toast, updates],
  );
  return (
    <ChatterProvider chatter={chatter}>
      <FrameContext value={frame}>
        <Screens floating={prompt} />
      </FrameContext>
    </ChatterProvider>
  );
}

function useAccountPhase({ account, network, remembered, initialUser }: AppProps) {
  const navigate = useNavigate();
  const [phase, setPhase] = useState<Phase>(initialUser ? { at: 'opening', user: initialUser } : { at: 'asking' });
  const opened = useRef<Chatter>(undefined);

  const open = useCallback(
    async (user: UserId) => {
      await opened.current?.stop();
      opened.current = undefined;
      const chatter = await createChatter({
        user,
        network,
        ...(env.apiUrl !== '' && { origin: env.apiUrl }),
        onEnded: (why) => {
          if (why === 'closed') location.reload();
          else if (why === 'signed-out') setPhase((now) => (now.at === 'open' ? { ...now, isEnded: true } : now));
          else if (why === 'revoked') void remembered.clear().then(() => setPhase({ at: 'signed-out' }));
        },
        report,
      });
      opened.current = chatter;
      setPhase({ at: 'open', chatter, isEnded: false });
    },
    [network, remembered],
  );
  // A tab that lost the person to another one's sign-out may have been the last to write on the icon.
  useEffect(() => {
    if (phase.at === 'signed-out')
      browser().then(
        (found) => found.showBadge(0),
        (error: unknown) => report('badge: could not be cleared', error),
      );
  }, [phase.at]);
  const start = useRef(false);
  useEffect(() => {
    if (start.current) return;
    start.current = true;
    const find = async () => initialUser ?? (await findUser(account, remembered));
    find()
      .then(async (user) => {
        if (!user) return setPhase({ at: 'signed-out' });
        return open(user);
      })
      .catch((error: unknown) => {
        console.error('could not start', error);
        setPhase({ at: 'failed' });
      });
  }, [account, initialUser, open, remembered]);

  const signedIn = useCallback(
    async ({ user }: SignedIn) => {
      signedOutMark.clear();
      await remembered.set(user);
      await open(user);
      void navigate(paths.chats, { replace: true });
    },
    [navigate, open, remembered],
  );
  const signOut = useCallback(async () => {
    await opened.current?.signOut();
    await remembered.clear();
    await forgetDevice({ isServerTold: await account.endSession() });
    location.replace(paths.login);
  }, [account, remembered]);
  return { phase, signedIn: (it: SignedIn) => void signedIn(it), signOut };
}

/** The disk was cleared under a live session: the server still knows whose it is. [P40] */
async function findUser(account: Account, remembered: RememberedUser): Promise<UserId | undefined> {
  if (signedOutMark.isSet() || !remembered.wasSomebody()) return undefined;
  const outcome = await account.whoAmI();
  if (outcome.kind !== 'ok') return undefined;
  await remembered.set(outcome.value);
  return outcome.value;
}

function useToasts() {
  const [shown, setShown] = useState<readonly Toast[]>([]);
  const count = useRef(0);
  const toast = useCallback<Frame['toast']>(
    (said) => setShown((now) => [...now.slice(-2), { ...said, id: String(count.current++) }]),
    [],
  );
  const dismiss = useCallback((id: string) => setShown((now) => now.filter((one) => one.id !== id)), []);
  return { shown, toast, dismiss };
}

const noUpdates = { subscribe: () => () => undefined, state: () => 'none' as const };

function useUpdatePrompt(updates: Updates | undefined): React.ReactNode {
  const { subscribe, state } = updates ?? noUpdates;
  const found = useSyncExternalStore(subscribe, state);
  // The words follow the language.
  useLingui();
  return updates && found !== 'none' ? <UpdatePrompt onUpdate={updates.accept} onLater={updates.later} /> : undefined;
}
