import { expect, test, vi } from 'vitest';
import { aRun, aTime, aUser, anEvent } from '#sync-protocol/testing';
import { createStoreBench } from '../../tests/kit/engine-bench.ts';
import type { Backend } from './tables.ts';

const said = (seq: number) => aRun(seq, seq, { items: [anEvent(seq, { by: aUser(2) })] });
const ida = { id: aUser(2), name: 'Ida', about: '', changedAt: aTime(0) };

test('[EN-11] who is named is looked for until there is a profile, and then no more', async () => {
  const { backend, commit } = await createStoreBench();
  const lookedFor = watchPeople(backend);
  expect(await commit({ kind: 'run', run: said(1) })).toMatchObject({ people: [aUser(2)] });
  expect(await commit({ kind: 'run', run: said(2) })).toMatchObject({ people: [aUser(2)] });
  await commit({ kind: 'people', people: [ida] });
  expect(await commit({ kind: 'run', run: said(3) })).toMatchObject({ people: [] });
  lookedFor.length = 0;
  expect(await commit({ kind: 'run', run: said(4) })).toMatchObject({ people: [] });
  expect(lookedFor).toEqual([]);
});

test('[EN-11] a profile whose storing failed is still looked for', async () => {
  const { backend, store } = await createStoreBench();
  const { leaderTerm } = await store.lead();
  const write = backend.write;
  const failing = vi.spyOn(backend, 'write').mockImplementation((names, work) =>
    write(names, async (tables) => {
      await work(tables);
      throw new Error('the disk failed');
    }),
  );
  const news = { kind: 'run', run: said(1) } as const;
  await expect(store.commit([{ kind: 'people', people: [ida] }, news], leaderTerm)).rejects.toThrow('the disk failed');
  failing.mockRestore();
  expect(await store.commit([news], leaderTerm)).toMatchObject([{ people: [aUser(2)] }]);
});

/** Every person that is looked for from now on. */
function watchPeople(backend: Backend): string[] {
  const lookedFor: string[] = [];
  const write = backend.write;
  vi.spyOn(backend, 'write').mockImplementation((names, work) =>
    write(names, (tables) => {
      const getMany: typeof tables.people.getMany = (ids) => {
        lookedFor.push(...ids);
        return tables.people.getMany(ids);
      };
      return work({ ...tables, people: { ...tables.people, getMany } });
    }),
  );
  return lookedFor;
}
