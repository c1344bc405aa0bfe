/** One thing that may happen next, and the state after it. */
export type Step<State> = { readonly name: string; readonly state: State };

export type Model<State> = {
  readonly initial: State;
  readonly next: (state: State) => readonly Step<State>[];
  /** What is wrong with a state, or `undefined`. */
  readonly flaw: (state: State) => string | undefined;
  /** The same for equal states only. */
  readonly key: (state: State) => string;
};

export type Exploration = {
  readonly states: number;
  /** The first flawed state on a shortest path, and the steps to it. */
  readonly found?: { readonly flaw: string; readonly path: readonly string[] };
};

/** Every state that can be reached, nearest first, up to the first flaw. */
export function explore<State>({ initial, next, flaw, key: keyOf }: Model<State>): Exploration {
  type Visit = { readonly state: State; readonly name: string; readonly from: Visit | undefined };
  const seen = new Set([keyOf(initial)]);
  let frontier: Visit[] = [{ state: initial, name: 'start', from: undefined }];
  // Ends because the model is finite: every round takes only states that were never seen.
  while (frontier.length > 0) {
    const reached: Visit[] = [];
    for (const visit of frontier) {
      for (const { name, state } of next(visit.state)) {
        const key = keyOf(state);
        if (seen.has(key)) continue;
        seen.add(key);
        const arrived = { state, name, from: visit };
        const flawed = flaw(state);
        if (flawed !== undefined) return { states: seen.size, found: { flaw: flawed, path: pathTo(arrived) } };
        reached.push(arrived);
      }
    }
    frontier = reached;
  }
  return { states: seen.size };
}

function pathTo(visit: { name: string; from: typeof visit | undefined } | undefined): readonly string[] {
  const names: string[] = [];
  for (let at = visit; at?.from; at = at.from) names.unshift(at.name);
  return names;
}
