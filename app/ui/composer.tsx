import { useLingui } from '@lingui/react';
import { SendHorizontal } from 'lucide-react';
import { useId, useImperativeHandle, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode, type Ref } from 'react';

export type ComposerProps = {
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** Called with the text as typed; the caller empties `value` once it is safely stored. */
  readonly onSend: (text: string) => void;
  readonly placeholder: string;
  readonly bytesMax?: number | undefined;
  /** Said instead of the field: "You are no longer in this group." */
  readonly closedReason?: ReactNode;
  readonly autoFocus?: boolean | undefined;
  readonly onBlur?: (() => void) | undefined;
  /** Escape: leave what is being done here. */
  readonly onEscape?: (() => void) | undefined;
  readonly ref?: Ref<ComposerHandle> | undefined;
};

export type ComposerHandle = { readonly focus: () => void };

const composerBytesMax = 16 * 1024;
const rowsHeightMax = 200;

export function Composer({ value, onChange, onSend, placeholder, bytesMax = composerBytesMax, ...rest }: ComposerProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const errorId = useId();
  const excess = bytesOver(value, bytesMax);
  const isSendable = value.trim() !== '' && excess === 0;
  useGrowing(area, value);
  useImperativeHandle(rest.ref, () => ({ focus: () => area.current?.focus() }), []);

  if (rest.closedReason) return <p className="px-6 py-5 text-center text-note text-ink-2">{rest.closedReason}</p>;
  const send = () => {
    if (!isSendable) return;
    onSend(value);
    area.current?.focus();
  };
  const sendOnEnter = (event: KeyboardEvent) => {
    if (event.key === 'Escape') rest.onEscape?.();
    // While a word is being composed (Japanese, Chinese, Korean), Enter belongs to the input method. Safari says so only with 229.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="pad-safe-bottom"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {excess > 0 && <TooLong id={errorId} excess={excess} />}
      <div className="flex items-end gap-1.5 px-2 pt-1.5 pb-2.5 @two/shell:px-3.5 @two/shell:pt-2 @two/shell:pb-3.5">
        <label
          className="field-edge field-quiet flex min-h-11 min-w-0 flex-1 cursor-text items-center rounded-[1.375rem] px-4"
          data-invalid={excess > 0 ? '' : undefined}
        >
          <textarea
            ref={area}
            rows={1}
            dir="auto"
            value={value}
            placeholder={placeholder}
            aria-label={placeholder}
            aria-invalid={excess > 0}
            aria-describedby={excess > 0 ? errorId : undefined}
            enterKeyHint="send"
            autoFocus={rest.autoFocus}
            onBlur={rest.onBlur}
            onChange={(event) => onChange(event.target.value)}
            onKeyDown={sendOnEnter}
            className="field-sizing-content max-h-50 w-full placeholder-shown:overflow-hidden placeholder-shown:whitespace-nowrap resize-none bg-transparent py-[0.65rem] text-body leading-[1.42] pointer-coarse:text-head pointer-coarse:leading-[1.35]"
          />
        </label>
        <SendButton isSendable={isSendable} />
      </div>
    </form>
  );
}

function TooLong({ id, excess }: { readonly id: string; readonly excess: number }) {
  const { i18n } = useLingui();
  return (
    <p id={id} role="alert" className="px-6 pt-1 text-note text-danger">
      {i18n._(
        '{count, plural, one {Too long by # byte. Nothing is lost: shorten it or send it in parts.} other {Too long by # bytes. Nothing is lost: shorten it or send it in parts.}}',
        { count: excess },
      )}
    </p>
  );
}

function SendButton({ isSendable }: { readonly isSendable: boolean }) {
  const { i18n } = useLingui();
  return (
    <button
      type="submit"
      aria-label={i18n._('Send')}
      title={i18n._('Send')}
      aria-disabled={!isSendable}
      // Pressing it must not take the focus: the phone's keyboard would fold away between two messages.
      onPointerDown={(event) => event.preventDefault()}
      className="grid size-11 flex-none place-items-center rounded-full bg-accent text-accent-ink transition-colors duration-120 hover:bg-accent-strong aria-disabled:bg-sunk aria-disabled:text-ink-3"
    >
      <SendHorizontal size="1.3125rem" aria-hidden="true" className="flip-rtl" />
    </button>
  );
}

/** Where the browser does not let a field grow with what is in it. Measuring is a layout of everything for each key. */
function useGrowing(area: { readonly current: HTMLTextAreaElement | null }, value: string): void {
  useLayoutEffect(() => {
    const field = area.current;
    if (!field || CSS.supports('field-sizing', 'content')) return;
    field.style.height = 'auto';
    const isFull = field.scrollHeight > rowsHeightMax;
    // Out of sight it has no height to go by; one row is right until it is typed in.
    if (field.scrollHeight > 0) field.style.height = `${field.scrollHeight}px`;
    field.style.overflowY = isFull ? 'auto' : 'hidden';
  }, [area, value]);
}

const encoder = new TextEncoder();

/** Bytes above the limit; a character takes three at most for each unit of `length`, so short texts are not measured. */
function bytesOver(text: string, bytesMax: number): number {
  if (text.length * 3 <= bytesMax) return 0;
  return Math.max(0, encoder.encode(text).length - bytesMax);
}
