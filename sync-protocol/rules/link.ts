/**
 * Our link to the server. [LK-1]
 *
 *              online              opened                caught-up
 *   offline ───────────► connecting ──────► catching-up ───────────► live
 *      ▲                  ▲  ▲  │ dropped        │                    │
 *      │                  │  └──┘ attempt + 1    │ dropped            │ dropped
 *      │                  └──────────────────────┴────────────────────┘ attempt 1
 *      └── offline, from anywhere except stopped
 *
 *   any ── refused ──► stopped      (until the person signs in or updates)
 */
export type Link =
  | { readonly at: 'offline' }
  | { readonly at: 'connecting'; readonly attempt: number }
  | { readonly at: 'catching-up' }
  | { readonly at: 'live' }
  | { readonly at: 'stopped'; readonly until: 'signed-in' | 'updated' };

export type LinkEvent =
  | { readonly kind: 'online' }
  | { readonly kind: 'offline' }
  | { readonly kind: 'opened' }
  | { readonly kind: 'caught-up' }
  /** Something was found to be missing while live. */
  | { readonly kind: 'fell-behind' }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'refused'; readonly until: 'signed-in' | 'updated' };

/** Every cell. Not Partial: a new state or event does not compile until its row or column is written. */
// oxfmt-ignore
const table: Record<Link['at'], Record<LinkEvent['kind'], Link['at']>> = {
  offline:       { online: 'connecting',  offline: 'offline', opened: 'offline',     'caught-up': 'offline',    'fell-behind': 'offline',     dropped: 'offline',    refused: 'stopped' },
  connecting:    { online: 'connecting',  offline: 'offline', opened: 'catching-up', 'caught-up': 'connecting', 'fell-behind': 'connecting',  dropped: 'connecting', refused: 'stopped' },
  'catching-up': { online: 'catching-up', offline: 'offline', opened: 'catching-up', 'caught-up': 'live',       'fell-behind': 'catching-up', dropped: 'connecting', refused: 'stopped' },
  live:          { online: 'live',        offline: 'offline', opened: 'live',        'caught-up': 'live',       'fell-behind': 'catching-up', dropped: 'connecting', refused: 'stopped' },
  stopped:       { online: 'stopped',     offline: 'stopped', opened: 'stopped',     'caught-up': 'stopped',    'fell-behind': 'stopped',     dropped: 'stopped',    refused: 'stopped' },
};

/** The next state. A state that does not change is the same object, so that nobody re-renders for it. [LK-2] */
export function step(link: Link, event: LinkEvent): Link {
  const at = table[link.at][event.kind];
  if (at === 'stopped') return event.kind === 'refused' ? { at, until: event.until } : link;
  if (at === 'connecting') {
    if (link.at === 'connecting') return event.kind === 'dropped' ? { at, attempt: link.attempt + 1 } : link;
    return { at, attempt: event.kind === 'dropped' ? 1 : 0 };
  }
  return link.at === at ? link : { at };
}
