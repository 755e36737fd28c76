import { describe, expect, test } from '@jest/globals';
import type { Answer, QueuedRequest } from '../../../../src/core/submission.ts';
import { enabledDrivers } from '../../../../src/drivers/registry.ts';
import { createLimiter } from '../../../../src/web/limits.ts';
import { createIntake, type IntakeParts, type Job } from '../../../../src/web/webhook/intake.ts';
import { replyTo } from '../../../../src/web/webhook/outcome.ts';

const DRIVERS = enabledDrivers({ clusterEnabled: true });
const COUNTS = { alertsCreated: 1, alertsUpdated: 0, alertsResolved: 0, incidentsCreated: 1, incidentsUpdated: 0 };
const COMMITTED: Answer = { outcome: 'committed', counts: COUNTS, errors: [] };
const PUSH = JSON.stringify({ source: 'cluster', instance_id: 'web-1', alerts: [{ name: 'Disk' }] });

/** Intake before a store that has every request opened so many times. */
function intake(times: number, burst = 1, drivers: IntakeParts['drivers'] = DRIVERS, monotonic = () => 0) {
  const failures: unknown[] = [];
  let submitted = 0;
  const submit = async ({ open }: QueuedRequest) => {
    submitted += 1;
    let last: ReturnType<typeof open> = null;
    for (let time = 0; time < times; time += 1) last = open();
    if (times === 0) throw new Error('the disk is full');
    return last === null ? null : COMMITTED;
  };
  const limit = createLimiter({ perSecond: 1, burst });
  const onFailure = (error: unknown) => failures.push(error);
  const accept = createIntake({
    ownMarker: () => 'mh-0123456789ab',
    drivers,
    limit,
    monotonic,
    resolveTimeoutMs: 0,
    submit,
    onFailure,
  });
  const take = async (given: Job) => replyTo(await accept(given));
  return { failures, take, submitted: () => submitted };
}

function job(text: string, fields: Partial<Job> = {}): Job {
  const body = Buffer.from(text);
  const credential = { name: 'secret:cluster' };
  return {
    driver: 'cluster',
    receivedAt: 0,
    userAgent: '',
    body,
    contentType: '',
    verified: { ok: true },
    flow: 'a',
    credential,
    ...fields,
  };
}

test('a push that is opened again, for its batch failed, is one request and says the same', async () => {
  const { take } = intake(3);
  expect(await take(job(PUSH))).toMatchObject({ status: 200, body: { status: 'success', alerts_created: 1 } });
  expect(await take(job(PUSH))).toMatchObject({ status: 429, headers: { 'Retry-After': '1' } });
});

test.each([
  ['no JSON', job('{"source":'), 400, 'the body is not JSON'],
  ['nothing valid', job('{"source":"cluster","instance_id":"web-1","alerts":[1]}'), 400, 'no alert of this push'],
  ['another instance', job(PUSH, { credential: { name: 'key:1', instanceId: 'web-2' } }), 403, 'valid for web-2 only'],
])('%s: refused, with the reason, and takes no token of another', async (_, refused, status, message) => {
  const { take } = intake(2);
  const body = { status: 'error', message: expect.stringContaining(message) };
  expect(await take(refused)).toMatchObject({ status, body });
  expect((await take(job(PUSH))).status).toBe(200);
});

test('what cannot be committed is to come again, whatever it holds', async () => {
  const { take, failures } = intake(0);
  expect(await take(job('no JSON'))).toMatchObject({ status: 503, headers: { 'Retry-After': '5' } });
  expect(failures.map(String)).toEqual(['Error: the disk is full']);
});

test('a driver that fails fails its own request only', async () => {
  const cluster = DRIVERS.get('cluster');
  if (cluster === undefined) throw new Error('there is no cluster driver');
  const parse = () => {
    throw new Error('a fault of the driver');
  };
  const { take, failures } = intake(1, 5, new Map([['cluster', { ...cluster, parse }]]));
  expect(await take(job(PUSH))).toMatchObject({ status: 503, headers: { 'Retry-After': '5' } });
  expect(failures.map(String)).toEqual(['Error: a fault of the driver']);
});

