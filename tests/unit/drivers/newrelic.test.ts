import { describe, expect, test } from '@jest/globals';
import type { Driver } from '../../../src/drivers/contract.ts';
import { newrelic } from '../../../src/drivers/newrelic.ts';

const ARRIVAL = Date.UTC(2026, 2, 29, 12, 5);
const ISSUE = {
  id: 'issue-1',
  issueUrl: 'https://radar-api.service.newrelic.com/accounts/7/issues/issue-1?notifier=WEBHOOK',
  title: "web-1 query result is > 1.0 on 'CPU'",
  priority: 'CRITICAL',
  state: 'ACTIVATED',
  trigger: 'STATE_CHANGE',
  totalIncidents: 2,
  createdAt: ARRIVAL - 600_000,
  updatedAt: ARRIVAL - 60_000,
};
const INCIDENT = {
  ...{ account_id: 7, incident_id: 1234, condition_name: 'CPU', current_state: 'open', severity: 'CRITICAL' },
  timestamp: ARRIVAL - 30_000,
};

function parse(body: unknown, driver: Driver = newrelic) {
  const parsed = driver.parse(body, { userAgent: '', receivedAt: ARRIVAL });
  if (!parsed.ok) throw new Error(parsed.message);
  return { ...parsed, alert: parsed.alerts[0], notes: parsed.notes ?? [] };
}
const issue = (changes: object, driver?: Driver) => parse({ ...ISSUE, ...changes }, driver);
const incident = (changes: object) => parse({ ...INCIDENT, ...changes });

describe('an issue', () => {
  test.each([
    ['CREATED', 'firing', 'CREATED'],
    ['ACTIVATED', 'firing', 'ACTIVATED'],
    ['closed', 'resolved', 'closed'],
    ['DEACTIVATED', 'firing', 'DEACTIVATED'],
    ['RESOLVED', 'resolved', 'RESOLVED'],
    ['unresolved', 'firing', 'unresolved'],
  ])('in state %s is %s, and the word is kept', (state, status, original) => {
    const { alert } = issue({ state });
    expect([alert?.status, alert?.annotations.original_status]).toEqual([status, original]);
  });

  test.each(['INCIDENT_CLOSED', 'CLOSE_INACTIVE', 'USER_ACTION', 'MERGE_REQUEST'])(
    'that is active is not resolved by the trigger %s',
    (trigger) => {
      expect(issue({ trigger }).alert?.status).toBe('firing');
    },
  );

  test.each([
    ['STATE_CHANGE', undefined],
    ['CLOSE_INACTIVE', 'closed_inactive'],
    ['CLOSE_TTL', 'closed_ttl'],
    ['CLOSED_TTL', 'closed_ttl'],
    ['USER_ACTION', 'closed_manually'],
    ['MERGE_REQUEST', 'merged'],
  ])('closed by %s has the resolution %s', (trigger, resolution) => {
    const { alert, notes } = issue({ state: 'CLOSED', trigger });
    expect([alert?.status, alert?.resolution, notes]).toEqual(['resolved', resolution, []]);
  });

  test.each([
    [{ trigger: 'USER_ACTION' }, 'acknowledged', ''],
    [{ trigger: 'USER_ACTION', isAcknowledged: true, owner: 'Ada' }, 'acknowledged', 'Ada'],
    [{ trigger: 'USER_ACTION', isAcknowledged: 'false', owner: 'N/A' }, 'unacknowledged', ''],
    [{ trigger: undefined, owner: 'Ada' }, 'acknowledged', 'Ada'],
    [{ trigger: 'PRIORITY_CHANGED' }, 'priority_changed', ''],
    [{ trigger: 'INCIDENT_ADDED' }, 'noted', ''],
    [{ trigger: 'INCIDENT_CLOSED' }, 'noted', ''],
    [{ trigger: 'MERGE_REQUEST' }, 'noted', ''],
  ])('with %j is a refresh, and %s', (changes, kind, by) => {
    const { alert, notes } = issue(changes);
    expect(alert).toMatchObject({ status: 'firing', fingerprint: 'issue-1' });
    expect(notes).toMatchObject([{ kind, by, fingerprint: 'issue-1', at: ISSUE.updatedAt }]);
  });

  test('acknowledged long ago is not acknowledged again by what else happens', () => {
    expect(issue({ trigger: 'STATE_CHANGE', isAcknowledged: true, owner: 'Ada' }).notes).toEqual([]);
    expect(issue({ trigger: 'INCIDENT_ADDED', state: 'CREATED' }).notes).toEqual([]);
  });

  test.each([
    ['CRITICAL', 'critical'],
    ['HIGH', 'critical'],
    ['MEDIUM', 'warning'],
    ['LOW', 'info'],
    ['Urgent', 'warning'],
  ])('of priority %s is %s, and the word is kept', (priority, severity) => {
    const { alert } = issue({ priority });
    expect([alert?.severity, alert?.annotations.original_severity]).toEqual([severity, priority]);
  });

  test('of priority HIGH, the warning threshold, is a warning where the operator says so', () => {
    const bound = newrelic.bind?.({ high: 'warning' });
    expect(issue({ priority: 'HIGH' }, bound).alert).toMatchObject({
      severity: 'warning',
      annotations: { original_severity: 'HIGH' },
    });
    expect(issue({ priority: 'CRITICAL' }, bound).alert?.severity).toBe('critical');
    expect(() => newrelic.bind?.({ high: 'info' })).toThrow();
    expect(() => newrelic.bind?.({ hihg: 'warning' })).toThrow();
  });

  test('is ordered by when New Relic changed it', () => {
    expect(issue({}).alert).toMatchObject({ observedAt: ISSUE.updatedAt, startedAt: ISSUE.createdAt });
    expect(issue({ updatedAt: '{{ updatedAt }}' }).alert?.observedAt).toBe(ARRIVAL);
    expect(issue({ updatedAt: 5, createdAt: 0 }).alert).toMatchObject({ observedAt: ARRIVAL, startedAt: ARRIVAL });
  });

  test('without its id is found by its address, and refused without either', () => {
    expect(issue({ id: null }).alert?.fingerprint).toBe('issue-1');
    expect(newrelic.parse({ ...ISSUE, id: '', issueUrl: '' }, { userAgent: '', receivedAt: ARRIVAL })).toMatchObject({
      ok: false,
      message: expect.stringContaining('id, the id of the issue, is missing'),
    });
  });
});

