import { expect, test } from 'vitest';
import { openSocket } from '../../tests/kit/live-client.ts';
import { startServer } from '../../tests/kit/server.ts';

test('a socket that says more than it may in ten seconds is told to wait, and others are not', async () => {
  const server = await startServer({ framesPerSocketTenSeconds: 3 });
  const ann = await server.signIn('+41446681800');
  const [hasty, calm] = [0, 1].map(() => openSocket(server.url, { auth: { token: ann.token } }));
  await Promise.all([hasty!.heard('ready'), calm!.heard('ready')]);
  const op = { opId: 'not-an-op' } as never;
  const refusalOf = async (client: typeof hasty) => (await client!.send([op]))[0];
  for (let n = 0; n < 3; n++) expect(await refusalOf(hasty)).not.toMatchObject({ refusal: 'too-fast' });
  expect(await refusalOf(hasty)).toMatchObject({ refusal: 'too-fast', retryAfterMs: expect.any(Number) as number });
  expect(await refusalOf(calm)).not.toMatchObject({ refusal: 'too-fast' });
  hasty!.close();
  calm!.close();
  await server.stop();
});
