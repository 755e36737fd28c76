import { describe, expect, test } from '@jest/globals';
import { type AlertStatus, LIMITS } from '../../../../src/core/alert/alert.ts';
import { decide } from '../../../../src/core/alert/decide.ts';
import {
  type AlertDraft,
  incomingAlert,
  isPush,
  toldTime,
  tooManyAlerts,
  unreadable,
} from '../../../../src/core/reading/incoming.ts';

const NOW = Date.UTC(2026, 6, 1, 12);
const DRAFT: AlertDraft = {
  fingerprint: 'f1',
  name: 'Disk full',
  status: 'firing',
  severity: 'critical',
  labels: { host: 'a' },
  annotations: { message: 'm' },
};
const made = (draft: Partial<AlertDraft>) => incomingAlert({ ...DRAFT, ...draft }, NOW);

test('what is told is kept; what is not takes the arrival, no figures and the name', () => {
  expect(made({})).toEqual({
    fingerprint: 'f1',
    name: 'Disk full',
    status: 'firing',
    severity: 'critical',
    labels: { host: 'a' },
    annotations: { message: 'm' },
    metrics: {},
    startedAt: NOW,
    endedAt: null,
    observedAt: NOW,
    groupKey: 'Disk full',
  });
  expect(
    made({ startedAt: 1, observedAt: 3, endedAt: 2, groupKey: 'g', resolution: 'paused', metrics: { a: 1 } }),
  ).toEqual(expect.objectContaining({ startedAt: 1, observedAt: 3, endedAt: null, groupKey: 'g', metrics: { a: 1 } }));
});

describe('words', () => {
  test.each([
    ['firing', 'firing', undefined],
    ['OK', 'resolved', 'OK'],
    ['Triggered', 'firing', 'Triggered'],
    ['perhaps', 'firing', 'perhaps'],
    [{ word: 'Close', means: 'resolved' as const }, 'resolved', 'Close'],
    [{ word: 'ok', means: undefined }, 'firing', 'ok'],
    [undefined, 'firing', undefined],
  ])('status %j is %s, kept as %j', (status, stored, kept) => {
    const alert = made({ status });
    expect(alert.status).toBe(stored);
    expect(alert.annotations.original_status).toBe(kept);
  });

  test.each([
    ['info', 'info', undefined],
    ['Critical', 'critical', 'Critical'],
    ['P3', 'warning', 'P3'],
    ['catastrophic', 'warning', 'catastrophic'],
    [{ word: '5', means: 'critical' as const }, 'critical', '5'],
    [undefined, 'warning', undefined],
  ])('severity %j is %s, kept as %j', (severity, stored, kept) => {
    const alert = made({ severity });
    expect(alert.severity).toBe(stored);
    expect(alert.annotations.original_severity).toBe(kept);
  });

  test('the draft stays as it was', () => {
    made({ status: 'perhaps' });
    expect(DRAFT.annotations).toEqual({ message: 'm' });
  });
});

test('a long name is cut and kept whole beside, a blank one is unknown, a long fingerprint is cut', () => {
  const long = 'x'.repeat(LIMITS.name + 1);
  expect(made({ name: long })).toMatchObject({ name: long.slice(1), annotations: { original_name: long } });
  for (const name of [undefined, '', ' ']) expect(made({ name }).name).toBe('Unknown Alert');
  expect(made({ fingerprint: long }).fingerprint).toHaveLength(LIMITS.fingerprint);
});

test('an end and a resolution belong to resolved alerts only', () => {
  expect(made({ status: 'ok', endedAt: 5, resolution: 'paused' })).toMatchObject({ endedAt: 5, resolution: 'paused' });
  expect(made({ status: 'ok' })).toMatchObject({ endedAt: NOW, startedAt: NOW });
  expect(made({ status: 'ok', endedAt: 5 })).toMatchObject({ startedAt: 5 });
  expect(made({ status: 'ok' })).not.toHaveProperty('resolution');
  expect(made({ resolution: 'paused' })).not.toHaveProperty('resolution');
});

