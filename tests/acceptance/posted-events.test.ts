import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';

describe.each(['sqlite', 'postgres'])('on %s', (engine) => {
  let home: HubHome;
  let hub: Hub;
  let server: SharedPostgres | undefined;
  let env: Record<string, string>;
  beforeAll(async () => {
    home = makeHubHome({ MONITOR_CHECKERS: '' });
    server = engine === 'postgres' ? await sharedPostgres() : undefined;
    env = server === undefined ? {} : { DATABASE_URL: await server.createStore() };
    hub = await home.serve(env);
  });
  afterAll(async () => {
    await hub.stop();
    await home.remove();
    await server?.dropAll();
  });

  const post = async (body: string, type = 'application/json') => {
    const answer = await request(`${hub.url}/api/v1/events`, { body, headers: { 'content-type': type } });
    return [answer.status, JSON.parse(answer.text)];
  };
  const points = async (instance: string, metric: string) => {
    const query = new URLSearchParams({ instance_id: instance, metric, from: '1h', step: '1s' });
    const { text } = await request(`${hub.url}/api/v1/samples?${query}`, { method: 'GET' });
    return (JSON.parse(text) as { points: [number, number, number, number][] }).points;
  };

  test('events are there as samples when they are accepted, one, many or a line each', async () => {
    const at = Math.floor(Date.now() / 1000) * 1000 - 10_000;
    const event = { source: 'shop', metric: 'queue.length', tags: { queue: 'mail' } };
    const of = (second: number, value: unknown) => ({ ...event, timestamp: at + second * 1000, value });
    expect(await post(JSON.stringify(of(0, 1)))).toEqual([200, { accepted: 1, rejected: [] }]);
    const rejected = [{ index: 1, message: 'value must be a number' }];
    expect(await post(JSON.stringify([of(1, 2), of(1, 'x'), of(2, 3)]))).toEqual([200, { accepted: 2, rejected }]);
    const lines = `${JSON.stringify(of(3, 4))}\n{"source"\n${JSON.stringify(of(4, 5))}\n`;
    const unread = [{ index: 1, message: 'the line is not JSON' }];
    expect(await post(lines, 'application/x-ndjson')).toEqual([200, { accepted: 2, rejected: unread }]);
    const expected = [1, 2, 3, 4, 5].map((value, index) => [at + index * 1000, value, value, value]);
    expect(await points('shop', 'queue.length{queue="mail"}')).toEqual(expected);
  });

  test('an event that is sent again counts once, also after the hub was killed', async () => {
    const event = { id: 'e-1', source: 'cart', metric: 'sold', timestamp: Date.now() - 5000 };
    const send = (value: number) => post(JSON.stringify({ ...event, value }));
    expect(await send(1)).toEqual([200, { accepted: 1, rejected: [] }]);
    await hub.kill();
    hub = await home.serve(env);
    expect(await send(2)).toEqual([200, { accepted: 1, rejected: [] }]);
    expect((await points('cart', 'sold')).map(([, avg]) => avg)).toEqual([1]);
    // The same name of another source is another event.
    expect(await post(JSON.stringify({ ...event, source: 'till', value: 3 }))).toMatchObject([200, { accepted: 1 }]);
    expect((await points('till', 'sold')).map(([, avg]) => avg)).toEqual([3]);
  });
});
