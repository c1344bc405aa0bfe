import type { ReactNode } from 'react';
import { Logo } from './logo.tsx';

export type AuthLayoutProps = {
  readonly title: string;
  readonly lead: ReactNode;
  /** The first screen introduces itself; the ones after it do not repeat the mark. */
  readonly hasLogo?: boolean | undefined;
  readonly children: ReactNode;
  readonly footnote?: ReactNode;
};

export function AuthLayout({ title, lead, hasLogo = false, children, footnote }: AuthLayoutProps) {
  return (
    <main className="pad-safe grid min-h-dvh overflow-y-auto bg-panel">
      <div className="m-auto w-full max-w-90 p-6">
        {hasLogo && (
          <div className="mb-5.5">
            <Logo isLarge />
          </div>
        )}
        <h1 className="text-hero font-[690] tracking-[-0.022em] text-balance">{title}</h1>
        <p className="mt-2 mb-6 text-ink-2">{lead}</p>
        <div className="grid gap-4">{children}</div>
        {footnote && <p className="mt-4 text-note text-ink-2">{footnote}</p>}
      </div>
    </main>
  );
}
