import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../src/core/alert/decide.ts';
import { opsgenie } from '../../../src/drivers/opsgenie.ts';

const ARRIVAL = Date.UTC(2026, 2, 29, 12, 5);
const CREATED = ARRIVAL - 600_000;
const ALERT = {
  ...{ alertId: 'a-1', alias: 'db', message: 'database replica lag', tinyId: '23', priority: 'P2' },
  ...{ tags: ['env:prod', 'database'], username: 'ada@example.com', createdAt: CREATED, updatedAt: CREATED * 1e6 },
};

function parse(action: unknown, changes: object = {}, receivedAt = ARRIVAL, body: object = {}) {
  const given = { action, alert: { ...ALERT, ...changes }, integrationId: 'i', ...body };
  const parsed = opsgenie.parse(given, { userAgent: '', receivedAt });
  if (!parsed.ok) throw new Error(parsed.message);
  return { ...parsed, alert: parsed.alerts[0], note: parsed.notes?.[0] };
}

test.each([
  ['Create', 'firing', undefined],
  ['create', 'firing', undefined],
  ['UnAcknowledge', 'firing', 'unacknowledged'],
  ['UpdatePriority', 'firing', 'priority_changed'],
  ['UpdateMessage', 'firing', 'noted'],
  ['UpdateDescription', 'firing', 'noted'],
  ['Close', 'resolved', undefined],
  ['Delete', 'resolved', undefined],
  ['Acknowledge', undefined, 'acknowledged'],
  ['AddNote', undefined, 'noted'],
  ['AddTags', undefined, 'noted'],
  ['RemoveTags', undefined, 'noted'],
  ['AddTeam', undefined, 'noted'],
  ['AddRecipient', undefined, 'noted'],
  ['TakeOwnership', undefined, 'assigned'],
  ['AssignOwnership', undefined, 'assigned'],
  ['Snooze', undefined, 'noted'],
  ['SnoozeEnded', undefined, 'noted'],
  ['Escalate', undefined, 'escalated'],
  ['EscalateToNext', undefined, 'escalated'],
  ['Restart the replica', undefined, 'noted'],
])('%s: the alert is %s, the note %s', (action, status, kind) => {
  const { alert, note } = parse(action);
  expect([alert?.status, note?.kind]).toEqual([status, kind]);
  for (const one of [alert, note]) if (one !== undefined) expect(one.fingerprint).toBe('a-1');
});

test('a deleted alert is no recovered one', () => {
  expect(parse('Delete').alert?.resolution).toBe('deleted');
  expect(parse('Close').alert?.resolution).toBeUndefined();
});

describe('what is said', () => {
  test('of an unknown action is its name', () => {
    expect(parse('Restart the replica', { note: 'from the phone' }).note?.message).toBe(
      'Restart the replica: from the phone',
    );
  });

  test('of a note is the note, on one line', () => {
    expect(parse('AddNote', { note: 'looking\r\ninto it' }).note).toMatchObject({
      message: 'looking into it',
      by: 'ada@example.com',
    });
  });

  test('of a priority is both', () => {
    expect(parse('UpdatePriority', { priority: 'P1', oldPriority: 'P3' }).note?.message).toBe('priority P3 → P1');
    expect(parse('UpdatePriority', { priority: 'P1' }).note?.message).toBe('priority unknown → P1');
  });

  test('of an escalation is by what and to whom, though the alert is an id only', () => {
    const escalate = {
      action: 'Escalate',
      alert: { alertId: 'a-1' },
      escalationName: 'night',
      escalationNotify: { name: 'bob' },
    };
    expect(opsgenie.parse(escalate, { userAgent: '', receivedAt: ARRIVAL })).toMatchObject({
      alerts: [],
      notes: [{ kind: 'escalated', fingerprint: 'a-1', message: 'escalated by night to bob' }],
    });
  });
});

test.each([
  ['P1', 'critical'],
  ['P2', 'critical'],
  ['P3', 'warning'],
  ['P4', 'info'],
  [1, 'critical'],
  [5, 'info'],
  [undefined, 'warning'],
  ['P9', 'warning'],
])('priority %s is %s', (priority, severity) => {
  expect(parse('Create', { priority }).alert?.severity).toBe(severity);
});

