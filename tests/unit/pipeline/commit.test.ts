import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { incoming, openWorld, submission, type World } from '../../support/world.ts';

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

const fire = (name: string, severity: 'critical' | 'warning' | 'info' = 'warning', fields = {}) =>
  incoming(name, 'firing', severity, fields);
const resolve = (name: string, fields = {}) => incoming(name, 'resolved', 'info', fields);
const NONE = { alertsCreated: 0, alertsUpdated: 0, alertsResolved: 0, incidentsCreated: 0, incidentsUpdated: 0 };
const counts = (fields: Partial<typeof NONE>) => ({
  outcome: 'committed',
  counts: { ...NONE, ...fields },
  errors: [],
});

test('the life of an alert, each turn with its answer and its reason', async () => {
  const answers = [
    await world.commit(submission(0, [resolve('cpu')])),
    await world.commit(submission(1, [fire('cpu')])),
    await world.commit(submission(2, [fire('cpu')])),
    await world.commit(submission(3, [fire('cpu', 'critical')])),
    await world.commit(submission(4, [fire('cpu', 'info', { observedAt: 1_700_000_000_002 })])),
    await world.commit(submission(5, [resolve('cpu')])),
    await world.commit(submission(6, [resolve('cpu')])),
    await world.commit(submission(7, [fire('cpu')])),
  ];
  expect(answers.flat()).toEqual([
    counts({}),
    counts({ alertsCreated: 1, incidentsCreated: 1 }),
    counts({ alertsUpdated: 1 }),
    counts({ alertsUpdated: 1, incidentsUpdated: 1 }),
    counts({}),
    counts({ alertsResolved: 1, incidentsUpdated: 1 }),
    counts({}),
    counts({ alertsUpdated: 1, incidentsUpdated: 1 }),
  ]);
  const { alerts, incidents } = await world.story();
  const who = 'cluster:web-1';
  const seen = (at: number) => `observed_at=${new Date(1_700_000_000_000 + at).toISOString()}`;
  expect(alerts).toMatchObject([
    {
      status: 'firing',
      severity: 'warning',
      occurrences: 1,
      incidentId: 'incident 0',
      history: [
        `1 opened new ${who} status=firing severity=warning incident_id=incident 0 message=cpu is firing ${seen(1)}`,
        `3 updated severity_changed ${who} status=firing severity=critical incident_id=incident 0 previous_severity=warning message=cpu is firing ${seen(3)}`,
        `5 resolved resolved ${who} status=resolved severity=critical incident_id=incident 0 message=cpu is resolved ${seen(5)}`,
        `7 opened refired ${who} status=firing severity=warning incident_id=incident 0 previous_severity=critical message=cpu is firing ${seen(7)}`,
      ],
    },
  ]);
  expect(incidents).toMatchObject([
    {
      status: 'open',
      severity: 'warning',
      alertCount: 1,
      title: 'cpu trouble on web-1',
      history: [
        `1 opened new ${who} status=open severity=warning alert_id=cluster/web-1/cpu`,
        `3 severity_changed alert_severity_changed ${who} status=open severity=critical alert_id=cluster/web-1/cpu previous_severity=warning`,
        `5 resolved all_resolved ${who} status=resolved severity=critical alert_id=cluster/web-1/cpu`,
        `7 reopened refired ${who} status=open severity=warning alert_id=cluster/web-1/cpu previous_severity=critical`,
      ],
    },
  ]);
});

