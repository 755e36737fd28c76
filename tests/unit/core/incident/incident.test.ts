import { describe, expect, test } from '@jest/globals';
import {
  type FiringCounts,
  type Incident,
  isLive,
  type JoinContext,
  joinIncident,
  leaveIncident,
  reweighIncident,
  UNTOUCHED,
} from '../../../../src/core/incident/incident.ts';

const NOW = 10_000_000;
const WITHIN = 600_000;
const counts = (critical: number, warning: number, info = 0): FiringCounts => ({ critical, warning, info });

function incident(fields: Partial<Incident> = {}): Incident {
  return {
    id: 'i-1',
    key: 'instance:web-1',
    title: 'CPU usage on web-1',
    severity: 'warning',
    openedAt: NOW - 5000,
    ...UNTOUCHED,
    resolvedAt: null,
    changedAt: NOW,
    alertCount: 1,
    firing: counts(0, 1),
    ...fields,
  };
}

const ended = (fields: Partial<Incident> = {}) =>
  incident({ status: 'resolved', resolvedAt: NOW - 1000, firing: counts(0, 0), ...fields });

function join(context: Partial<JoinContext>, severity: 'critical' | 'warning' | 'info' = 'warning', key?: string) {
  return joinIncident({ name: 'CPU usage', severity }, key ?? 'instance:web-1', 'CPU usage on web-1', {
    previous: undefined,
    latest: undefined,
    reopenWithinMs: WITHIN,
    now: NOW,
    newId: () => 'i-new',
    ...context,
  });
}

describe('an alert fires', () => {
  test('alone: it opens an incident of its severity', () => {
    expect(join({}, 'critical')).toEqual({
      kind: 'opened',
      reason: 'new',
      incident: incident({ id: 'i-new', severity: 'critical', openedAt: NOW, firing: counts(1, 0) }),
    });
  });

  test.each([
    ['info', 'warning'],
    ['warning', 'warning'],
    ['critical', 'critical'],
  ] as const)('beside a warning: %s joins, and the incident is %s', (severity, becomes) => {
    const { incident: after, kind, reason } = join({ latest: incident() }, severity);
    expect([kind, reason, after.severity, after.alertCount, after.id]).toEqual([
      'alert_joined',
      'alert_fired',
      becomes,
      2,
      'i-1',
    ]);
    expect(after.firing).toEqual({ ...counts(0, 1), [severity]: severity === 'warning' ? 2 : 1 });
  });

  test('an acknowledged incident is joined, and stays acknowledged', () => {
    const latest = incident({ status: 'acknowledged', acknowledgedAt: NOW - 10 });
    expect(join({ latest }).incident).toMatchObject({ status: 'acknowledged', acknowledgedAt: NOW - 10 });
  });
});

describe('an alert fires again', () => {
  test('while its own incident lives: it is not counted a second time', () => {
    const live = incident({ alertCount: 2 });
    expect(join({ previous: live, latest: live }).incident).toMatchObject({
      id: 'i-1',
      alertCount: 2,
      firing: counts(0, 2),
    });
  });

  test.each([[0], [1], [WITHIN - 1], [WITHIN]])('%d ms after the end: the incident is reopened', (after) => {
    const previous = ended({
      resolvedAt: NOW - after,
      acknowledgedAt: NOW - 9000,
      severity: 'critical',
      alertCount: 3,
    });
    expect(join({ previous, latest: previous })).toEqual({
      kind: 'reopened',
      reason: 'refired',
      incident: incident({ alertCount: 3, severity: 'warning' }),
    });
  });

  test.each([[WITHIN + 1], [WITHIN * 10]])('%d ms after the end: a new incident', (after) => {
    const previous = ended({ resolvedAt: NOW - after });
    const { kind, incident: made } = join({ previous, latest: previous });
    expect([kind, made.id, made.alertCount]).toEqual(['opened', 'i-new', 1]);
  });

  test('with reopening turned off: a new incident', () => {
    expect(join({ previous: ended(), latest: ended(), reopenWithinMs: 0 }).kind).toBe('opened');
  });

  test('while another incident of its key lives: it moves there and is counted', () => {
    const { kind, incident: after } = join({ previous: ended({ id: 'i-0' }), latest: incident() });
    expect([kind, after.id, after.alertCount, after.firing]).toEqual(['alert_joined', 'i-1', 2, counts(0, 2)]);
  });

  test('after a person closed its incident: a new one, for closing was meant', () => {
    const closed = ended({ status: 'closed' });
    expect(join({ previous: closed, latest: closed }).kind).toBe('opened');
  });

  test('after another of its key has ended too: it reopens the later one, and is counted there', () => {
    const latest = ended({ id: 'i-2', alertCount: 1 });
    const { kind, incident: after } = join({ previous: ended({ resolvedAt: NOW - 2000 }), latest });
    expect([kind, after.id, after.alertCount, after.firing]).toEqual(['reopened', 'i-2', 2, counts(0, 1)]);
    expect(join({ previous: ended(), latest: ended({ status: 'closed', id: 'i-2' }) }).kind).toBe('opened');
  });

  test('for the first time, soon after the last incident of its key has ended: a new one', () => {
    expect(join({ latest: ended() }).kind).toBe('opened');
  });

  test('under another key: the old incident is not reopened, for its key may live elsewhere by now', () => {
    const { kind, incident: made } = join(
      { previous: ended(), latest: ended() },
      'warning',
      'labels:[["service","b"]]',
    );
    expect([kind, made.id, made.key]).toEqual(['opened', 'i-new', 'labels:[["service","b"]]']);
  });
});

