import type { ReactNode } from 'react';

/** One thing, named, on the surface it stands on in the app. */
export function Specimen({
  title,
  surface = 'panel',
  children,
}: {
  readonly title: string;
  readonly surface?: 'panel' | 'bg' | 'wash';
  readonly children: ReactNode;
}) {
  const back = { panel: 'bg-panel', bg: 'bg-bg', wash: 'bg-wash' }[surface];
  return (
    <figure className="mb-5">
      <figcaption className="mb-1.5 text-note font-medium text-ink-2">{title}</figcaption>
      <div className={`@container/shell rounded-m border border-line p-3 ${back}`}>{children}</div>
    </figure>
  );
}

export function Shelf({ children }: { readonly children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-3">{children}</div>;
}
