import { afterEach, describe, expect, test } from '@jest/globals';
import type { Labels } from '../../../src/core/alert/alert.ts';
import { alertmanagerBody } from '../../../src/core/notice/alertmanager.ts';
import type { NoticeMessage } from '../../../src/core/notice/message.ts';
import type { RelationRule } from '../../../src/core/policy/relation.ts';
import { StoreError } from '../../../src/stores/contract/error.ts';
import { CHANNEL, openNoticeHub, policyOf } from '../../support/notice-hub.ts';
import { node } from '../../support/notice-world.ts';
import { T } from '../../support/world.ts';

let hub: ReturnType<typeof openNoticeHub>;
afterEach(() => hub.close());

const open = async (...given: Parameters<typeof policyOf>) => {
  hub = openNoticeHub(policyOf(...given));
  await hub.start();
};
const lines = () => hub.said.map(({ at, message }) => `${message.channel} ${message.phase} ${at / 1000}`);
const second = (to: number) => hub.tick(to * 1000 - hub.now());

describe('from a committed alert to a channel', () => {
  test('firing, more of it, and the end; each once', async () => {
    await open();
    await hub.say('firing', ['disk']);
    await second(2.5);
    await hub.say('firing', ['cpu']);
    await second(6);
    await hub.say('resolved', ['disk', 'cpu']);
    await second(60);
    expect(lines()).toEqual(['ops firing 2', 'ops firing 5', 'ops resolved 8']);
    const [first, more, last] = hub.said.map(({ message }) => message);
    expect(first).toMatchObject({
      incident: { status: 'open', startedAt: 1_700_000_000_000 },
      alerts: [{ name: 'disk trouble' }],
    });
    expect(more?.alerts).toHaveLength(2);
    expect(last?.incident).toMatchObject({ status: 'resolved', endedAt: 1_700_000_006_000 });
    expect(new Set(hub.said.map(({ message }) => message.key)).size).toBe(3);
    expect(new Set(hub.said.map(({ message }) => message.incident.dedupKey)).size).toBe(1);
  });

  test('it is called by what is wrong when it is told, not by what it opened with', async () => {
    await open();
    await hub.say('firing', ['memory']);
    await second(2.5);
    await hub.say('firing', ['disk'], 'critical');
    await second(10);
    await hub.say('resolved', ['memory']);
    await hub.say('firing', ['cpu']);
    await second(30);
    expect(hub.said.map(({ message }) => message.incident.title)).toEqual([
      'memory trouble on web-1',
      'disk trouble on web-1 and 1 more',
      'disk trouble on web-1 and 1 more',
    ]);
    expect(hub.said.at(-1)?.message.alerts.map(({ name }) => name)).toEqual([
      ...['disk trouble', 'cpu trouble'],
      // What has ended since the last message stands behind what fires.
      'memory trouble',
    ]);
  });

  test('what was told stands in the history and among the deliveries, with the reason', async () => {
    await open();
    await hub.say('firing', ['disk']);
    await second(3);
    const [incident] = (await hub.store.listIncidents({ limit: 1 })).items;
    const id = incident?.id ?? '';
    const kinds = (await hub.store.history([id], 50)).map(({ kind, reason }) => `${kind} ${reason}`);
    expect(kinds).toEqual(['opened new', 'notice_waiting group_wait', 'notice_sent new']);
    expect(await hub.store.attemptsOf(id, 10)).toMatchObject([
      { channel: 'ops', phase: 'firing', attempt: 1, outcome: 'ok' },
    ]);
  });

  test('a channel that fails is tried again under the same key, and one message tells both times', async () => {
    await open();
    hub.answers(() => ({ ok: false, kind: 'unavailable', permanent: false, reason: 'answered 503' }));
    await hub.say('firing', ['disk']);
    await second(20);
    await hub.say('resolved', ['disk']);
    hub.answers(() => ({ ok: true }));
    await second(400);
    const [first, ...more] = hub.said.map(({ message }) => message);
    // A target that failed may have kept the key of the start: its end must not pass for a repeat of it.
    const last = more.at(-1);
    expect(new Set(more.slice(0, -1).map(({ key }) => key))).toEqual(new Set([first?.key]));
    expect(last?.key).not.toBe(first?.key);
    expect(last).toMatchObject({ phase: 'resolved', incident: { status: 'resolved' } });
    expect(last?.remarks).toEqual(['it ended before this message could be delivered']);
  });

  test('what has ended between the decision and the message is not told as firing, nor counted as an attempt', async () => {
    await open();
    await hub.say('firing', ['disk']);
    hub.meanwhile(() => hub.say('resolved', ['disk']));
    await second(60);
    expect(lines()).toEqual([]);
    const [incident] = (await hub.store.listIncidents({ limit: 1 })).items;
    expect(await hub.store.attemptsOf(incident?.id ?? '', 10)).toEqual([]);
  });

  test('a message that cannot be made, for the store is away, is tried again and says nothing of the channel', async () => {
    await open();
    hub.meanwhile(async () => {
      throw new StoreError('the connection was lost', { unavailable: true });
    });
    await hub.say('firing', ['disk']);
    await second(3);
    expect(lines()).toEqual([]);
    await second(30);
    expect(lines()).toEqual([expect.stringMatching(/^ops firing \d/)]);
    const [incident] = (await hub.store.listIncidents({ limit: 1 })).items;
    const attempts = await hub.store.attemptsOf(incident?.id ?? '', 10);
    expect(attempts).toMatchObject([
      { attempt: 1, outcome: 'failed', reason: 'the message could not be made: the connection was lost' },
      { attempt: 2, outcome: 'ok' },
    ]);
    expect(new Set(attempts.map(({ key }) => key)).size).toBe(1);
    expect(hub.troubles).toEqual([]);
  });

  test('what fires again between the decision and the message is not told as over', async () => {
    await open();
    await hub.say('firing', ['disk']);
    await second(4);
    await hub.say('resolved', ['disk']);
    hub.meanwhile(() => hub.say('firing', ['disk']));
    await second(60);
    expect(lines()).toEqual(['ops firing 2']);
  });

  test('an end whose start may have arrived is told, without telling the start again', async () => {
    await open();
    hub.answers(() => ({ ok: false, kind: 'timeout', permanent: false, reason: 'no answer in time' }));
    await hub.say('firing', ['disk']);
    await second(3);
    await hub.say('resolved', ['disk']);
    await second(30);
    hub.answers(() => ({ ok: true }));
    await second(400);
    const [start, ...ends] = hub.said.map(({ message }) => message);
    expect(start).toMatchObject({ phase: 'firing' });
    expect(ends.length).toBeGreaterThan(1);
    for (const end of ends) expect(end).toMatchObject({ phase: 'resolved', incident: { status: 'resolved' } });
    expect(new Set(ends.map(({ key }) => key)).size).toBe(1);
  });

  test('what is refused for good is a dead letter and no RESOLVED follows', async () => {
    await open();
    hub.answers(() => ({ ok: false, kind: 'gone', permanent: true, reason: 'no such webhook' }));
    await hub.say('firing', ['disk']);
    await second(3);
    expect((await hub.store.listNotices({ state: 'dead', limit: 9 })).items).toHaveLength(1);
    expect(hub.troubles).toEqual(['ops: no such webhook']);
    await hub.say('resolved', ['disk']);
    await second(60);
    expect(lines()).toEqual(['ops firing 2']);
  });

  test('what could not be delivered in time is a dead letter, and stands in the history', async () => {
    await open({ giveUpMs: 60_000 });
    hub.answers(() => ({ ok: false, kind: 'unavailable', permanent: false, reason: 'answered 503' }));
    await hub.say('firing', ['disk']);
    await second(600);
    const [dead] = (await hub.store.listNotices({ state: 'dead', limit: 9 })).items;
    const kinds = (await hub.store.history([dead?.notice.incidentId ?? ''], 50)).map(({ kind }) => kind);
    expect(kinds).toEqual(['opened', 'notice_waiting', 'notice_failed', 'notice_dead']);
    expect(hub.troubles).toContain('ops: answered 503');
  });

  test('another process goes on, and tells nothing twice', async () => {
    await open();
    await hub.say('firing', ['disk']);
    await second(3);
    await hub.replace();
    await second(10);
    await hub.say('resolved', ['disk']);
    await hub.replace();
    await second(60);
    expect(lines().map((line) => line.split(' ')[1])).toEqual(['firing', 'resolved']);
  });

  test('an attempt whose process ended before there was an answer stands among the deliveries', async () => {
    await open();
    hub.answers(() => new Promise(() => {}));
    await hub.say('firing', ['disk']);
    await second(3);
    hub.answers(() => ({ ok: true }));
    await hub.replace();
    await second(60);
    const [incident] = (await hub.store.listIncidents({ limit: 1 })).items;
    const attempts = await hub.store.attemptsOf(incident?.id ?? '', 10);
    expect(attempts.map(({ attempt, outcome, at }) => [attempt, outcome, at < T + 3000])).toEqual([
      [1, 'unknown', true],
      [2, 'ok', false],
    ]);
    expect(new Set(attempts.map(({ key }) => key)).size).toBe(1);
  });

  test('a channel that takes long delays no other', async () => {
    const two = node({ settings: { channels: ['ops', 'slow'], groupWaitMs: 0, groupIntervalMs: 3000, repeatMs: 0 } });
    await open({
      root: two,
      channels: new Map([
        ['ops', CHANNEL],
        ['slow', CHANNEL],
      ]),
    });
    hub.answers((channel) => (channel === 'slow' ? new Promise(() => {}) : { ok: true }));
    for (let n = 0; n < 8; n += 1) await hub.say('firing', [`disk ${n}`], 'warning', `g${n}`);
    expect(hub.said.filter(({ message }) => message.channel === 'ops')).toHaveLength(8);
    hub.answers(() => ({ ok: true }));
  });
});

