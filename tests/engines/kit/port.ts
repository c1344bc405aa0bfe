/** What the scenarios ask of a browser, whichever engine it has. One adapter an engine; everything else is written once, on top. */
import type { Sought } from './seek.ts';

export interface Engine {
  readonly name: 'Chromium' | 'Firefox ESR' | 'WebKitGTK';
  /** A browser of its own with a disk of its own: one device. */
  createProfile(certificate: Certificate): Profile;
}

/** Of a server at localhost. */
export interface Certificate {
  readonly keyPath: string;
  readonly certPath: string;
  /** SHA-256 of the public key, in base64: what Chromium is told to trust. */
  readonly publicKeyHash: string;
}

export interface Profile {
  /** Opens the browser over this profile, as a person would open it again. */
  open(): Promise<Browser>;
  /** SIGKILL to every process of it. */
  kill(): Promise<void>;
  /** Ends it as a person does, so that it writes what it still holds: Chromium keeps a new cookie in memory for half a minute. */
  close(): Promise<void>;
  /** Kills it and takes its disk away. */
  dispose(): Promise<void>;
}

export interface Browser {
  readonly tab: Tab;
  newTab(): Promise<Tab>;
  /** Uncaught errors, and errors in the console, since it was opened, but for those of a network that is not there. */
  readonly problems: () => readonly string[];
}

export interface Tab {
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Asks the page. The question is sent as text: it knows nothing but what it is handed. */
  ask<Handed, Answer>(question: (handed: Handed) => Answer | Promise<Answer>, handed: Handed): Promise<Answer>;
  /** Whether it is on screen. */
  shows(sought: Sought): Promise<boolean>;
  /** Clicks as a mouse does; false when there is nothing of the kind on screen. */
  click(sought: Sought): Promise<boolean>;
  /** Types into what has the focus. */
  type(text: string): Promise<void>;
  pressEnter(): Promise<void>;
  close(): Promise<void>;
}

/** What a browser says while there is no server, or no new version of it: the point of half of the scenarios. */
export const networkIsAway =
  /Failed to load resource|net::ERR_|WebSocket|can’t establish a connection|use the following icon from the Manifest|ERR_CONNECTION_REFUSED|NetworkError|Could not connect|Failed to update a ServiceWorker/i;
