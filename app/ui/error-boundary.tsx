import { useLingui } from '@lingui/react';
import { TriangleAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { Button } from './button.tsx';

export type ErrorBoundaryProps = {
  readonly children: ReactNode;
  /** Changing it clears the error: the id of what the panel shows. */
  readonly resetKey?: string | undefined;
  /** In place of showing the children again. */
  readonly onRetry?: (() => void) | undefined;
  readonly onCopyReport?: ((error: unknown) => void) | undefined;
};

type ErrorBoundaryState = { readonly failure: { readonly error: unknown } | undefined };

/** Around each pane: when one breaks, the others stay. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { failure: undefined };

  static getDerivedStateFromError(error: unknown): ErrorBoundaryState {
    return { failure: { error } };
  }

  override componentDidUpdate(previous: ErrorBoundaryProps): void {
    if (previous.resetKey !== this.props.resetKey && this.state.failure) this.setState({ failure: undefined });
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    const { onCopyReport, onRetry } = this.props;
    return (
      <ErrorPanel
        onRetry={onRetry ?? (() => this.setState({ failure: undefined }))}
        onCopyReport={onCopyReport && (() => onCopyReport(failure.error))}
      />
    );
  }
}

export type ErrorPanelProps = { readonly onRetry?: (() => void) | undefined; readonly onCopyReport?: (() => void) | undefined };

export function ErrorPanel({ onRetry, onCopyReport }: ErrorPanelProps) {
  const { i18n } = useLingui();
  return (
    <div role="alert" className="grid h-full place-content-center justify-items-center gap-1 p-8 text-center text-ink-2">
      <span aria-hidden="true" className="mb-3.5 grid size-18 place-items-center rounded-[1.5rem] bg-danger-soft text-danger">
        <TriangleAlert size="1.875rem" />
      </span>
      <h2 className="text-section font-[660] tracking-[-0.015em] text-ink">{i18n._('This part stopped working')}</h2>
      <p className="max-w-75">{i18n._('Your messages are safe on this device. Opening it again mostly helps.')}</p>
      <div className="mt-4.5 flex flex-wrap justify-center gap-2">
        {onCopyReport && (
          <Button kind="soft" size="s" onClick={onCopyReport}>
            {i18n._('Copy report')}
          </Button>
        )}
        {onRetry && (
          <Button size="s" onClick={onRetry}>
            {i18n._('Try again')}
          </Button>
        )}
      </div>
    </div>
  );
}
