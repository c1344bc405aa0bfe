import { useLingui } from '@lingui/react';

export type SkeletonRowsProps = {
  readonly kind: 'conversation' | 'person' | 'message';
  readonly count?: number | undefined;
};

// Uneven on purpose, and the same each time: equal bars look like a table, random ones flicker.
const widths = ['w-2/5', 'w-3/5', 'w-1/3', 'w-1/2', 'w-2/3', 'w-5/12'];

/** The right size from the start, and only after 150 ms: the local database is mostly faster than that. */
export function SkeletonRows({ kind, count = 6 }: SkeletonRowsProps) {
  const { i18n } = useLingui();
  return (
    <div role="status" className="late">
      <span className="sr-only">{i18n._('Loading…')}</span>
      {Array.from({ length: count }, (_, index) =>
        kind === 'message' ? (
          <BubbleSkeleton key={index} index={index} />
        ) : (
          <RowSkeleton key={index} index={index} isTall={kind === 'conversation'} />
        ),
      )}
    </div>
  );
}

function RowSkeleton({ index, isTall }: { readonly index: number; readonly isTall: boolean }) {
  return (
    <div aria-hidden="true" className={`flex items-center gap-3 px-3 ${isTall ? 'h-17' : 'h-15'}`}>
      <span className={`flex-none rounded-full bg-sunk ${isTall ? 'size-11' : 'size-10'}`} />
      <span className="grid flex-1 gap-2">
        <span className={`h-3.5 rounded-full bg-sunk ${widths[index % widths.length]}`} />
        <span className={`h-3 rounded-full bg-sunk ${widths[(index + 4) % widths.length]}`} />
      </span>
    </div>
  );
}

function BubbleSkeleton({ index }: { readonly index: number }) {
  const isOwn = index % 3 === 2;
  return (
    <div aria-hidden="true" className={`flex pt-2.5 ${isOwn ? 'justify-end' : ''}`}>
      <span className={`h-10 rounded-l ${isOwn ? 'bg-mine' : 'bg-theirs'} ${widths[index % widths.length]}`} />
    </div>
  );
}
