import { useCallback, useMemo } from 'react';
import { useLocation, useNavigate } from 'react-router';

type CameFrom = { readonly from?: string };

/** Opens another view, and remembers from where: the arrow back and the browser's own back then do the same. */
export function useGo(): (path: string) => void {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  return useCallback((path) => void navigate(path, { state: { from: pathname } satisfies CameFrom }), [navigate, pathname]);
}

/** To another view that takes the place of this one. */
export function useReplace(): (path: string) => void {
  const navigate = useNavigate();
  return useMemo(() => (path: string) => void navigate(path, { replace: true }), [navigate]);
}

/** Back to where this view hangs: a step of the browser's history when that is where one came from. */
export function useBack(parent: string): () => void {
  const navigate = useNavigate();
  const { state } = useLocation() as { state: CameFrom | null };
  return useCallback(() => {
    if (state?.from === parent) void navigate(-1);
    else void navigate(parent, { replace: true });
  }, [navigate, state, parent]);
}
