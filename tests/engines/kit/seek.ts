/** What a person looks for: by what it is, and by its name or a part of it. */
export type Sought = {
  readonly role: 'button' | 'checkbox' | 'heading' | 'link' | 'textbox' | 'text';
} & ({ readonly name: string } | { readonly holds: string });

/**
 * The first of its kind that is on screen. Runs in the page of every engine, so that all three are asked the same; it knows as much
 * of roles and names as the scenarios need. Whether the names are right is for tests/e2e/a11y.test.ts.
 */
export function seek(sought: Sought): Element | null {
  const selectors = {
    button: 'button, [role=button]',
    checkbox: 'input[type=checkbox], [role=checkbox]',
    heading: 'h1, h2, h3',
    link: 'a[href]',
    textbox: 'input:not([type=checkbox]), textarea',
    text: '#root *',
  } as const;
  const plain = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
  const textOf = (element: Element): string => {
    const copy = element.cloneNode(true) as Element;
    for (const hidden of copy.querySelectorAll('[aria-hidden=true]')) hidden.remove();
    return plain(copy.textContent ?? '');
  };
  const nameOf = (element: Element): string => {
    const labelled = element.getAttribute('aria-labelledby')?.split(' ') ?? [];
    const labels = [
      ...labelled.flatMap((id) => document.getElementById(id) ?? []),
      ...((element as HTMLInputElement).labels ?? []),
    ];
    return element.getAttribute('aria-label') ?? plain(labels.length > 0 ? labels.map(textOf).join(' ') : textOf(element));
  };
  const isSought = (element: Element): boolean =>
    'name' in sought ? nameOf(element) === sought.name : nameOf(element).includes(sought.holds);
  const found = [...document.querySelectorAll(selectors[sought.role])]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.closest('[inert]') === null)
    .filter((element) => isSought(element));
  // Of nested elements with one text the innermost says it.
  const first = found.find(
    (element) => sought.role !== 'text' || !found.some((other) => other !== element && element.contains(other)),
  );
  return first ?? null;
}

export function nameOfSought(sought: Sought): string {
  return `a ${sought.role} ${'name' in sought ? `"${sought.name}"` : `with "${sought.holds}"`}`;
}
