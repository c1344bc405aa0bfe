import { useLingui } from '@lingui/react';
import { ChevronDown } from 'lucide-react';
import { Badge } from './badge.tsx';

export type JumpToBottomProps = { readonly newCount: number; readonly onJump: () => void };

export function JumpToBottom({ newCount, onJump }: JumpToBottomProps) {
  const { i18n } = useLingui();
  const label =
    newCount > 0
      ? i18n._('{count, plural, one {# new message, go to the newest} other {# new messages, go to the newest}}', {
          count: newCount,
        })
      : i18n._('Go to the newest message');
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onJump}
      className="relative grid size-11 animate-[rise_140ms_var(--ease-out)] place-items-center rounded-full border border-line bg-raised text-ink-2 shadow-float hover:text-ink"
    >
      <ChevronDown size="1.375rem" aria-hidden="true" />
      {newCount > 0 && (
        <span className="absolute -top-2 inset-x-0 flex justify-center">
          <Badge count={newCount} />
        </span>
      )}
    </button>
  );
}