describe('who has no token left', () => {
  const GENERIC = { driver: 'generic', credential: { name: 'secret:generic' } };
  const KEY = { credential: { name: 'key:1', instanceId: 'web-1' } };

  test.each([
    ['of a tool', '{"name":"Disk"}', GENERIC],
    ['with an instance key', PUSH, KEY],
  ])('%s: waits with nobody', async (_, text, fields) => {
    const { take, submitted } = intake(1);
    expect((await take(job(text, fields))).status).toBe(200);
    expect((await take(job(text, fields))).status).toBe(429);
    expect((await take(job('no JSON', fields))).status).toBe(429);
    expect(submitted()).toBe(1);
  });

  test('with the shared secret: is known by the body only', async () => {
    const { take, submitted } = intake(1);
    expect((await take(job(PUSH))).status).toBe(200);
    expect((await take(job(PUSH))).status).toBe(429);
    expect((await take(job(PUSH.replace('web-1', 'web-2')))).status).toBe(200);
    expect(submitted()).toBe(3);
  });
});

test.each<[string, string, Partial<Job>, boolean]>([
  ['its body', '{"title":"t","hub":"mh-0123456789ab"}', { driver: 'generic' }, true],
  ['its User-Agent', '{"title":"t"}', { driver: 'generic', userAgent: 'monitor/1 (mh-0123456789ab)' }, true],
  ['a body that nobody reads', '["mh-0123456789ab"]', { driver: 'zabbix' }, true],
  ['nothing of it', '{"title":"t"}', { driver: 'generic' }, false],
  ['another marker', '{"title":"t","hub":"mh-0123456789ac"}', { driver: 'generic' }, false],
  ['a push, which is no notice', PUSH.replace('Disk', 'mh-0123456789ab'), {}, false],
])('the marker of this hub stands in %s', async (_, text, fields, expected) => {
  const opened: unknown[] = [];
  const accept = createIntake({
    ...{
      ownMarker: () => 'mh-0123456789ab',
      drivers: DRIVERS,
      monotonic: () => 0,
      resolveTimeoutMs: 0,
      onFailure: () => {},
    },
    limit: createLimiter({ perSecond: 1, burst: 1 }),
    submit: async ({ open }) => {
      opened.push(open()?.isOwnNotice ?? false);
      return COMMITTED;
    },
  });
  await accept(job(text, fields));
  expect(opened).toEqual([expected]);
});

describe('a request counts as several', () => {
  const GENERIC = { driver: 'generic', credential: { name: 'secret:generic' } };
  const statuses = async (take: (given: Job) => Promise<{ readonly status: number }>, body: string) => {
    const found: number[] = [];
    for (let turn = 0; turn < 6; turn += 1) found.push((await take(job(body, GENERIC))).status);
    return found;
  };

  test('when it is large', async () => {
    const body = JSON.stringify({ name: 'Disk', message: 'm'.repeat(130_000) });
    expect(await statuses(intake(1, 5).take, body)).toEqual([200, 200, 200, 429, 429, 429]);
    expect(await statuses(intake(1, 5).take, '{"name":"Disk"}')).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test('when it takes long to read', async () => {
    let now = 0;
    const slow = () => {
      now += 5;
      return now;
    };
    expect(await statuses(intake(1, 5, DRIVERS, slow).take, '{"name":"Disk"}')).toEqual([200, 200, 200, 200, 200, 429]);
    const slower = () => {
      now += 20;
      return now;
    };
    expect(await statuses(intake(1, 5, DRIVERS, slower).take, '{"name":"Disk"}')).toEqual([
      200, 200, 429, 429, 429, 429,
    ]);
  });
});
