import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome({ MONITOR_CHECKERS: '' });
  hub = await home.serve();
});
afterAll(async () => {
  await hub.stop();
  await home.remove();
});

const emit = (...args: readonly string[]) => home.run(['emit', ...args], { MONITOR_URL: hub.url });
const values = async (instance: string, metric: string) => {
  const query = new URLSearchParams({ instance_id: instance, metric, from: '1h' });
  const { text } = await request(`${hub.url}/api/v1/samples?${query}`, { method: 'GET' });
  return (JSON.parse(text) as { points: number[][] }).points.map(([, avg]) => avg);
};

test('a figure is kept as one of this machine', async () => {
  const { code, stdout, stderr } = await emit('backup.seconds', '312');
  expect([code, stdout, stderr]).toEqual([0, 'The hub keeps backup.seconds of hub-1: 312.\n', '']);
  expect(await values('hub-1', 'backup.seconds')).toEqual([312]);
});

test('labels, a source and a figure below 0; the same id counts once', async () => {
  const labels = ['--tag', 'queue=mail', '--tag', 'a=b=c', '--environment', 'prod', '--source', 'shop'];
  const [first, again] = [
    await emit('water.degrees', ...labels, '--id', 'e-1', '--json', '--', '-4.5'),
    await emit('water.degrees', ...labels, '--id', 'e-1', '--json', '--', '-7'),
  ];
  expect([first.code, JSON.parse(first.stdout)]).toEqual([0, { accepted: 1, rejected: [] }]);
  expect([again.code, JSON.parse(again.stdout)]).toEqual([0, { accepted: 1, rejected: [] }]);
  expect(await values('shop', 'water.degrees{a="b=c",environment="prod",queue="mail"}')).toEqual([-4.5]);
});

test('what the hub would not keep ends with 1 and its reason, and wrong usage with 2', async () => {
  const wrong = await emit('queue length', '5');
  expect([wrong.code, wrong.stdout]).toEqual([1, '']);
  expect(wrong.stderr).toContain('the hub does not keep it: metric must be a name such as queue.length');
  for (const [args, message] of [
    [['a', 'many'], 'the value must be a number, not "many"'],
    [['a', ''], 'the value must be a number, not ""'],
    [['a', '1', '--tag', 'b'], '--tag must be name=value, not "b"'],
  ] as const) {
    const { code, stderr } = await emit(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
  const unreached = await home.run(['emit', 'a', '1'], { MONITOR_URL: 'http://127.0.0.1:1' });
  expect([unreached.code, unreached.stderr]).toEqual([1, expect.stringContaining('cannot be reached')]);
});
