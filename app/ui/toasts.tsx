import { useLingui } from '@lingui/react';
import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';

export type Toast = {
  readonly id: string;
  readonly text: string;
  readonly action?: { readonly label: string; readonly onAct: () => void } | undefined;
};

export type ToastsProps = { readonly toasts: readonly Toast[]; readonly onDismiss: (id: string) => void };

const shownMs = 6000;

/** Mounted once, always: a live region must exist before its words do. */
export function Toasts({ toasts, onDismiss }: ToastsProps) {
  const popover = useRef<HTMLDivElement>(null);
  const isEmpty = toasts.length === 0;
  useEffect(() => {
    if (isEmpty) popover.current?.hidePopover();
    else popover.current?.showPopover();
  }, [isEmpty]);
  return (
    <div ref={popover} popover="manual" className="popover-toasts">
      <div role="status" className="grid justify-items-center gap-2">
        {toasts.map((toast) => (
          <ToastRow key={toast.id} toast={toast} onDismiss={() => onDismiss(toast.id)} />
        ))}
      </div>
    </div>
  );
}

function ToastRow({ toast, onDismiss }: { readonly toast: Toast; readonly onDismiss: () => void }) {
  const { i18n } = useLingui();
  const [isHeld, setHeld] = useState(false);
  const dismiss = useRef(onDismiss);
  useEffect(() => {
    dismiss.current = onDismiss;
  });
  useEffect(() => {
    // Somebody reading it, or reaching for its button, is not hurried.
    if (isHeld) return undefined;
    const timer = setTimeout(() => dismiss.current(), shownMs);
    return () => clearTimeout(timer);
  }, [isHeld]);
  const hold = {
    onPointerEnter: () => setHeld(true),
    onPointerLeave: () => setHeld(false),
    onFocus: () => setHeld(true),
    onBlur: () => setHeld(false),
  };
  return (
    <div
      {...hold}
      className="pointer-events-auto flex min-h-12 max-w-full animate-[rise_160ms_var(--ease-out)] items-center gap-1 rounded-m bg-ink ps-4 pe-1 text-preview text-panel shadow-float"
    >
      <span className="min-w-0 py-2 pe-2 wrap-any">{toast.text}</span>
      {toast.action && (
        <button
          type="button"
          onClick={() => {
            toast.action?.onAct();
            onDismiss();
          }}
          className="min-h-10 flex-none rounded-s px-3 font-semibold underline-offset-2 outline-current hover:underline"
        >
          {toast.action.label}
        </button>
      )}
      <button
        type="button"
        aria-label={i18n._('Close')}
        onClick={onDismiss}
        className="grid size-10 flex-none place-items-center rounded-full outline-current"
      >
        <X size="1.0625rem" aria-hidden="true" />
      </button>
    </div>
  );
}