test('the end of what may have been told is told, however often that fails', async () => {
  await open();
  await hub.say('firing', ['disk'], 'critical');
  await second(5);
  await hub.say('resolved', ['disk'], 'critical');
  await second(15);
  const broken = { ok: false, kind: 'network', permanent: false, reason: 'closed without an answer' } as const;
  hub.answers(() => broken);
  await hub.say('firing', ['disk'], 'critical');
  await second(19);
  // It may have arrived. Its end is tried, and that may have arrived or not.
  await hub.say('resolved', ['disk'], 'critical');
  await second(60);
  hub.answers(() => ({ ok: true }));
  await second(600);
  const phases = hub.said.map(({ message }) => message.phase);
  expect(phases.slice(0, 3)).toEqual(['firing', 'resolved', 'firing']);
  expect(new Set(phases.slice(3))).toEqual(new Set(['resolved']));
  expect(phases.length).toBeGreaterThan(4);
  expect(new Set(hub.said.slice(3).map(({ message }) => message.key)).size).toBe(1);
  const [notice] = (await hub.store.listNotices({ state: 'rest', limit: 9 })).items;
  expect(notice?.notice).toMatchObject({ told: { state: 'resolved' }, pending: null });
});

test('a storm is one digest with exact counts, and what is critical goes by itself', async () => {
  await open({
    root: node({ settings: { channels: ['ops'], groupIntervalMs: 300_000, repeatMs: 0 } }),
    channels: new Map([['ops', { ...CHANNEL, rate: { burst: 5, perMinute: 10 } }]]),
  });
  for (let n = 0; n < 100; n += 1) {
    await hub.say('firing', [`disk ${n}`], 'warning', `g${n}`);
    await hub.tick(90);
  }
  await hub.say('firing', ['core'], 'critical', 'core');
  expect(lines()).toEqual([`ops firing ${hub.now() / 1000}`]);
  await second(70);
  const digests = hub.said.filter(({ message }) => message.phase === 'digest').map(({ message }) => message.digest);
  expect(hub.said.length).toBeLessThanOrEqual(4);
  expect(digests.reduce((sum, digest) => sum + (digest?.incidents ?? 0), 0)).toBe(100);
  // A program that is told Alertmanager's body gets each alert of it.
  const bodies = hub.said.map(({ message }) => alertmanagerBody(message));
  const names = bodies.flatMap(({ alerts }) => alerts.map(({ labels }) => labels.alertname));
  expect(new Set(names).size).toBe(101);
  expect(bodies.map(({ truncatedAlerts, status }) => `${status} ${truncatedAlerts}`)).toEqual(
    bodies.map(() => 'firing 0'),
  );
});