describe('several items of one identity in one batch', () => {
  test('in one submission: each is decided on what the one before made of it', async () => {
    const turns = [fire('a'), fire('a', 'critical'), resolve('a'), fire('a', 'info'), resolve('b'), fire('b')];
    expect(await world.commit(submission(0, turns))).toEqual([
      counts({ alertsCreated: 2, alertsUpdated: 2, alertsResolved: 1, incidentsCreated: 1 }),
    ]);
    const { alerts, incidents } = await world.story();
    expect(alerts.map((one) => one.history.map((line) => line.split(' ')[1]))).toEqual([
      ['opened', 'updated', 'resolved', 'opened'],
      ['opened'],
    ]);
    expect(incidents).toMatchObject([
      { alertCount: 2, severity: 'warning', firing: { critical: 0, warning: 1, info: 1 } },
    ]);
  });

  test('of several submissions: each is answered for its own part', async () => {
    const batch = [submission(1, [fire('a')]), submission(2, [fire('a'), fire('b')]), submission(3, [resolve('a')])];
    expect(await world.commit(...batch)).toEqual([
      counts({ alertsCreated: 1, incidentsCreated: 1 }),
      counts({ alertsCreated: 1, alertsUpdated: 1, incidentsUpdated: 1 }),
      counts({ alertsResolved: 1, incidentsUpdated: 1 }),
    ]);
  });

  test('an observation told again is not another occurrence', async () => {
    const seen = { observedAt: 1_700_000_000_001 };
    await world.commit(submission(1, [fire('a', 'warning', seen)]));
    await world.commit(submission(2, [fire('a', 'warning', seen)]), submission(3, [fire('a', 'warning', seen)]));
    await world.commit(submission(4, [fire('a')]));
    expect((await world.story()).alerts).toMatchObject([{ occurrences: 2, lastSeenAt: 1_700_000_000_004 }]);
  });
});

describe('a sender whose clock is ahead, and proven by its signature', () => {
  const AHEAD = 40_000;
  const at = (ms: number) => ({ observedAt: 1_700_000_000_000 + AHEAD + ms });
  const signed = (ms: number, alerts: ReturnType<typeof fire>[]) =>
    submission(ms, alerts, { sentAt: 1_700_000_000_000 + AHEAD + ms });

  test('the same states told again after a lost answer change nothing', async () => {
    const told = [fire('a', 'critical', at(1)), resolve('a', at(2))];
    await world.commit(signed(10, told));
    const before = await world.story();
    expect(before.alerts[0]?.history).toHaveLength(2);
    expect(await world.commit(signed(5000, told))).toEqual([counts({})]);
    expect((await world.story()).alerts).toEqual(before.alerts);
  });

  test('once its clock is set right, what it says counts at once', async () => {
    await world.commit(signed(10, [fire('a', 'critical', at(1))]));
    const right = submission(1000, [resolve('a')], { sentAt: 1_700_000_000_000 + 1000 });
    expect(await world.commit(right)).toMatchObject([{ counts: { alertsResolved: 1 } }]);
    expect((await world.story()).alerts).toMatchObject([{ status: 'resolved', observedAt: 1_700_000_001_000 }]);
  });

  test('an unsigned copy of an older state does not undo a newer one', async () => {
    await world.commit(signed(10, [fire('a', 'critical', at(1)), resolve('a', at(2))]));
    expect(await world.commit(submission(3000, [fire('a', 'critical', at(1))]))).toEqual([counts({})]);
  });
});

