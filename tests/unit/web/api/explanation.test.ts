import { afterEach, expect, test } from '@jest/globals';
import { readExplanation } from '../../../../src/web/api/explanation.ts';
import { openNoticeHub, policyOf } from '../../../support/notice-hub.ts';
import { node } from '../../../support/notice-world.ts';

let hub: ReturnType<typeof openNoticeHub>;
afterEach(() => hub.close());

const open = async (...given: Parameters<typeof policyOf>) => {
  hub = openNoticeHub(policyOf(...given));
  await hub.start();
};
const second = (to: number) => hub.tick(to * 1000 - hub.now());
const incidentId = async () => (await hub.store.listIncidents({ limit: 9 })).items.at(-1)?.id ?? '';
const alertId = async (name: string) =>
  (await hub.store.listAlerts({ limit: 9 })).items.find((one) => one.name === `${name} trouble`)?.id ?? '';
const explained = async (id: string) => {
  const found = await readExplanation(hub.store, id);
  if (found === undefined) throw new Error(`nothing has the id ${id}`);
  return found;
};
const steps = async (id: string) => (await explained(id)).steps.map(({ text }) => text);

test('the life of an incident, from its receipt to the answers of the channel', async () => {
  await open();
  await hub.say('firing', ['disk'], 'critical');
  hub.answers(() => ({ ok: false, kind: 'unavailable', permanent: false, reason: 'HTTP 503 Service Unavailable' }));
  await second(3);
  hub.answers(() => ({ ok: true, answer: 'HTTP 200' }));
  await second(30);
  await hub.say('resolved', ['disk'], 'critical');
  await second(60);
  const story = await explained(await incidentId());
  expect(story).toMatchObject({
    ...{ subject: 'incident', title: 'disk trouble on web-1', status: 'resolved', told: true, untold: null },
    verdict: 'People were told by ops.',
    channels: [{ channel: 'ops', untold: null, told: [{ phase: 'firing' }, { phase: 'resolved' }], places: ['root'] }],
  });
  const sorted = (await steps(await incidentId())).map((text) => text.replace(/ in \d+ ms/, ''));
  expect(sorted).toEqual([
    'alert "disk trouble" opened critical (new), received from cluster:web-1 by the driver cluster: disk is firing',
    'incident opened critical (new) by cluster:web-1',
    expect.stringMatching(/^ops: waits until .* \(group_wait\)$/),
    'ops: firing (new) failed: HTTP 503 Service Unavailable',
    'ops: firing (new), attempt 2 arrived: HTTP 200',
    'alert "disk trouble" resolved critical (resolved), received from cluster:web-1 by the driver cluster: disk is resolved',
    'incident resolved critical (all_resolved) by cluster:web-1',
    expect.stringMatching(/^ops: waits until .* \(group_wait\)$/),
    'ops: resolved (all_resolved) arrived: HTTP 200',
  ]);
  // Asked by the alert, the life is the same.
  expect((await explained(await alertId('disk'))).steps).toEqual(story.steps);
});

test('an alert that is silenced beside another says so by itself, once, and is told when the silence ends', async () => {
  await open();
  const silence = await hub.silence('cpu', 0, 20, { comment: 'night shift' });
  await hub.say('firing', ['disk', 'cpu']);
  await second(10);
  const [disk, cpu] = [await alertId('disk'), await alertId('cpu')];
  expect(await explained(disk)).toMatchObject({ told: true });
  expect(await explained(cpu)).toMatchObject({
    told: false,
    untold: { reason: 'silenced', by: silence, named: 'ann: night shift' },
  });
  expect(await explained(await incidentId())).toMatchObject({ told: true });
  await hub.say('firing', ['net']);
  await second(15);
  const held = async () =>
    (await steps(cpu)).filter((text) =>
      text.includes(`this alert is held back by silence ${silence} (ann: night shift)`),
    );
  expect(await held()).toHaveLength(1);
  expect((await steps(disk)).join()).not.toContain('held back');
  await second(40);
  expect(await explained(cpu)).toMatchObject({ told: true, untold: null });
  expect(await held()).toHaveLength(1);
});

test('an incident that no route matches is told to the log once, and says why nobody heard of it', async () => {
  await open({ root: node({ settings: { channels: [] } }) });
  await hub.say('firing', ['disk']);
  await second(1);
  await hub.say('firing', ['cpu']);
  await hub.replace();
  await second(5);
  expect(hub.unrouted).toEqual(['disk trouble on web-1']);
  const story = await explained(await incidentId());
  expect(story).toMatchObject({ told: false, untold: { reason: 'not_routed' }, channels: [] });
  expect(story.steps.filter(({ text }) => text === 'no route names a channel for it: nobody is told')).toHaveLength(1);
});

test('an incident that got a route later is told, and what stands for no route is no channel', async () => {
  await open({ root: node({ settings: { channels: [] } }) });
  await hub.say('firing', ['disk']);
  await second(1);
  await hub.replace(policyOf());
  await second(5);
  expect(await explained(await incidentId())).toMatchObject({ told: true, channels: [{ channel: 'ops' }] });
});

test('an incident of a hub without channels, and an id that nothing has', async () => {
  hub = openNoticeHub(policyOf());
  await hub.say('firing', ['disk']);
  expect(await explained(await incidentId())).toMatchObject({ told: false, untold: { reason: 'no_channels' } });
  expect(await readExplanation(hub.store, 'nothing')).toBeUndefined();
});
