import { afterEach, expect, test } from '@jest/globals';
import { CHANNEL, openNoticeHub, policyOf } from '../../support/notice-hub.ts';
import { node } from '../../support/notice-world.ts';
import { T } from '../../support/world.ts';

let hub: ReturnType<typeof openNoticeHub>;
afterEach(() => hub.close());

/** Tells `ops` at once, and reminds after a minute; `boss` is asked after 20 s and 40 s. */
const open = async () => {
  const escalation = [
    { afterMs: 20_000, channels: ['boss'] },
    { afterMs: 40_000, channels: ['boss'] },
  ];
  const settings = { channels: ['ops'], groupWaitMs: 0, groupIntervalMs: 5000, repeatMs: 60_000, escalation: 'steps' };
  hub = openNoticeHub(
    policyOf({
      root: node({ settings }),
      escalations: new Map([['steps', escalation]]),
      channels: new Map([
        ['ops', CHANNEL],
        ['boss', CHANNEL],
      ]),
    }),
  );
  await hub.start();
};
const lines = () => hub.said.map(({ at, message }) => `${message.channel} ${message.phase} ${Math.round(at / 1000)}`);
const second = (to: number) => hub.tick(to * 1000 - hub.now());
const remarks = () => hub.said.at(-1)?.message.remarks;

test('nobody does anything: steps and reminders', async () => {
  await open();
  await hub.say('firing', ['disk']);
  await second(70);
  expect(lines()).toEqual(['ops firing 0', 'boss escalation 20', 'boss escalation 40', 'ops reminder 60']);
});

test('an acknowledgement stops the step that is due, and reminders, and nothing else', async () => {
  await open();
  await hub.say('firing', ['disk']);
  await second(19.9);
  await hub.act({ kind: 'acknowledge' });
  await second(200);
  expect(lines()).toEqual(['ops firing 0']);
  await hub.say('firing', ['disk', 'cpu']);
  await second(210);
  expect(lines()).toEqual(['ops firing 0', 'ops firing 200']);
  expect(hub.said[1]?.message.incident).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ann' });
  await hub.say('resolved', ['disk', 'cpu']);
  await second(220);
  expect(lines().at(-1)).toBe('ops resolved 210');
  expect(remarks()).toEqual(['the acknowledgement of ann has ended with it']);
});

test('a target that calls people until somebody acknowledges is told of it, once, and of nothing else', async () => {
  hub = openNoticeHub(
    policyOf({
      root: node({ settings: { channels: ['ops', 'pager'], groupWaitMs: 0, groupIntervalMs: 5000, repeatMs: 0 } }),
      channels: new Map([
        ['ops', CHANNEL],
        ['pager', { ...CHANNEL, keepsIncidents: true, acknowledges: true, rate: { burst: 3, perMinute: 60 } }],
      ]),
    }),
  );
  await hub.start();
  await hub.say('firing', ['disk']);
  await second(3);
  await hub.act({ kind: 'acknowledge' });
  await second(20);
  const pager = () =>
    hub.said.flatMap(({ at, message: { channel, phase, acknowledges = false } }) =>
      channel === 'pager' ? `${phase}${acknowledges ? ', acknowledged' : ''} ${Math.round(at / 1000)}` : [],
    );
  expect(pager()).toEqual(['firing 0', 'firing, acknowledged 3']);
  expect(lines().filter((line) => line.startsWith('ops'))).toEqual(['ops firing 0']);
  expect(new Set(hub.said.map(({ message }) => message.key)).size).toBe(hub.said.length);
  // What joins is told by the interval, which the acknowledgement has not moved, and the target knows still.
  await hub.say('firing', ['disk', 'cpu']);
  await second(40);
  expect(pager()).toEqual(['firing 0', 'firing, acknowledged 3', 'firing 20']);
  // Taken back and given again, it is told again.
  await hub.act({ kind: 'unacknowledge' });
  await hub.say('resolved', ['cpu']);
  await second(50);
  await hub.act({ kind: 'acknowledge' });
  await second(60);
  expect(pager().slice(3)).toEqual(['firing 40', 'firing, acknowledged 50']);
  await hub.say('resolved', ['disk']);
  await second(70);
  expect(pager().at(-1)).toBe('resolved 60');
});

