export const loadAgainAfterMs = [1_000, 5_000, 30_000] as const;

/**
 * Loads a file of the app that the page can do without for a while, again when the network loses it. Rejects with why the last try failed.
 * A page that is being left fails too, and is gone before it would try again.
 */
export async function loadAgain<T>(load: () => Promise<T>, afterMs: readonly number[] = loadAgainAfterMs): Promise<T> {
  const [pauseMs, ...later] = afterMs;
  if (pauseMs === undefined) return load();
  try {
    return await load();
  } catch {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    return loadAgain(load, later);
  }
}
