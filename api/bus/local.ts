import type { Bus, News, ReportBug } from '../core/ports.ts';

export interface LocalBus extends Bus {
  onNews(listener: (news: News) => void): void;
}

/** One server: what is told is heard in the same turn, in order. A listener's mistake is not the teller's. [LV-1] */
export function createLocalBus(reportBug: ReportBug): LocalBus {
  const listeners: ((news: News) => void)[] = [];
  return {
    tell: (news) => {
      for (const listener of listeners) {
        try {
          listener(news);
        } catch (error) {
          reportBug(error);
        }
      }
    },
    onNews: (listener) => void listeners.push(listener),
  };
}
