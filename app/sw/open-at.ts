/** The little that is needed of a window, so that a test can be one. */
export type OpenWindow = {
  readonly isFocused: boolean;
  readonly isVisible: boolean;
  focus(): Promise<unknown>;
  /** Asks the page to go there by itself; `false` when it did not answer. */
  route(path: string): Promise<boolean>;
  /** Loads the address in it. */
  load(path: string): Promise<unknown>;
};

/** Shows an address in the window that was looked at last, without loading it anew; in a new one when there is none. */
export async function openAt(
  path: string,
  windows: readonly OpenWindow[],
  openNew: (path: string) => Promise<unknown>,
): Promise<void> {
  const chosen = windows.find(({ isFocused }) => isFocused) ?? windows.find(({ isVisible }) => isVisible) ?? windows[0];
  if (!chosen) return void (await openNew(path));
  await chosen.focus();
  // A page that is still starting, or stands at the sign-in, has nobody who listens.
  if (!(await chosen.route(path))) await chosen.load(path);
}
