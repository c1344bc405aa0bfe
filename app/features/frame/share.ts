/** The whole address of a path of the app, for somebody else to open. */
export const addressOf = (path: string): string => new URL(path, location.origin).href;

/** Whether this browser has the system's own way of handing text on. */
export const canShare = (): boolean => 'share' in navigator;

/** The text alone: a link would open only for people of the same chat. */
export async function share(text: string): Promise<void> {
  try {
    await navigator.share({ text });
  } catch (error) {
    // Closing the system's sheet is an answer.
    if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
  }
}