test('where incidents are kept, a digest ends when all that it told of is over, and so does what was told before', async () => {
  await open({
    root: node({ settings: { channels: ['ops'], groupIntervalMs: 3000, repeatMs: 0 } }),
    channels: new Map([['ops', { ...CHANNEL, keepsIncidents: true, rate: { burst: 5, perMinute: 10 } }]]),
  });
  const kept = new Set<string>();
  hub.answers(() => {
    const { phase, key, incident, digest, closes = [] } = (hub.said.at(-1) as { message: NoticeMessage }).message;
    const ref = phase === 'digest' ? key : incident.dedupKey;
    if (phase === 'resolved') kept.delete(ref);
    else if (digest?.firing !== 0) kept.add(ref);
    for (const one of closes) kept.delete(one);
    return { ok: true, ref };
  });
  const names = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `disk ${from + n}`);
  const say = (from: number, to: number) => hub.sayAll(names(from, to).map((name) => [name, name] as const));
  const end = async (from: number, to: number) => {
    for (const name of names(from, to)) await hub.say('resolved', [name], 'warning', name);
  };
  await say(0, 3);
  await second(20);
  expect(kept.size).toBe(3);
  await say(3, 60);
  await second(120);
  expect(kept.size).toBe(4);
  await end(4, 60);
  await second(300);
  // One of the digest still fires.
  expect(kept.size).toBe(4);
  await end(3, 4);
  await second(360);
  expect(kept.size).toBe(3);
  // Ends of what was told before come in a digest.
  await say(60, 100);
  await second(480);
  await end(0, 3);
  await end(60, 100);
  await second(700);
  expect([...kept]).toEqual([]);
  expect(hub.said.length).toBeLessThan(20);
});