describe('an incident of the old channels', () => {
  test.each([
    ['open', 'firing'],
    ['OPEN', 'firing'],
    ['acknowledged', 'firing'],
    ['closed', 'resolved'],
    ['paused', 'firing'],
  ])('that is %s is %s', (current_state, status) => {
    expect(incident({ current_state }).alert).toMatchObject({ status, fingerprint: '7:1234' });
  });

  test('acknowledged is a note as well', () => {
    expect(incident({ current_state: 'acknowledged', owner: 'Ada' }).notes).toMatchObject([
      { kind: 'acknowledged', by: 'Ada', fingerprint: '7:1234' },
    ]);
    expect(incident({ current_state: 'acknowledged', owner: 'NA' }).notes).toMatchObject([{ by: '' }]);
  });

  test('acknowledged counts though its template tells when it was opened, for a note is as old as its alert', () => {
    const old = { timestamp: ARRIVAL - 600_000 };
    const { alert, notes } = incident({ current_state: 'acknowledged', ...old });
    expect(notes[0]?.at).toBe(alert?.observedAt);
    expect(notes[0]?.at).toBeGreaterThanOrEqual(incident(old).alert?.observedAt ?? Number.POSITIVE_INFINITY);
  });

  test('finds its account in an address, and does without any', () => {
    const incident_url = 'https://alerts.newrelic.com/accounts/7/incidents/1234';
    expect(incident({ account_id: undefined, incident_url }).alert?.fingerprint).toBe('7:1234');
    expect(incident({ account_id: undefined, incident_id: undefined, incident_url }).alert?.fingerprint).toBe('7:1234');
    expect(incident({ account_id: undefined }).alert?.fingerprint).toBe('1234');
    expect(incident({ incident_id: '' }).alert?.fingerprint).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each([undefined, null, 'yesterday', 0, -5, 5, 1e16, 1e300, {}, '9999999999999'])(
    'at the time %p is at its arrival',
    (timestamp) => {
      expect(incident({ timestamp }).alert).toMatchObject({ startedAt: ARRIVAL, observedAt: ARRIVAL });
    },
  );

  test.each([0, '0'])('of the test button (%p) opens nothing', (incident_id) => {
    expect(incident({ incident_id })).toMatchObject({ alerts: [], remarks: [expect.stringContaining('test')] });
  });

  test.each([
    ['WARN', 'warning'],
    ['INFO', 'info'],
    [undefined, 'warning'],
    ['Sev-1', 'warning'],
  ])('of severity %s is %s', (severity, expected) => {
    expect(incident({ severity }).alert?.severity).toBe(expected);
  });

  test('takes targets as a list and as text', () => {
    expect(incident({ targets: [{ name: 'web-1', product: 'INFRA' }, { name: 'web-2' }] }).alert?.labels).toMatchObject(
      {
        entity: 'web-1, web-2',
        product: 'INFRA',
      },
    );
    expect(incident({ targets: 'web-1' }).alert?.labels.entity).toBe('web-1');
  });
});
