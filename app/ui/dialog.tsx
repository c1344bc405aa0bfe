import { useLingui } from '@lingui/react';
import { X } from 'lucide-react';
import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';

export type DialogProps = {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons, the confirming one last. */
  readonly actions?: ReactNode;
};

/** The browser's own dialog: focus stays in and comes back, what lies behind is inert; `isOpen` alone says whether it is open. */
export function Dialog({ title, isOpen, onClose, children, actions }: DialogProps) {
  const { i18n } = useLingui();
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const dialog = element.current;
    if (!dialog || !isOpen) return;
    dialog.showModal();
    // Closed before it may be taken off the page: only so does the focus go back to where it was.
    return () => dialog.close();
  }, [isOpen]);
  return (
    <dialog
      ref={element}
      className="sheet"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => {
        // The browser tells this a while after it closed; whoever pressed the button again in between has it open.
        if (!element.current?.open) onClose();
      }}
      onClick={(event) => {
        // Only the backdrop is the dialog itself; everything drawn is a child.
        if (event.target === event.currentTarget) onClose();
      }}
    >
      {isOpen && (
        <>
          <header className="flex items-center gap-2 ps-6 pe-3 pt-3">
            <h2 id={titleId} className="flex-1 text-sub font-[640] tracking-[-0.01em]">
              {title}
            </h2>
            <IconButton label={i18n._('Close')} icon={X} onClick={onClose} />
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-6 pt-1 pb-5 text-ink-2">{children}</div>
          {actions && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{actions}</footer>}
        </>
      )}
    </dialog>
  );
}

export type ConfirmDialogProps = Omit<DialogProps, 'actions'> & {
  readonly confirmLabel: string;
  readonly onConfirm: () => void;
  /** Red: something will be gone. */
  readonly isDestructive?: boolean | undefined;
};

export function ConfirmDialog({ confirmLabel, onConfirm, isDestructive = false, ...dialog }: ConfirmDialogProps) {
  const { i18n } = useLingui();
  const actions = (
    <>
      <Button kind="plain" size="s" onClick={dialog.onClose}>
        {i18n._('Cancel')}
      </Button>
      <Button kind={isDestructive ? 'danger' : 'primary'} size="s" onClick={onConfirm}>
        {confirmLabel}
      </Button>
    </>
  );
  return <Dialog {...dialog} actions={actions} />;
}