test('what comes while a digest is out is one more, however much it is; critical ones do not wait for it', async () => {
  await open({
    root: node({ settings: { channels: ['ops'], groupIntervalMs: 300_000, repeatMs: 0 } }),
    channels: new Map([['ops', { ...CHANNEL, rate: { burst: 5, perMinute: 10 } }]]),
  });
  const say = (from: number, to: number) =>
    hub.sayAll(Array.from({ length: to - from }, (_, n) => [`disk ${from + n}`, `g${from + n}`] as const));
  await say(0, 150);
  await second(11);
  await say(150, 500);
  await second(30);
  await hub.say('firing', ['core'], 'critical', 'core');
  const before = hub.now() / 1000;
  expect(lines().at(-1)).toBe(`ops firing ${before}`);
  await second(60);
  const digests = hub.said.flatMap(({ message }) => message.digest?.incidents ?? []);
  expect(digests).toEqual([150, 350]);
});

test('a storm on a channel that is away is tried by one message at a time, and told as one when it is back', async () => {
  await open({
    root: node({ settings: { channels: ['ops'], groupIntervalMs: 300_000, repeatMs: 0 } }),
    channels: new Map([['ops', { ...CHANNEL, rate: { burst: 5, perMinute: 60 } }]]),
  });
  hub.answers(() => ({ ok: false, permanent: false, kind: 'unavailable', reason: 'HTTP 503' }));
  await hub.sayAll(Array.from({ length: 300 }, (_, n) => [`disk ${n}`, `g${n}`] as const));
  await second(120);
  expect(hub.said.length).toBeLessThan(12);
  hub.answers(() => ({ ok: true }));
  const failed = hub.said.length;
  await second(400);
  const told = hub.said.slice(failed).map(({ message }) => message.digest?.incidents ?? 1);
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(300);
  expect(told.length).toBeLessThanOrEqual(3);
});

describe('fifty children and their parent', () => {
  const rule: RelationRule = {
    ...{ kind: 'depends_on', place: 'notify.depends_on[0]', equal: [], waitMs: 5000 },
    isSource: (labels: Labels) => labels.alertname === 'router trouble',
    isTarget: (labels: Labels) => labels.alertname?.startsWith('host') ?? false,
  };
  const children = Array.from({ length: 50 }, (_, n) => `host ${n}`);
  test.each([
    ['parent first', ['router', ...children]],
    ['parent last', [...children, 'router']],
    ['parent between', [...children.slice(0, 25), 'router', ...children.slice(25)]],
  ])('%s: one message, which names the parent and counts the rest', async (_name, order) => {
    await open({ relations: [rule] });
    for (const name of order) {
      await hub.say('firing', [name], 'critical', name);
      await hub.tick(20);
    }
    await second(60);
    expect(hub.said).toHaveLength(1);
    const [{ message }] = hub.said as [(typeof hub.said)[number]];
    expect(message.incident.title).toContain('router');
    expect(message.remarks).toEqual(['50 incidents are held back because of it']);
    // Programs that take Alertmanager's body are told the number, too.
    expect(alertmanagerBody(message).commonAnnotations.monitor_remarks).toBe(message.remarks[0]);
    await hub.say('resolved', ['router'], 'critical', 'router');
    await second(90);
    expect(hub.said.map(({ message: one }) => one.phase)).toContain('digest');
  });
});
