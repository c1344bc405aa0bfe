import { MessagesSquare } from 'lucide-react';

export function Logo({ isLarge = false }: { readonly isLarge?: boolean }) {
  const shape = isLarge ? 'size-14 rounded-[1.125rem]' : 'size-10 rounded-[0.8125rem]';
  return (
    <span aria-hidden="true" className={`grid flex-none place-items-center bg-accent text-accent-ink ${shape}`}>
      <MessagesSquare size={isLarge ? '1.6875rem' : '1.375rem'} />
    </span>
  );
}
