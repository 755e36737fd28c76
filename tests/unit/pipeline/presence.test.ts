import { describe, expect, test } from '@jest/globals';
import type { Instance } from '../../../src/core/cluster/instance.ts';
import type { InstanceSignal, Submission } from '../../../src/core/submission.ts';
import { markPresence } from '../../../src/pipeline/presence.ts';

const STALE = 60_000;
const T = 1_700_000_000_000;

const web1 = (fields: Partial<Instance> = {}): Instance => ({
  instanceId: 'web-1',
  hostname: 'web-1.example',
  version: '1.0.0',
  firstSeenAt: T - 500_000,
  lastSeenAt: T - 10_000,
  clockOffsetMs: -250,
  staleAt: T + 50_000,
  silentSince: null,
  ...fields,
});

function submission(receivedAt: number, instance: InstanceSignal | null): Submission {
  return {
    source: 'cluster',
    origin: 'web-1',
    actor: 'cluster:web-1',
    receivedAt,
    alerts: [],
    errors: [],
    replay: null,
    instance,
  };
}
const push = (at: number, fields: Partial<InstanceSignal> = {}) =>
  submission(at, {
    kind: 'seen',
    instanceId: 'web-1',
    hostname: 'web-1.example',
    version: '1.0.0',
    clockOffsetMs: 300,
    ...fields,
  } as InstanceSignal);
const silence = (at: number) => submission(at, { kind: 'silent', instanceId: 'web-1' });

/** Presence after these submissions: the row that is written, and the hub's own alert of each submission. */
function mark(found: Instance | null, ...submissions: Submission[]) {
  const presence = markPresence(submissions, found === null ? [] : [found], STALE);
  return {
    row: presence.instances.get('web-1'),
    alerts: submissions.map((one) => presence.alertFor(one)?.status ?? null),
    alert: presence.alertFor(submissions.at(-1) as Submission),
  };
}

describe('a push', () => {
  test('of an instance never heard writes its row and raises nothing', () => {
    expect(mark(null, push(T))).toMatchObject({
      row: web1({ firstSeenAt: T, lastSeenAt: T, clockOffsetMs: 300, staleAt: T + STALE }),
      alerts: [null],
    });
  });

  test('moves on the time of silence, and keeps when it was first seen', () => {
    expect(mark(web1(), push(T)).row).toEqual(web1({ lastSeenAt: T, clockOffsetMs: 300, staleAt: T + STALE }));
  });

  test.each([
    ['within a second says nothing new', 999, {}, false],
    ['a second later does', 1000, {}, true],
    ['with another version does at once', 1, { version: '1.0.1' }, true],
    ['with another hostname does at once', 1, { hostname: 'new' }, true],
  ])('%s', (_, after, fields, written) => {
    const before = web1({ lastSeenAt: T });
    expect(mark(before, push(T + after, fields)).row !== undefined).toBe(written);
  });

  test('after a clock that was hours ahead counts from when it came', () => {
    const before = web1({ lastSeenAt: T + 7_200_000, staleAt: T + 7_200_000 + STALE });
    expect(mark(before, push(T)).row).toMatchObject({ lastSeenAt: T, staleAt: T + STALE });
  });

  test('that arrived before another, but is committed after it, does not take time back', () => {
    expect(mark(web1({ lastSeenAt: T, staleAt: T + STALE }), push(T - 5000, { version: 'x' })).row).toMatchObject({
      lastSeenAt: T,
      staleAt: T + STALE,
    });
  });
});

describe('silence', () => {
  const quiet = web1({ lastSeenAt: T - STALE, staleAt: T });

  test('raises the alert of the hub', () => {
    const { row, alert } = mark(quiet, silence(T));
    expect(row).toEqual({ ...quiet, silentSince: T });
    expect(alert).toMatchObject({
      fingerprint: 'instance-silent',
      name: 'Instance silent',
      status: 'firing',
      severity: 'critical',
      labels: { instance_id: 'web-1', hostname: 'web-1.example' },
      annotations: { message: expect.stringContaining(`not been heard since ${new Date(T - STALE).toISOString()}`) },
      startedAt: T - STALE,
      endedAt: null,
      groupKey: 'instance:web-1',
    });
  });

  test.each([
    ['is not yet so', web1({ staleAt: T + 1 })],
    ['is known already', web1({ staleAt: T, silentSince: T - 1 })],
    ['is of nobody known', null],
  ])('that %s changes nothing', (_, found) => {
    expect(mark(found, silence(T))).toEqual({ row: undefined, alerts: [null], alert: null });
  });

  test('and a push in one batch: whichever came first counts', () => {
    expect(mark(quiet, push(T), silence(T)).alerts).toEqual([null, null]);
    expect(mark(quiet, silence(T), push(T + 1)).alerts).toEqual(['firing', 'resolved']);
    expect(mark(quiet, silence(T), push(T + 1)).row?.silentSince).toBeNull();
  });

  test('ends with the next push', () => {
    const { row, alert } = mark({ ...quiet, silentSince: T }, push(T + 9));
    expect(row).toMatchObject({ silentSince: null, lastSeenAt: T + 9, staleAt: T + 9 + STALE });
    expect(alert).toMatchObject({ status: 'resolved', endedAt: T + 9, observedAt: T + 9 });
  });

  test('that a push overtakes by a moment can still be ended by it', () => {
    // The push arrived a millisecond before the hub gave up on its instance, and is committed after it.
    const raised = mark(quiet, silence(T)).alert;
    const ended = mark({ ...quiet, silentSince: T }, push(T - 1)).alert;
    expect(ended?.status).toBe('resolved');
    expect(ended?.observedAt).toBeGreaterThanOrEqual(raised?.observedAt ?? Number.POSITIVE_INFINITY);
  });
});
