import { useLingui } from '@lingui/react';
import { Pencil, X } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState, type Ref } from 'react';
import type { ConversationId, MessageId } from '#sync-protocol';
import { Composer, type ComposerHandle } from '../../ui/composer.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { useFrame } from '../frame/frame.ts';

export type Editing = { readonly message: MessageId; readonly text: string };
export type ComposerBarProps = {
  readonly ref?: Ref<ComposerHandle> | undefined;
  readonly conversation: ConversationId;
  readonly title: string;
  /** What was typed here before, from the disk. */
  readonly draft: string;
  readonly editing: Editing | undefined;
  readonly onEditingEnd: () => void;
  /** A message is on the disk. */
  readonly onWritten: () => void;
};

/** Writing a message, or changing one: then what was being written waits on the disk. */
export function ComposerBar(props: ComposerBarProps) {
  const { editing } = props;
  return editing ? <EditBar key={editing.message} {...props} editing={editing} /> : <WriteBar {...props} />;
}

const draftAfterMs = 150;

function WriteBar({ ref, conversation, title, draft, onWritten }: ComposerBarProps) {
  const { i18n } = useLingui();
  const { commands, toast } = useFrame();
  const [text, setText] = useState(draft);
  const leaving = useRef(new Set<string>());
  useKeptDraft(conversation, text, draft);
  const send = async (whole: string) => {
    // The button cannot send twice: the same words leave again only after they were stored and taken from the field.
    if (leaving.current.has(whole)) return;
    leaving.current.add(whole);
    try {
      await commands.sendMessage(conversation, { text: whole.trim() });
      onWritten();
      setText((now) => (now.startsWith(whole) ? now.slice(whole.length) : now));
    } catch {
      toast({ text: i18n._('This could not be stored on this device. Your text is still in the field.') });
    } finally {
      leaving.current.delete(whole);
    }
  };
  return (
    <Composer
      ref={ref}
      value={text}
      onChange={setText}
      onSend={(whole) => void send(whole)}
      placeholder={i18n._('Message {title}', { title })}
      autoFocus={hasKeyboard()}
    />
  );
}

/** Phones would open their keyboard over the conversation. */
export const hasKeyboard = (): boolean => !matchMedia('(pointer: coarse)').matches;

/** On the disk a moment after every keystroke, and at once when the page may go away. */
function useKeptDraft(conversation: ConversationId, text: string, initial: string): void {
  const { i18n } = useLingui();
  const { commands, toast } = useFrame();
  const kept = useRef(initial);
  const latest = useRef(text);
  useLayoutEffect(() => {
    latest.current = text;
  }, [text]);
  useEffect(() => {
    const keep = () => {
      const before = kept.current;
      if (latest.current === before) return;
      kept.current = latest.current;
      // The disk is full: it stays in the field, and is kept once there is room.
      commands.saveDraft(conversation, latest.current).catch(() => (kept.current = before));
    };
    const timer = setTimeout(keep, draftAfterMs);
    const keepIfHidden = () => document.visibilityState === 'hidden' && keep();
    document.addEventListener('visibilitychange', keepIfHidden);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', keepIfHidden);
    };
  }, [commands, conversation, text]);
  useEffect(
    () => () => {
      if (latest.current === kept.current) return;
      const tell = () => toast({ text: i18n._('What you were writing could not be kept on this device.') });
      commands.saveDraft(conversation, latest.current).catch(tell);
    },
    [commands, conversation, i18n, toast],
  );
}

function EditBar({ conversation, editing, onEditingEnd }: ComposerBarProps & { readonly editing: Editing }) {
  const { i18n } = useLingui();
  const { commands } = useFrame();
  const [text, setText] = useState(editing.text);
  const handle = useRef<ComposerHandle>(null);
  useEffect(() => handle.current?.focus(), []);
  const save = async (whole: string) => {
    if (whole.trim() !== editing.text) await commands.editMessage(conversation, editing.message, whole.trim());
    onEditingEnd();
  };
  return (
    <div>
      <div className="flex items-center gap-2.5 border-t border-line ps-5 pe-2 pt-1 text-note text-ink-2">
        <Pencil size={16} aria-hidden="true" className="text-accent-text" />
        <span className="min-w-0 flex-1">
          <b className="block text-accent-text">{i18n._('Editing')}</b>
          <span dir="auto" className="block truncate">
            {editing.text}
          </span>
        </span>
        <IconButton label={i18n._('Stop editing')} icon={X} onClick={onEditingEnd} />
      </div>
      <Composer
        ref={handle}
        onEscape={onEditingEnd}
        value={text}
        onChange={setText}
        onSend={(whole) => void save(whole)}
        placeholder={i18n._('Message text')}
      />
    </div>
  );
}