test('many acknowledged at once are told one by one as the rate allows, and are no storm', async () => {
  hub = openNoticeHub(
    policyOf({
      root: node({ settings: { channels: ['pager'], groupWaitMs: 0, groupIntervalMs: 5000, repeatMs: 0 } }),
      channels: new Map([
        ['pager', { ...CHANNEL, keepsIncidents: true, acknowledges: true, rate: { burst: 3, perMinute: 60 } }],
      ]),
    }),
  );
  await hub.start();
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await hub.say('firing', [name], 'warning', name);
    await hub.tick(5000);
  }
  for (const { id } of (await hub.store.listIncidents({ limit: 10 })).items)
    await hub.act({ kind: 'acknowledge', incidentId: id });
  await second(60);
  const phases = hub.said.map(({ message: { phase, acknowledges } }) => (acknowledges ? 'acknowledged' : phase));
  expect(phases).toEqual([...Array(5).fill('firing'), ...Array(5).fill('acknowledged')]);
  expect(hub.said.at(-1)?.at).toBeGreaterThan(26_000);
});

test('taken back, the steps that are due follow at once, one after the other', async () => {
  await open();
  await hub.say('firing', ['disk']);
  await hub.act({ kind: 'acknowledge' });
  await second(30);
  await hub.act({ kind: 'unacknowledge' });
  await second(55);
  expect(lines()).toEqual(['ops firing 0', 'boss escalation 30', 'boss escalation 50']);
});

test('what grows worse than what was seen is told at once, and escalates again', async () => {
  await open();
  await hub.say('firing', ['disk']);
  await hub.act({ kind: 'acknowledge' });
  await second(30);
  await hub.say('firing', ['disk'], 'critical');
  await second(31);
  expect(lines()).toEqual(['ops firing 0', 'boss escalation 30', 'ops firing 30']);
  expect(hub.said[2]?.message.incident).toMatchObject({ status: 'open', severity: 'critical', acknowledgedBy: null });
});

test('a shelf holds all back, and at its end what still fires is told', async () => {
  await open();
  await hub.say('firing', ['disk']);
  await second(10);
  await hub.act({ kind: 'shelve', until: T + 100_000 });
  await hub.say('firing', ['disk', 'cpu']);
  await second(99);
  expect(lines()).toEqual(['ops firing 0']);
  await second(101);
  expect(lines()).toEqual(['ops firing 0', 'boss escalation 100', 'ops firing 100']);
});

test('the end of what people were told passes a shelf', async () => {
  await open();
  await hub.say('firing', ['disk']);
  await second(10);
  await hub.act({ kind: 'shelve', until: T + 100_000 });
  await hub.say('resolved', ['disk']);
  await second(20);
  expect(lines()).toEqual(['ops firing 0', 'ops resolved 10']);
});

test('taken off the shelf before its time, it is told at once', async () => {
  await open();
  await hub.say('firing', ['disk']);
  await hub.act({ kind: 'shelve', until: T + 1_000_000 });
  await second(50);
  await hub.act({ kind: 'unshelve' });
  await second(51);
  expect(lines()).toEqual(['ops firing 0', 'boss escalation 50', 'ops reminder 50']);
  expect(remarks()).toEqual(['it is still there at the end of what held it back']);
});

test.each(['resolve', 'close'] as const)(
  '%s tells the end, once, and what its sender goes on telling is no news',
  async (kind) => {
    await open();
    await hub.say('firing', ['disk']);
    await second(10);
    await hub.act({ kind });
    await second(11);
    for (const at of [30, 60, 90]) {
      await second(at);
      await hub.say('firing', ['disk']);
    }
    await hub.say('resolved', ['disk']);
    await second(200);
    expect(lines()).toEqual(['ops firing 0', 'ops resolved 10']);
    expect(hub.said[1]?.message.incident.status).toBe(kind === 'close' ? 'closed' : 'resolved');
  },
);

test('what fires again after a resolve by hand is told as fired again', async () => {
  await open();
  await hub.say('firing', ['disk']);
  await hub.act({ kind: 'resolve' });
  await hub.say('resolved', ['disk']);
  await second(10);
  await hub.say('firing', ['disk']);
  await second(11);
  expect(lines()).toEqual(['ops firing 0', 'ops resolved 0', 'ops firing 10']);
});

test('a resolve that is taken back is told as fired again', async () => {
  await open();
  await hub.say('firing', ['disk']);
  await hub.act({ kind: 'resolve' });
  await second(10);
  await hub.act({ kind: 'reopen' });
  await second(35);
  expect(lines()).toEqual(['ops firing 0', 'ops resolved 0', 'ops firing 10', 'boss escalation 30']);
});

test('an acknowledgement that runs out lets steps and reminders go on, and they name who had it', async () => {
  await open();
  await hub.say('firing', ['disk']);
  await hub.act({ kind: 'acknowledge', until: T + 100_000 });
  await second(99);
  await hub.expire();
  expect(lines()).toEqual(['ops firing 0']);
  await second(100);
  await hub.expire();
  await second(121);
  expect(lines()).toEqual(['ops firing 0', 'boss escalation 100', 'ops reminder 100', 'boss escalation 120']);
  expect(remarks()).toContain('the acknowledgement of ann has run out');
});