describe('an alert of it resolves', () => {
  test.each([
    ['the worst', counts(1, 1), 'critical', counts(0, 1), 'warning'],
    ['one of two of the worst', counts(2, 1), 'critical', counts(1, 1), 'critical'],
    ['a lesser one', counts(1, 1), 'warning', counts(1, 0), 'critical'],
  ] as const)('%s, and others fire on', (_, firing, severity, left, becomes) => {
    const change = leaveIncident(incident({ firing, severity: 'critical' }), severity, NOW);
    expect([change.kind, change.reason]).toEqual(['alert_left', 'alert_resolved']);
    expect(change.incident).toMatchObject({ status: 'open', firing: left, severity: becomes, resolvedAt: null });
  });

  test.each(['open', 'acknowledged'] as const)(
    'the last one: an %s incident resolves and keeps its severity',
    (status) => {
      const change = leaveIncident(incident({ status, severity: 'critical', firing: counts(1, 0) }), 'critical', NOW);
      expect([change.kind, change.reason]).toEqual(['resolved', 'all_resolved']);
      expect(change.incident).toMatchObject({ status: 'resolved', severity: 'critical', resolvedAt: NOW });
      expect(isLive(change.incident)).toBe(false);
    },
  );

  test('a closed incident stays closed', () => {
    const change = leaveIncident(incident({ status: 'closed' }), 'warning', NOW);
    expect([change.kind, change.incident.status]).toEqual(['alert_left', 'closed']);
  });
});

describe('an alert of it changes its severity', () => {
  test.each([
    ['warning', 'critical', counts(0, 2), counts(1, 1), 'critical'],
    ['critical', 'warning', counts(1, 1), counts(0, 2), 'warning'],
    ['critical', 'info', counts(2, 0), counts(1, 0, 1), 'critical'],
    ['critical', 'info', counts(1, 0), counts(0, 0, 1), 'info'],
  ] as const)('%s to %s', (from, to, firing, after, severity) => {
    expect(reweighIncident(incident({ firing, changedAt: 1 }), from, to, NOW)).toEqual({
      kind: 'severity_changed',
      reason: 'alert_severity_changed',
      incident: incident({ firing: after, severity }),
    });
  });
});

test('every change says when it was', () => {
  const old = { changedAt: 1, firing: counts(0, 2) };
  const { incident: joined } = join({ previous: undefined, latest: incident(old) });
  const { incident: again } = join({ previous: ended(old), latest: ended(old) });
  const { incident: left } = leaveIncident(incident(old), 'warning', NOW);
  const { incident: over } = leaveIncident(incident({ ...old, firing: counts(0, 1) }), 'warning', NOW);
  expect([joined, again, left, over].map((one) => one.changedAt)).toEqual([NOW, NOW, NOW, NOW]);
});
