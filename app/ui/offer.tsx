import { useLingui } from '@lingui/react';
import { X, type LucideIcon } from 'lucide-react';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';

export type OfferProps = {
  readonly icon: LucideIcon;
  readonly text: string;
  readonly action: string;
  readonly onAct: () => void;
  readonly onDismiss: () => void;
};

/** One line about something that could be had. It interrupts nobody, and a no is for good. */
export function Offer({ icon: Icon, text, action, onAct, onDismiss }: OfferProps) {
  const { i18n } = useLingui();
  return (
    <aside
      aria-label={text}
      className="mx-3 mb-2 flex flex-none items-center gap-2.5 rounded-m bg-sunk ps-3.5 pe-1 text-note leading-[1.35] text-ink-2"
    >
      <Icon size="1.0625rem" aria-hidden="true" className="flex-none" />
      <span className="min-w-0 flex-1 py-2.5">{text}</span>
      <Button kind="plain" size="xs" className="flex-none" onClick={onAct}>
        {action}
      </Button>
      <IconButton label={i18n._('Not now')} icon={X} iconSize={16} onClick={onDismiss} />
    </aside>
  );
}