test('a Create is as old as the alert, all else as its action', () => {
  const updatedAt = (CREATED + 60_000.25) * 1e6;
  const at = CREATED + 60_000;
  expect(parse('Create', { updatedAt }).alert).toMatchObject({ startedAt: CREATED, observedAt: CREATED });
  expect(parse('Close', { updatedAt }).alert).toMatchObject({ startedAt: CREATED, observedAt: at, endedAt: at });
  expect(parse('Close', { updatedAt: String(updatedAt) }).alert?.observedAt).toBe(at);
  expect(parse('UpdatePriority', { updatedAt }).alert).toMatchObject({ startedAt: CREATED, observedAt: at });
  expect(parse('Acknowledge', { updatedAt }).note?.at).toBe(at);
});

test.each([
  ...[undefined, null, '', 'x', true, {}, 0, -1, 9e18, 1e300, CREATED, (CREATED - 1) * 1e6, (ARRIVAL + 1) * 1e6],
])('an updatedAt of %p is no time of an action: the arrival counts', (updatedAt) => {
  expect(parse('Close', { updatedAt }).alert).toMatchObject({ observedAt: ARRIVAL, endedAt: ARRIVAL });
  expect(parse('AddNote', { updatedAt }).note?.at).toBe(ARRIVAL);
});

test('without createdAt the arrival counts', () => {
  expect(parse('Create', { createdAt: undefined }).alert).toMatchObject({ startedAt: ARRIVAL, observedAt: ARRIVAL });
  expect(parse('Close', { createdAt: undefined }).alert?.observedAt).toBe(ARRIVAL);
});

test.each(['UpdatePriority', 'UpdateMessage', 'UpdateDescription', 'UnAcknowledge'])(
  'a %s that comes after the Close, but was before it, opens nothing',
  (action) => {
    const close = parse('Close', { updatedAt: (CREATED + 2000) * 1e6 }, CREATED + 2500).alert;
    const late = parse(action, { updatedAt: (CREATED + 1000) * 1e6 }, CREATED + 30_000).alert;
    if (close === undefined || late === undefined) throw new Error('no alert');
    expect(decide(close, late, ARRIVAL)).toEqual({ action: 'drop', reason: 'stale' });
    expect(decide(late, close, ARRIVAL)).toEqual({ action: 'resolve', reason: 'resolved' });
  },
);

test('the second Create of a team changes nothing, and one that is late opens nothing', () => {
  const close = parse('Close', { updatedAt: (CREATED + 60_000) * 1e6 }).alert;
  const create = parse('Create').alert;
  const late = parse('Create', { teams: ['t2'] }, ARRIVAL + 5000).alert;
  if (create === undefined || close === undefined || late === undefined) throw new Error('no alert');
  expect(decide(create, late, ARRIVAL + 5000)).toEqual({ action: 'refresh', reason: 'repeat' });
  expect(decide(close, late, ARRIVAL + 5000)).toEqual({ action: 'drop', reason: 'stale' });
  expect(decide(create, close, ARRIVAL)).toEqual({ action: 'resolve', reason: 'resolved' });
});

test('tags, details and what names the alert are labels; the alias joins alerts to incidents', () => {
  const { alert } = parse('Create', { details: { region: 'eu', priority: 'mine' }, entity: 'pg-1', source: '' });
  expect(alert?.labels).toEqual({
    ...{ region: 'eu', env: 'prod', database: 'true', alias: 'db', entity: 'pg-1', tiny_id: '23', priority: 'P2' },
  });
  expect(alert?.groupKey).toBe('opsgenie:db');
  expect(parse('Create', { alias: null }).alert?.groupKey).toBe('database replica lag');
});

test('what names no alert is refused, unless nobody knows the action either', () => {
  const parseBody = (body: unknown) => opsgenie.parse(body, { userAgent: '', receivedAt: ARRIVAL });
  expect(parseBody({ action: 'Create', integrationId: 'i' })).toMatchObject({ ok: false });
  expect(parseBody({ action: 'Close', alert: {}, integrationId: 'i' })).toMatchObject({
    ok: false,
    message: 'alert.alertId, which says which alert is meant, is missing',
  });
  expect(parseBody({ action: 'Ping', integrationName: 'n' })).toMatchObject({ ok: true, alerts: [] });
  expect(parseBody({ alert: ALERT })).toMatchObject({
    ok: false,
    message: expect.stringContaining('action is missing'),
  });
});
