import { useEffect, useState } from 'react';

/** The light edge that cameras look for. */
const quietModules = 4;

/** Dark on light in either theme, because not every camera reads the reverse. */
export function QrCode({ text, label }: { readonly text: string | undefined; readonly label: string }) {
  const [drawn, setDrawn] = useState<{ readonly size: number; readonly path: string }>();
  useEffect(() => {
    if (text === undefined) return setDrawn(undefined);
    let isStale = false;
    void import('uqr').then(({ encode }) => {
      const { size, data } = encode(text, { ecc: 'M', border: 0 });
      if (!isStale) setDrawn({ size, path: pathOf(data) });
    });
    return () => {
      isStale = true;
    };
  }, [text]);
  return (
    <div className="mx-auto size-56 overflow-hidden rounded-m border border-line">
      {drawn && (
        <svg
          role="img"
          aria-label={label}
          viewBox={`${-quietModules} ${-quietModules} ${drawn.size + 2 * quietModules} ${drawn.size + 2 * quietModules}`}
          shapeRendering="crispEdges"
          className="size-full"
        >
          <rect x={-quietModules} y={-quietModules} width="100%" height="100%" fill="#fff" />
          <path d={drawn.path} fill="#000" />
        </svg>
      )}
    </div>
  );
}

/** One rectangle for each run of dark modules in a row. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
  const runs: string[] = [];
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const from = x;
      while (row[x]) x++;
      if (x > from) runs.push(`M${from} ${y}h${x - from}v1H${from}z`);
    }
  });
  return runs.join('');
}
