import { useLingui } from '@lingui/react';
import { useState, type ReactNode } from 'react';
import { foldText } from './fold-text.ts';
import { linkify } from './linkify.ts';

export type MessageTextProps = {
  readonly text: string;
  /** Time and tick: floats into the last line where there is room, on the side where that line ends. */
  readonly meta?: ReactNode;
};

/** What a person wrote: links, `code`, and a fold when it is long. React nodes throughout, never HTML. */
export function MessageText({ text, meta }: MessageTextProps) {
  const { i18n } = useLingui();
  const [isOpen, setOpen] = useState(false);
  const folded = foldText(text);
  if (folded === undefined) {
    return (
      <div dir="auto" className="message-text">
        <LinkedText text={text} />
        {meta}
      </div>
    );
  }
  return (
    <>
      <div dir="auto" className="message-text">
        <LinkedText text={isOpen ? text : `${folded}…`} />
      </div>
      <div className="flex items-end justify-between">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="-ms-2 min-h-10 rounded-s px-2 text-preview font-semibold text-accent-text hover:underline"
        >
          {isOpen ? i18n._('Show less') : i18n._('Show more')}
        </button>
        {meta}
      </div>
    </>
  );
}

export function LinkedText({ text }: { readonly text: string }) {
  return linkify(text).map((part, index) => {
    if (part.kind === 'text') return part.text;
    if (part.kind === 'code') return <code key={index}>{part.text}</code>;
    return (
      <a key={index} href={part.href} target="_blank" rel="noopener noreferrer nofollow ugc" dir="ltr">
        {part.text}
      </a>
    );
  });
}
