import { describe, expect, test } from '@jest/globals';
import { createAnswerOnce } from '../../../../src/web/api/once.ts';
import { type Route, type RouteRequest, route } from '../../../../src/web/api/route.ts';
import type { Reply } from '../../../../src/web/reply.ts';
import { CALLER, LOCAL } from '../../../support/access.ts';

const MINUTE = 60_000;

/** Requests of one route, whose answers are numbered. */
function asking(fields: Partial<Pick<Route, 'role' | 'isKeyed'>> = {}, statuses: readonly number[] = []) {
  let [now, done] = [0, 0];
  const once = createAnswerOnce(() => now);
  const one = route({
    ...{ method: 'POST', path: '/api/v1/tokens', role: 'admin', summary: '', ...fields },
    answer: async (): Promise<Reply> => {
      const status = statuses[done] ?? 201;
      done += 1;
      if (status === 0) throw new Error('the store is away');
      return { status, body: { number: done } };
    },
  });
  const ask = async (idempotencyKey: string | null, given: Partial<RouteRequest> & { path?: string } = {}) => {
    const { path = '/api/v1/tokens', ...rest } = given;
    const request = { ...{ params: {}, query: {}, body: { name: 'a' }, idempotencyKey, confinement: null }, ...rest };
    const { status, body } = (await once(one, path, {
      ...{ principal: LOCAL, caller: CALLER, header: () => undefined },
      ...request,
    })) as Reply;
    return [status, (body as { number?: number }).number];
  };
  const wait = (ms: number) => {
    now += ms;
  };
  return { ask, wait };
}

const TOKEN = { kind: 'token', id: 'b', name: 'b', role: 'admin', confinement: null } as const;

describe('a request that is sent again', () => {
  test('under its key is answered as the first time, also while that is under way', async () => {
    const { ask } = asking();
    expect(await Promise.all([ask('k'), ask('k')])).toEqual([
      [201, 1],
      [201, 1],
    ]);
    expect(await ask('k')).toEqual([201, 1]);
    expect(await ask('other')).toEqual([201, 2]);
  });

  test('without a key is done again', async () => {
    const { ask } = asking();
    expect([await ask(null), await ask(null)]).toEqual([
      [201, 1],
      [201, 2],
    ]);
  });

  test('with another body is refused; by somebody else, or elsewhere, it is another one', async () => {
    const { ask } = asking();
    await ask('k');
    expect(await ask('k', { body: { name: 'b' } })).toEqual([422, undefined]);
    expect(await ask('k', { confinement: [{ name: 'team', values: ['web'], isNot: false }] })).toEqual([
      422,
      undefined,
    ]);
    expect(await ask('k', { principal: TOKEN })).toEqual([201, 2]);
    expect(await ask('k', { path: '/api/v1/people' })).toEqual([201, 3]);
    expect(await ask('k')).toEqual([201, 1]);
  });

  test('after ten minutes is a new one', async () => {
    const { ask, wait } = asking();
    await ask('k');
    wait(10 * MINUTE - 1);
    expect(await ask('k')).toEqual([201, 1]);
    wait(1);
    expect(await ask('k')).toEqual([201, 2]);
  });

  test('is tried again where the hub could not do it, and not where it was refused', async () => {
    const { ask } = asking({}, [503, 429, 0, 409]);
    expect(await ask('k')).toEqual([503, 1]);
    expect(await ask('k')).toEqual([429, 2]);
    await expect(ask('k')).rejects.toThrow('away');
    expect(await ask('k')).toEqual([409, 4]);
    expect(await ask('k')).toEqual([409, 4]);
  });

  test.each([{ role: 'public' }, { role: 'link' }, { role: 'probe' }, { role: 'write', isKeyed: true }] as const)(
    'is not looked at here where the route is %j',
    async (fields) => {
      const { ask } = asking(fields);
      expect([await ask('k'), await ask('k')]).toEqual([
        [201, 1],
        [201, 2],
      ]);
    },
  );
});
