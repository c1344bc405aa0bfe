import { Trans, useLingui } from '@lingui/react';
import { Button } from './button.tsx';

export type StrangerBannerProps = {
  readonly name: string;
  readonly onAdd?: (() => void) | undefined;
  readonly onBlock?: (() => void) | undefined;
};

/** Over the messages of someone who wrote first. */
export function StrangerBanner({ name, onAdd, onBlock }: StrangerBannerProps) {
  const { i18n } = useLingui();
  return (
    <div
      role="note"
      className="flex flex-wrap items-center gap-x-2 border-b border-line bg-panel py-1 ps-4.5 pe-2 text-note text-ink-2"
    >
      <span className="min-w-0 flex-1 basis-48 py-1 wrap-any">
        <Trans id="You did not add {name}" values={{ name: <bdi className="font-semibold text-ink">{name}</bdi> }} />
      </span>
      <span className="flex">
        {onAdd && (
          <Button kind="plain" size="xs" onClick={onAdd}>
            {i18n._('Add')}
          </Button>
        )}
        {onBlock && (
          <Button kind="danger-plain" size="xs" onClick={onBlock}>
            {i18n._('Block')}
          </Button>
        )}
      </span>
    </div>
  );
}
