export type NoticePermission = 'unsupported' | 'default' | 'granted' | 'denied';

/** What the system shows of one conversation; `key` names it, and a later notice takes the place of an earlier one. */
export type Notice = {
  readonly key: string;
  readonly title: string;
  readonly text: string;
  readonly path: string;
  readonly atMs: number;
  readonly isSilent: boolean;
};

/** What the browser does for the app beside its pages. */
export interface Browser {
  readonly notices: {
    permission(): NoticePermission;
    ask(): Promise<NoticePermission>;
    show(notice: Notice): Promise<void>;
    keepOnly(keys: ReadonlySet<string>): Promise<void>;
  };
  /** The number on the app's icon; none at zero. */
  showBadge(count: number): void;
  /** `false`: the browser lets this page make no sound. */
  playChime(): Promise<boolean>;
  /** Says that a conversation is looked at in this tab, until the answer is called. */
  holdOnScreen(key: string): () => void;
  /** Whether it is looked at in any tab. */
  isOnScreen(key: string): Promise<boolean>;
  /** Asks not to clear what is kept here when space runs low. */
  askToKeep(): Promise<boolean>;
}

/** How this browser lets Chatter be installed. `by-hand`: Safari has a way, and pages cannot start it. */
export type InstallState = { readonly at: 'unknown' | 'offered' | 'by-hand' | 'installed' };
export interface Install {
  readonly state: { readonly get: () => InstallState; readonly subscribe: (changed: () => void) => () => void };
  readonly ask: () => Promise<void>;
}
