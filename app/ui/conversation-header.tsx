import { useLingui } from '@lingui/react';
import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { Avatar } from './avatar.tsx';
import { IconButton } from './icon-button.tsx';
import { openInPlace } from './open-in-place.ts';

export type ConversationHeaderProps = {
  readonly title: string;
  readonly avatarId: string;
  /** "8 people", "last seen 09:12". */
  readonly note?: string | undefined;
  /** "3 online", in green, after the note. */
  readonly onlineNote?: string | undefined;
  readonly onBack?: (() => void) | undefined;
  /** Opens the details. */
  readonly detailsHref?: string | undefined;
  readonly onDetails?: (() => void) | undefined;
  readonly actions?: ReactNode;
};

export function ConversationHeader(props: ConversationHeaderProps) {
  const { i18n } = useLingui();
  const inside = (
    <>
      {/* With large text there is room for the name or for the face. */}
      <span className="flex flex-none @max-[16rem]/shell:hidden">
        <Avatar id={props.avatarId} name={props.title} size={10} />
      </span>
      <span className="grid min-w-0 leading-[1.25]">
        <h1 className="clip-line text-head font-semibold tracking-[-0.01em]">
          <bdi>{props.title}</bdi>
        </h1>
        <span className="clip-line text-note text-ink-2 empty:hidden">
          {props.note && <bdi>{props.note}</bdi>}
          {props.note && props.onlineNote && ' · '}
          {props.onlineNote && <bdi className="text-ok">{props.onlineNote}</bdi>}
        </span>
      </span>
    </>
  );
  return (
    <header className="flex min-h-16 flex-none items-center border-b border-line bg-panel ps-1.5 pe-3 @two/shell:ps-3">
      {props.onBack && (
        <IconButton label={i18n._('Back')} icon={ArrowLeft} isDirectional onClick={props.onBack} className="@two/shell:hidden" />
      )}
      {props.detailsHref === undefined ? (
        <div className="flex min-w-0 flex-1 items-center gap-3 px-1.5 py-1">{inside}</div>
      ) : (
        <a
          href={props.detailsHref}
          onClick={(event) => openInPlace(event, () => props.onDetails?.())}
          className="flex min-w-0 flex-1 items-center gap-3 rounded-m px-1.5 py-1"
        >
          {inside}
        </a>
      )}
      {props.actions}
    </header>
  );
}
