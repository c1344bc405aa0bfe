import { Trans, useLingui } from '@lingui/react';
import { Button } from './button.tsx';
import { clockTime, localesOf } from './dates.ts';
import type { MessageView } from './list-item.ts';

export type MessageNoteProps = {
  readonly message: MessageView;
  readonly isLastWaiting: boolean;
  readonly onRetry?: ((id: string) => void) | undefined;
  readonly onDiscard?: ((id: string) => void) | undefined;
};

/** The honest line under a bubble: why it has not gone, or when it was really written. Mostly nothing. */
export function MessageNote({ message, isLastWaiting, onRetry, onDiscard }: MessageNoteProps) {
  const { i18n } = useLingui();
  const { state, writtenAtMs, timeMs } = message;
  const clock = (ms: number) => clockTime(ms, localesOf(i18n));
  if (message.isDeleted) return undefined;
  if (state.at === 'failed') {
    return (
      <div className="mx-1.5 mt-0.5 flex flex-wrap items-center justify-end gap-x-1 text-meta text-danger">
        <span>
          <Trans id="Not sent: {reason}" values={{ reason: state.reason }} />
        </span>
        <span className="-me-2 flex">
          {onRetry && (
            <Button kind="plain" size="xs" onClick={() => onRetry(message.id)}>
              {i18n._('Try again')}
            </Button>
          )}
          {onDiscard && (
            <Button kind="danger-plain" size="xs" onClick={() => onDiscard(message.id)}>
              {i18n._('Discard')}
            </Button>
          )}
        </span>
      </div>
    );
  }
  if (state.at === 'queued' && isLastWaiting) {
    return <Note>{i18n._('Waiting for the network · written {time}', { time: clock(writtenAtMs ?? timeMs) })}</Note>;
  }
  if (writtenAtMs !== undefined && clock(writtenAtMs) !== clock(timeMs)) {
    return <Note>{i18n._('written {time}', { time: clock(writtenAtMs) })}</Note>;
  }
  return undefined;
}

function Note({ children }: { readonly children: string }) {
  return <p className="mx-1.5 mt-[3px] text-meta text-ink-2 tabular group-data-own/message:text-end">{children}</p>;
}