describe('states that come in another order than they were seen, as through several hubs', () => {
  const T = 1_700_000_000_000;
  const seen = (at: number) => ({ observedAt: T + at });

  test('a firing state that an end has overtaken opens nothing, also when the alert was resolved already', async () => {
    await world.commit(submission(10, [fire('a', 'warning', seen(1))]));
    await world.commit(submission(20, [resolve('a', seen(2))]));
    const before = await world.story();
    expect(await world.commit(submission(30, [resolve('a', seen(4))]))).toEqual([counts({})]);
    expect(await world.commit(submission(40, [fire('a', 'critical', seen(3))]))).toEqual([counts({})]);
    const { alerts, incidents } = await world.story();
    expect(incidents).toEqual(before.incidents);
    expect(alerts).toEqual([{ ...before.alerts[0], observedAt: T + 4 }]);
    expect(await world.commit(submission(50, [fire('a', 'critical', seen(5))]))).toEqual([
      counts({ alertsUpdated: 1, incidentsUpdated: 1 }),
    ]);
  });

  test('the same within one batch, and within one submission', async () => {
    const told = [
      fire('a', 'warning', seen(1)),
      resolve('a', seen(2)),
      resolve('a', seen(4)),
      fire('a', 'info', seen(3)),
    ];
    await world.commit(...told.map((one, index) => submission(10 + index, [one])));
    await world.commit(
      submission(
        20,
        told.map((one) => ({ ...one, fingerprint: 'b' })),
      ),
    );
    const { alerts, incidents } = await world.story();
    expect(alerts.map((one) => [one.status, one.severity, one.observedAt, one.history.length])).toEqual([
      ['resolved', 'warning', T + 4, 2],
      ['resolved', 'warning', T + 4, 2],
    ]);
    // What the history says was seen then, not later.
    expect(alerts[0]?.history[1]).toContain(`observed_at=${new Date(T + 2).toISOString()}`);
    expect(incidents.map((one) => one.status)).toEqual(['resolved', 'resolved']);
  });

  test('a batch that confirms and then fires again writes what fires', async () => {
    await world.commit(submission(10, [fire('a', 'warning', seen(1)), resolve('a', seen(2))]));
    await world.commit(submission(20, [resolve('a', seen(12)), fire('a', 'critical', seen(13))]));
    expect((await world.story()).alerts).toMatchObject([
      { status: 'firing', severity: 'critical', observedAt: T + 13 },
    ]);
  });

  test('a submission that a paused hub kept for long does not undo what another hub has heard since', async () => {
    // Signed at 1 s and read at once; committed only when the end, signed at 9 s, is stored.
    const kept = submission(1000, [fire('a', 'critical', seen(1000))], { sentAt: T + 1000 });
    await world.commit(submission(500, [fire('a', 'critical', seen(500))], { sentAt: T }));
    await world.commit(submission(9000, [resolve('a', seen(9000))], { sentAt: T + 9000 }));
    expect(await world.commit(kept)).toEqual([counts({})]);
    expect((await world.story()).alerts).toMatchObject([{ status: 'resolved', observedAt: T + 9000 }]);
  });
});

describe('submissions that name themselves', () => {
  const named = (at: number, key: string, signature: string, ...alerts: ReturnType<typeof fire>[]) =>
    submission(at, alerts, { replay: { key, signature } });
  const reused = { outcome: 'refused', reason: expect.stringMatching(/^the id of this request was used before/) };

  test('again: the same answer, and nothing changes', async () => {
    const errors = [{ path: 'alerts[1].labels', message: 'must be an object' }];
    const first = { ...named(1, 'n', 's', fire('a')), errors };
    const answer = await world.commit(first);
    expect(answer).toEqual([{ ...counts({ alertsCreated: 1, incidentsCreated: 1 }), errors }]);
    const before = await world.story();
    expect(await world.commit({ ...first, receivedAt: first.receivedAt + 9 })).toEqual(answer);
    expect(await world.story()).toEqual(before);
  });

  test('twice in one batch: both get the same answer, one of them counts', async () => {
    const twins = [named(1, 'n', 's', fire('a')), named(2, 'n', 's', fire('a')), named(3, 'm', 's', fire('a'))];
    const [first, second, third] = await world.commit(...twins);
    expect([first, second, third]).toEqual([
      counts({ alertsCreated: 1, incidentsCreated: 1 }),
      first,
      counts({ alertsUpdated: 1 }),
    ]);
  });

  test('a nonce with another signature is refused, later and in one batch', async () => {
    expect(await world.commit(named(1, 'n', 's', fire('a')), named(1, 'n', 'x', fire('b')))).toEqual([
      expect.objectContaining({ outcome: 'committed' }),
      reused,
    ]);
    expect(await world.commit(named(2, 'n', 'y', fire('c')), named(2, 'n', 's'))).toEqual([
      reused,
      expect.objectContaining({ outcome: 'committed' }),
    ]);
    expect((await world.story()).alerts).toHaveLength(1);
  });
});

