import { Suspense, useEffect, useState } from 'react';
import { useIsDiskAway, useLink, useOutboxCount } from '../../store/queries/queries.ts';
import { Banner, type LinkStatus } from '../../ui/banner.tsx';
import { useFrame } from './frame.ts';
import { useGo } from './go.ts';
import { lazyScreen } from './lazy.ts';
import { useSecondsUntil } from './now.ts';
import { paths } from './paths.ts';

const StorageBanner = lazyScreen(async () => (await import('./storage-banner.tsx')).StorageBanner);

export type LinkBannerProps = {
  readonly isInset?: boolean | undefined;
  /** On the outbox itself there is nothing more to show. */
  readonly isOnOutbox?: boolean | undefined;
};

/** What the person must know while it is so, above what it concerns. */
export function LinkBanner(props: LinkBannerProps) {
  const { storage, isDiskFull } = useLink();
  const isAway = useIsDiskAway();
  return (
    <>
      {(storage === 'memory' || isDiskFull || isAway) && (
        <Suspense fallback={null}>
          <StorageBanner isInset={props.isInset} />
        </Suspense>
      )}
      <ServerBanner {...props} />
    </>
  );
}

/** What stands between this device and the server, and the one thing to do about it. */
function ServerBanner({ isInset, isOnOutbox = false }: LinkBannerProps) {
  const link = useLink();
  const { waiting } = useOutboxCount();
  const seconds = useSecondsUntil(link.link.at === 'connecting' ? link.nextTryAtMs : undefined);
  const isLate = useLate(link.link.at === 'connecting' && link.link.attempt < 2);
  const { commands, update } = useFrame();
  const go = useGo();
  const status = statusOf(link, { waitingCount: waiting, retryInSeconds: seconds, isLate });
  if (!status) return undefined;
  const act = {
    offline: waiting > 0 && !isOnOutbox ? () => go(paths.outbox) : undefined,
    connecting: () => commands.tryNow(),
    'catching-up': undefined,
    'signed-out': () => go(paths.login),
    'update-required': update,
  }[status.at];
  return <Banner status={status} onAct={act} isInset={isInset} />;
}

type Facts = { readonly waitingCount: number; readonly retryInSeconds: number | undefined; readonly isLate: boolean };

function statusOf(
  { link, catchingUp }: ReturnType<typeof useLink>,
  { waitingCount, retryInSeconds, isLate }: Facts,
): LinkStatus | undefined {
  switch (link.at) {
    case 'live':
      return undefined;
    case 'offline':
      return { at: 'offline', waitingCount };
    case 'connecting':
      return link.attempt >= 2 || isLate ? { at: 'connecting', retryInSeconds, waitingCount } : undefined;
    case 'catching-up':
      return { at: 'catching-up', count: catchingUp > 0 ? catchingUp : undefined };
    case 'stopped':
      return { at: link.until === 'updated' ? 'update-required' : 'signed-out' };
  }
}

const patienceMs = 1_500;

/** A link that is made at once is not worth a word; after a moment it is. */
function useLate(isWaiting: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!isWaiting) return undefined;
    const timer = setTimeout(() => setLate(true), patienceMs);
    return () => clearTimeout(timer);
  }, [isWaiting]);
  return isWaiting && isLate;
}
