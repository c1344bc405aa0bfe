import { useLingui } from '@lingui/react';
import { HardDrive } from 'lucide-react';
import { useEffect, useState } from 'react';

const patienceMs = 1_000;

/** A database opens at once. When it does not, a tab of another version is mostly in the way, and only the person can close it. */
export function StillOpening() {
  const { i18n } = useLingui();
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  if (!isLate) return undefined;
  return (
    <div role="status" className="grid h-full place-content-center justify-items-center gap-1 p-8 text-center text-ink-2">
      <HardDrive size="1.875rem" aria-hidden="true" className="mb-3.5" />
      <h2 className="text-section font-[660] tracking-[-0.015em] text-ink">{i18n._('Opening takes longer than usual')}</h2>
      <p className="max-w-75">{i18n._('If Chatter is open in another tab, close that tab. This one goes on by itself.')}</p>
    </div>
  );
}
