import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { push, request, wire } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome, SECRET } from '../support/hub.ts';
import { startMonitor } from '../support/run-monitor.ts';

let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome();
  hub = await home.serve();
});
afterAll(() => home.remove());

const run = (...args: string[]) => home.run(args, { MONITOR_URL: hub.url });
const fire = (name: string, status = 'firing') =>
  request(`${hub.url}/alerts/webhook/generic/`, {
    body: JSON.stringify({ name, status, severity: 'critical', fingerprint: name }),
  });

test('status on one screen, as JSON, and by its exit code', async () => {
  const clear = await run('status', '--exit-code');
  expect([clear.code, clear.stdout.split('\n')[0]]).toEqual([
    0,
    expect.stringMatching(/^All clear {5}hub-1 hub {2}20/),
  ]);
  await fire('Disk full');
  await push(hub.url, 'web-1', [wire('cpu')], { secret: SECRET });
  const { code, stdout } = await run('status', '--exit-code');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^\d critical .*\n\nSEV +AGE +INCIDENT/);
  expect(stdout).toMatch(/^CRIT .*Disk full/m);
  expect(stdout).toMatch(/^Fleet +1 of 1 instances report · last push /m);
  const json = JSON.parse((await run('status', '--json')).stdout);
  expect(json).toEqual({ ...JSON.parse((await request(`${hub.url}/api/v1/status`)).text), at: json.at, hub: json.hub });
});

test('lists as CSV; drawing again and again needs a terminal', async () => {
  const { stdout } = await run('alerts', '--output', 'csv', '--name', 'Disk full');
  const [head = '', row = ''] = stdout.split('\n');
  expect(head.split(',')).toContain('labels');
  expect(row).toContain('Disk full');
  expect(await run('alerts', '--watch')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('needs a terminal'),
  });
});

test('open prints the address of a page, of an incident by a part of its id, and says what there is', async () => {
  const { items } = JSON.parse((await request(`${hub.url}/api/v1/incidents`)).text);
  const address = async (...args: string[]) => (await run('open', ...args)).stdout.trim();
  expect(await address()).toBe(`${hub.url}/`);
  expect(await address('instances', 'web 1')).toBe(`${hub.url}/instances/web%201`);
  expect(await address(items[0].id.slice(-8))).toBe(`${hub.url}/incidents/${items[0].id}`);
  expect(await run('open', 'nowhere')).toMatchObject({ code: 1, stderr: expect.stringContaining('incidents, alerts') });
});

test('events are followed from a place in the history on, and through a hub that is started again', async () => {
  const own = makeHubHome();
  try {
    const first = await own.serve();
    const port = new URL(first.url).port;
    const follow = startMonitor(['events', '--follow', '--json', '--subject', 'alert'], own.folder, {
      MONITOR_URL: first.url,
    });
    let text = '';
    let said = '';
    follow.child.stdout?.on('data', (part: string) => {
      text += part;
    });
    follow.child.stderr?.on('data', (part: string) => {
      said += part;
    });
    const names = () =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).kind);
    const one = (url: string, name: string) =>
      request(`${url}/alerts/webhook/generic/`, {
        body: JSON.stringify({ name, status: 'firing', severity: 'info', fingerprint: name }),
      });
    let count = 0;
    // Until the stream is open there is nothing that says so.
    await eventually(async () => {
      count += 1;
      await one(first.url, `a${count}`);
      expect(names().length).toBeGreaterThan(0);
    });
    const before = names().length;
    first.child.kill('SIGTERM');
    await first.ended;
    await eventually(() => expect(said).toContain('trying again'));
    const second = await own.serve({ MONITOR_PORT: port });
    await one(second.url, 'b');
    await eventually(() => expect([names().length > before, said]).toEqual([true, said]));
    follow.child.kill('SIGINT');
    expect((await follow.ended).code).toBe(0);
  } finally {
    await own.remove();
  }
});
