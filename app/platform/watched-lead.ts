import type { Leadership } from '../sync/ports.ts';
import { createCell, type Observable } from '../sync/state.ts';

export type Lead = { readonly isLeading: boolean };

/** The same leadership, and whether this tab holds it: what speaks for the whole app (a badge, a notification) comes from one tab. */
export function watchedLead(leadership: Leadership): { readonly leadership: Leadership; readonly lead: Observable<Lead> } {
  const lead = createCell<Lead>({ isLeading: false });
  return {
    lead,
    leadership: {
      ...leadership,
      start: (handlers) =>
        leadership.start({
          ...handlers,
          lead: () => {
            lead.set({ isLeading: true });
            handlers.lead();
          },
          lost: () => {
            lead.set({ isLeading: false });
            handlers.lost();
          },
        }),
      stop: () => {
        lead.set({ isLeading: false });
        leadership.stop();
      },
    },
  };
}