describe('incidents', () => {
  test('two keys are two incidents; the source tells identities apart, not incidents', async () => {
    const own = submission(0, [fire('a'), fire('b', 'info', { groupKey: 'other' })]);
    await world.commit(own, { ...own, source: 'grafana', origin: '', actor: 'grafana' });
    const { alerts, incidents } = await world.story();
    expect(alerts.map((one) => [one.id, one.incidentId])).toEqual([
      ['cluster/web-1/a', 'incident 0'],
      ['cluster/web-1/b', 'incident 1'],
      ['grafana//a', 'incident 0'],
      ['grafana//b', 'incident 1'],
    ]);
    expect(incidents.map((one) => [one.key, one.alertCount])).toEqual([
      ['group', 2],
      ['other', 2],
    ]);
  });

  test('labels of the configuration make the key and the title; one that is missing counts as empty', async () => {
    await world.close();
    world = openWorld({ groupBy: ['service', 'zone'] });
    const labels = (service: string, zone?: string) => ({ labels: { service, ...(zone && { zone }), other: 'x' } });
    await world.commit(
      submission(0, [fire('a', 'info', labels('db', 'z1')), fire('b', 'info', labels('db', 'z1'))]),
      submission(1, [fire('c', 'info', labels('db')), fire('d', 'info', { labels: { service: 'db', zone: '' } })]),
    );
    expect((await world.story()).incidents.map((one) => [one.key, one.title, one.alertCount])).toEqual([
      ['labels:[["service","db"],["zone","z1"]]', 'a trouble (db, z1)', 2],
      ['labels:[["service","db"],["zone",""]]', 'c trouble (db)', 2],
    ]);
  });

  test('an alert that refires under another key does not bring two live incidents of one key about', async () => {
    await world.close();
    world = openWorld({ groupBy: ['service'] });
    const of = (service: string) => ({ labels: { service } });
    await world.commit(submission(1, [fire('a', 'warning', of('x'))]));
    await world.commit(submission(2, [resolve('a', of('x'))]));
    await world.commit(submission(3, [fire('b', 'warning', of('x'))]));
    await world.commit(submission(4, [fire('a', 'warning', of('y'))]));
    expect((await world.story()).incidents.map((one) => [one.key, one.status])).toEqual([
      ['labels:[["service","x"]]', 'resolved'],
      ['labels:[["service","x"]]', 'open'],
      ['labels:[["service","y"]]', 'open'],
    ]);
  });

  test('a firing alert whose labels change stays in its incident until it has resolved', async () => {
    await world.close();
    world = openWorld({ groupBy: ['service'] });
    await world.commit(submission(1, [fire('a', 'warning', { labels: { service: 'x' } })]));
    await world.commit(submission(2, [fire('a', 'critical', { labels: { service: 'y' } })]));
    expect((await world.story()).incidents).toMatchObject([{ severity: 'critical', alertCount: 1 }]);
    await world.commit(submission(3, [resolve('a', { labels: { service: 'y' } })]));
    expect((await world.story()).incidents).toMatchObject([{ status: 'resolved' }]);
  });
});

test('an alert that went on to another incident of its key is not drawn back, and each counts its alerts once', async () => {
  const at = async (time: number, ...alerts: ReturnType<typeof fire>[]) => world.commit(submission(time, alerts));
  await at(1, fire('a'), fire('b'));
  await at(2, resolve('a'), resolve('b'));
  await at(3, fire('new'));
  await at(4, fire('a'));
  await at(5, resolve('a'), resolve('new'));
  // Its own incident was the first, but people have gone on to the second.
  await at(6, fire('b'));
  await at(7, fire('a'));
  const { alerts, incidents } = await world.story();
  expect(alerts.map((one) => [one.fingerprint, one.incidentId])).toEqual([
    ['a', 'incident 1'],
    ['b', 'incident 1'],
    ['new', 'incident 1'],
  ]);
  expect(incidents.map((one) => [one.status, one.alertCount])).toEqual([
    ['resolved', 2],
    ['open', 3],
  ]);
});