test('nobody has seen a state after it arrived', () => {
  expect(made({ observedAt: NOW + 1 }).observedAt).toBe(NOW);
});

describe('times told instead of times observed', () => {
  const MINUTE = 60_000;
  const START = NOW - 3 * MINUTE;

  /** What the last of these submissions decides; each is [status, started, ended, arrival]. */
  function last(...told: readonly (readonly [AlertStatus, number, number | undefined, number])[]) {
    let previous: { status: AlertStatus; severity: 'warning'; observedAt: number } | undefined;
    let reason = '';
    for (const [status, startedAt, endedAt, at] of told) {
      const incoming = { status, severity: 'warning' as const, observedAt: toldTime(startedAt, endedAt, at) };
      const decision = decide(previous, incoming, at);
      reason = decision.reason;
      if (decision.action !== 'drop') previous = incoming;
    }
    return reason;
  }

  test('a repeat is not stale, however late the first came', () => {
    expect(last(['firing', START, undefined, NOW], ['firing', START, undefined, NOW])).toBe('repeat');
    expect(last(['firing', START, undefined, NOW], ['firing', START, undefined, NOW + 9e6])).toBe('repeat');
  });

  test.each([0, 1, 70, 9000])('a resolve that comes %d s later is not older than its firing', (seconds) => {
    for (const end of [START + 1, NOW - 1, NOW, undefined]) {
      const resolved = ['resolved', START, end, NOW + seconds * 1000] as const;
      expect(last(['firing', START, undefined, NOW], resolved)).toBe('resolved');
    }
  });

  test('a firing notice that its resolved one has overtaken opens nothing', () => {
    const began = ['firing', START, undefined, START] as const;
    expect(last(began, ['resolved', START, NOW - 1, NOW], ['firing', START, undefined, NOW + 15_000])).toBe('stale');
  });

  test('a resolved notice that the next firing has overtaken closes nothing', () => {
    const began = ['firing', START, undefined, START] as const;
    expect(last(began, ['firing', NOW - 10, undefined, NOW], ['resolved', START, NOW - 20, NOW + 5000])).toBe('stale');
  });

  test('a new start fires again at once, an old one after a minute', () => {
    const ended = [
      ['firing', START, undefined, START],
      ['resolved', START, NOW - 1000, NOW],
    ] as const;
    expect(last(...ended, ['firing', NOW + 1, undefined, NOW + 2])).toBe('refired');
    expect(last(...ended, ['firing', START, undefined, NOW + MINUTE])).toBe('refired');
  });

  test('times of a clock that is ahead, or far behind, are the arrival and a minute before it', () => {
    expect(toldTime(NOW + 9e6, undefined, NOW)).toBe(NOW);
    expect(toldTime(1, 2, NOW)).toBe(NOW - MINUTE);
    expect(toldTime(undefined, NOW - 5, NOW)).toBe(NOW);
  });
});

test('answers to bodies without anything to keep', () => {
  expect(unreadable('alerts', 'alerts must be a list')).toEqual({
    ok: false,
    message: 'alerts must be a list',
    errors: [{ path: 'alerts', message: 'alerts must be a list' }],
  });
  expect(tooManyAlerts('alerts', LIMITS.groupAlerts)).toBeNull();
  expect(tooManyAlerts('alerts', LIMITS.groupAlerts + 1)).toMatchObject({ ok: false, tooMany: true });
});

test.each([
  [{ source: 'cluster' }, true],
  [{ source: ' CLUSTER ' }, true],
  [{ source: ['cluster'] }, false],
  [{ source: 'prometheus' }, false],
  [[{ source: 'cluster' }], false],
  [null, false],
])('%j is a push: %s', (body, answer) => {
  expect(isPush(body)).toBe(answer);
});
