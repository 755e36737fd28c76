import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ask, items, push, request, wire } from '../support/cluster-push.ts';
import { type HttpReceiver, startHttpReceiver } from '../support/http-receiver.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';

/** Who leads, as the API gives it. */
interface Standby {
  readonly is_leading: boolean;
  readonly leader: { readonly name: string; readonly term: number } | null;
}

describe('two hubs on one PostgreSQL', () => {
  let server: SharedPostgres;
  let receiver: HttpReceiver;
  let home: HubHome;
  let a: Hub;
  let b: Hub;
  beforeAll(async () => {
    server = await sharedPostgres();
    receiver = await startHttpReceiver();
    home = makeHubHome({
      DATABASE_URL: await server.createDatabase(),
      MONITOR_NOTIFY_URL: receiver.url,
      MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.1',
    });
    a = await home.serve({ INSTANCE_ID: 'hub-a' });
    b = await home.serve({ INSTANCE_ID: 'hub-b', MONITOR_MODE: 'follower' });
  });
  afterAll(async () => {
    await home?.remove();
    await receiver?.close();
    await server?.dropAll();
  });

  const standby = async (hub: Hub) => (await ask(hub.url, 'standby')) as unknown as Standby;
  /** The hub that leads by its own word: it, and no other. */
  const leads = (leader: Hub, name: string) =>
    eventually(async () => expect(await standby(leader)).toMatchObject({ is_leading: true, leader: { name } }));
  const told = (instance: string) => receiver.requests.filter(({ body }) => body.includes(instance)).length;
  /** A machine breaks, one of the hubs hears of it, and people are told once. */
  const tells = async (instance: string, through: Hub) => {
    await push(through.url, instance, [wire('cpu', { severity: 'critical' })]);
    await eventually(() => expect(told(instance)).toBe(1));
    // That it arrived is written down: what a hub was sending when it died is sent again under the same key.
    await eventually(async () => expect(await items(through.url, 'notices')).toEqual([]));
  };

  test('one leads, both take what is sent, and people are told by the one', async () => {
    await leads(a, 'hub-a');
    expect(await standby(b)).toMatchObject({ is_leading: false, leader: { name: 'hub-a', term: 1 } });
    await tells('web-1', a);
    await tells('web-2', b);
    const { stdout } = await home.run(['standby'], { MONITOR_URL: b.url });
    expect(stdout).toMatch(/^hub-a leads since .* \(term 1\)\.\nThis hub is ready to take over/);
  });

  test('the other takes over when it is killed, and it comes back without the lead', async () => {
    await a.kill();
    await leads(b, 'hub-b');
    await tells('web-3', b);
    a = await home.serve({ INSTANCE_ID: 'hub-a' });
    expect(await standby(a)).toMatchObject({ is_leading: false, leader: { name: 'hub-b', term: 2 } });
    await tells('web-4', a);
  });

  test('is handed over when it is asked for, and given up', async () => {
    const promoted = await home.run(['standby', 'promote'], { MONITOR_URL: a.url });
    expect(promoted).toMatchObject({ code: 0, stdout: expect.stringMatching(/^hub-a leads since .* \(term 3\)/) });
    expect(await standby(b)).toMatchObject({ is_leading: false });
    await tells('web-5', b);
    const wrong = await request(`${b.url}/api/v1/standby/stepdown`, { body: '{}', headers: JSON_TYPE });
    expect([wrong.status, wrong.text]).toEqual([409, expect.stringContaining('this hub does not lead: hub-a does')]);
    expect(await home.run(['standby', 'stepdown'], { MONITOR_URL: a.url })).toMatchObject({ code: 0 });
    await leads(b, 'hub-b');
    await tells('web-6', a);
  });

  test('a leader that hangs is overtaken, and tells nothing again when it wakes up', async () => {
    b.child.kill('SIGSTOP');
    await leads(a, 'hub-a');
    await tells('web-7', a);
    b.child.kill('SIGCONT');
    await eventually(async () => expect(await standby(b)).toMatchObject({ is_leading: false }));
    await tells('web-8', b);
  });

  test('one that is stopped hands over at once, and nothing was told twice', async () => {
    expect((await a.stop()).code).toBe(0);
    await leads(b, 'hub-b');
    await tells('web-9', b);
    for (let number = 1; number <= 9; number += 1) expect(told(`web-${number}`)).toBe(1);
  });
});

const JSON_TYPE = { 'content-type': 'application/json' };

test('a follower needs a store that hubs can share', async () => {
  const home = makeHubHome({ MONITOR_MODE: 'follower' });
  const { code, stderr } = await home.run(['serve']);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/MONITOR_MODE: follower needs DATABASE_URL/)]);
  await home.remove();
});
