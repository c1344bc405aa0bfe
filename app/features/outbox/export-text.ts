export type ExportedAct = { readonly title: string; readonly text: string; readonly writtenAtMs: number; readonly state: string };

/** Everything not yet on the server, as a person would want to read it back: times that name their zone, nothing cut short. */
export function exportText(acts: readonly ExportedAct[], madeAtMs: number): string {
  const head = `Chatter: not sent yet (${acts.length}), saved ${new Date(madeAtMs).toISOString()}`;
  const parts = acts.map(
    ({ title, text, writtenAtMs, state }) => `${new Date(writtenAtMs).toISOString()}  ${title}  [${state}]\n${text}`,
  );
  return [head, ...parts, ''].join('\n\n');
}
