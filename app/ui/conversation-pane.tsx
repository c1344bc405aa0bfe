import type { ReactNode } from 'react';

export type ConversationPaneProps = {
  readonly header: ReactNode;
  /** Link banner, stranger banner: whatever stands between the header and the messages. */
  readonly banners?: ReactNode;
  /** The message list, an empty state or skeletons. */
  readonly children: ReactNode;
  readonly composer: ReactNode;
  readonly label: string;
};

export function ConversationPane({ header, banners, children, composer, label }: ConversationPaneProps) {
  return (
    <section aria-label={label} className="flex h-full min-h-0 flex-col bg-wash">
      {header}
      {banners}
      <div className="relative min-h-0 flex-1">{children}</div>
      <div className="mx-auto w-full max-w-240 flex-none">{composer}</div>
    </section>
  );
}
