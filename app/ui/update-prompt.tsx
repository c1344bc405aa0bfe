import { useLingui } from '@lingui/react';
import { Button } from './button.tsx';

export type UpdatePromptProps = { readonly onUpdate: () => void; readonly onLater: () => void };

/** Never a dialog: somebody may be in the middle of a sentence. */
export function UpdatePrompt({ onUpdate, onLater }: UpdatePromptProps) {
  const { i18n } = useLingui();
  return (
    <div
      role="status"
      className="flex w-full max-w-96 animate-[rise_160ms_var(--ease-out)] flex-wrap items-center gap-x-3 gap-y-1 rounded-l border border-line bg-raised py-2 ps-4 pe-2 shadow-float"
    >
      <span className="grid flex-1 basis-38">
        <b>{i18n._('A new version is ready')}</b>
        <span className="text-note text-ink-2">{i18n._('Your text stays where it is.')}</span>
      </span>
      <span className="ms-auto flex">
        <Button kind="plain" size="s" onClick={onLater}>
          {i18n._('Later')}
        </Button>
        <Button size="s" onClick={onUpdate}>
          {i18n._('Update')}
        </Button>
      </span>
    </div>
  );
}
