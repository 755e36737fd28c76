import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../src/core/alert/decide.ts';
import { pagerduty } from '../../../src/drivers/pagerduty.ts';
import { pagerdutyEvents } from '../../../src/drivers/pagerduty-events.ts';
import { openWorld } from '../../support/world.ts';

const NOW = Date.UTC(2026, 6, 1, 12);
const AT = '2026-07-01T11:59:30.000Z';
const INCIDENT = {
  id: 'Q1',
  type: 'incident',
  status: 'triggered',
  title: 'Checkout slow',
  number: 5,
  urgency: 'high',
  priority: null,
  created_at: '2026-07-01T11:00:00Z',
};

function read(type: string, data: unknown = INCIDENT, more: object = {}) {
  const event = { id: 'e1', event_type: type, resource_type: 'incident', occurred_at: AT, data, ...more };
  const parsed = pagerduty.parse({ event }, { userAgent: '', receivedAt: NOW });
  if (!parsed.ok) throw new Error(parsed.message);
  const { alerts, notes = [], remarks = [], errors } = parsed;
  expect(errors).toEqual([]);
  return {
    status: alerts.map((alert) => alert.status),
    notes: notes.map(({ kind }) => kind),
    remarks,
    alerts,
    all: notes,
  };
}

test.each([
  [{}, ['identity_guessed']],
  [{ dedup_key: 'k' }, []],
])('an event of the Events API with %j has the doubts %j', (key, doubts) => {
  const event = { event_action: 'trigger', payload: { summary: 'CPU at 95%', source: 'a', severity: 'error' }, ...key };
  const parsed = pagerdutyEvents.parse(event, { userAgent: '', receivedAt: NOW });
  expect(parsed.ok && parsed.alerts.flatMap((alert) => alert.doubts ?? []).map(({ kind }) => kind)).toEqual(doubts);
});

describe('what becomes of each event type', () => {
  const resolved = { ...INCIDENT, status: 'resolved' };
  const acknowledged = { ...INCIDENT, status: 'acknowledged' };
  test.each([
    ['incident.triggered', INCIDENT, ['firing'], []],
    ['incident.reopened', INCIDENT, ['firing'], []],
    ['incident.resolved', resolved, ['resolved'], []],
    ['incident.auto_resolved', resolved, ['resolved'], []],
    ['incident.unacknowledged', INCIDENT, ['firing'], ['unacknowledged']],
    ['incident.acknowledged', acknowledged, ['firing'], ['acknowledged']],
    ['incident.priority_updated', acknowledged, ['firing'], ['priority_changed']],
    ['incident.escalated', INCIDENT, [], ['escalated']],
    ['incident.delegated', INCIDENT, [], ['assigned']],
    ['incident.reassigned', INCIDENT, [], ['assigned']],
    ['incident.service_updated', INCIDENT, [], ['noted']],
    // The state is that of the incident, not of the event.
    ['incident.triggered', resolved, ['resolved'], []],
    ['incident.resolved', INCIDENT, ['firing'], []],
    ['incident.resolved', { ...INCIDENT, status: null }, ['resolved'], []],
    ['incident.triggered', { ...INCIDENT, status: undefined }, ['firing'], []],
  ])('%s %#', (type, data, status, notes) => {
    expect(read(type, data)).toMatchObject({ status, notes, remarks: [] });
  });

  test.each([
    ...['acknowledged', 'unacknowledged', 'priority_updated', 'escalated', 'delegated', 'reassigned', 'annotated'],
    ...['status_update_published', 'responder.added', 'service_updated', 'workflow.completed', 'brand.new'],
  ])('incident.%s never resolves', (type) => {
    expect(read(`incident.${type}`, resolved)).toMatchObject({ status: [], notes: [expect.any(String)] });
  });

  test.each(['pagey.ping', 'service.updated', 'service.deleted', 'whatever', 'constructor', 'incident'])(
    '%s is taken and remarked on',
    (type) => {
      for (const data of [{ message: 'x', type: 'ping' }, null, 'x']) {
        expect(read(type, data)).toMatchObject({ status: [], notes: [], remarks: [expect.stringMatching(/\w/)] });
      }
    },
  );

  test('a type that nobody knows is a note and a remark, or only a remark when it names no incident', () => {
    expect(read('incident.brand.new')).toMatchObject({
      notes: ['noted'],
      remarks: [expect.stringContaining('brand.new')],
    });
    expect(read('incident.triggered', { title: 'x' })).toMatchObject({
      status: [],
      notes: [],
      remarks: [expect.any(String)],
    });
  });
});

test('what is not the incident itself speaks of the incident it refers to', () => {
  const data = { id: 'NOTE1', type: 'incident_note', content: 'restarted\n it', incident: { id: 'Q1', summary: 'x' } };
  expect(read('incident.annotated', data, { agent: { summary: 'Ann' } }).all).toEqual([
    { fingerprint: 'Q1', kind: 'noted', at: Date.parse(AT), by: 'Ann', message: 'restarted it' },
  ]);
  expect(read('incident.triggered', data)).toMatchObject({ status: [] });
});

test('notes say who and what in a line', () => {
  const said = (type: string, data: object, more?: object) => {
    const { by, message } = read(type, { ...INCIDENT, ...data }, more).all[0] ?? {};
    return [by, message];
  };
  expect(said('incident.acknowledged', {}, { agent: null, client: { name: 'Terraform' } })).toEqual([
    'Terraform',
    'acknowledged',
  ]);
  expect(said('incident.priority_updated', { priority: { summary: 'P1' } })).toEqual(['', 'priority P1']);
  expect(said('incident.priority_updated', {})).toEqual(['', 'priority none']);
  const people = { assignees: [{ summary: 'Ann' }, { summary: 'Bo' }], escalation_policy: { summary: 'Night' } };
  expect(said('incident.escalated', people)).toEqual(['', 'escalated to Ann, Bo (policy Night)']);
  expect(said('incident.service_updated', { service: { summary: 'APIs' } })).toEqual(['', 'service APIs']);
  expect(said('incident.status_update_published', { message: 'we look' })).toEqual([
    '',
    'status update published: we look',
  ]);
});

test.each([
  ['P1', 'low', 'critical', 'P1'],
  ['P3', 'high', 'warning', 'P3'],
  ['P5', 'high', 'info', 'P5'],
  ['SEV-1', 'high', 'critical', 'SEV-1'],
  ['SEV-4', 'low', 'info', 'SEV-4'],
  [undefined, 'high', 'critical', 'high'],
  [undefined, 'low', 'info', 'low'],
  ['SEV-1', undefined, 'warning', 'SEV-1'],
  [undefined, 'whenever', 'warning', 'whenever'],
  [undefined, undefined, 'warning', undefined],
])('priority %s and urgency %s are %s, kept as %s', (priority, urgency, severity, kept) => {
  const alert = read('incident.triggered', { ...INCIDENT, urgency, priority: priority && { summary: priority } })
    .alerts[0];
  expect(alert).toMatchObject({ severity });
  expect(alert?.annotations.original_severity).toBe(kept);
});

test('order and times are the vendor’s', () => {
  expect(read('incident.triggered').alerts[0]).toMatchObject({
    observedAt: Date.parse(AT),
    startedAt: Date.UTC(2026, 6, 1, 11),
  });
  const reopened = { ...INCIDENT, reopened_at: '2026-07-01T11:30:00Z' };
  expect(read('incident.reopened', reopened).alerts[0]).toMatchObject({ startedAt: Date.UTC(2026, 6, 1, 11, 30) });
  const ended = read('incident.resolved', { ...INCIDENT, status: 'resolved' }).alerts[0];
  expect(ended).toMatchObject({ endedAt: Date.parse(AT), observedAt: Date.parse(AT) });
  for (const occurred_at of [null, 'soon', '2999-01-01T00:00:00Z']) {
    expect(read('incident.acknowledged', INCIDENT, { occurred_at }).all[0]?.at).toBe(NOW);
  }
});

test('an acknowledgement of an incident that was never heard of opens it, acknowledged', async () => {
  const world = openWorld();
  try {
    const { alerts, all: notes } = read('incident.acknowledged', { ...INCIDENT, status: 'acknowledged' });
    const from = { source: 'pagerduty', origin: '', actor: 'pagerduty', replay: null, instance: null };
    await world.commit({ ...from, receivedAt: NOW, errors: [], alerts, notes });
    expect(await world.story()).toMatchObject({
      alerts: [{ fingerprint: 'Q1', status: 'firing' }],
      incidents: [{ status: 'acknowledged' }],
    });
  } finally {
    await world.close();
  }
});

test('an acknowledgement that comes after the end, but was before it, opens nothing', () => {
  const acknowledged = { ...INCIDENT, status: 'acknowledged' };
  const late = read('incident.acknowledged', acknowledged).alerts[0];
  const more = { occurred_at: '2026-07-01T11:59:31.000Z' };
  const ended = read('incident.resolved', { ...INCIDENT, status: 'resolved' }, more).alerts[0];
  if (late === undefined || ended === undefined) throw new Error('no alert');
  expect(decide(undefined, late, NOW)).toEqual({ action: 'open', reason: 'new' });
  expect(decide(ended, late, NOW)).toEqual({ action: 'drop', reason: 'stale' });
});

test('a merge is no recovery, and the key of the Events API is kept for who sent it', () => {
  const ended = { ...INCIDENT, status: 'resolved', incident_key: 'ours/1' };
  for (const resolve_reason of ['merged', { type: 'merge_resolve_reason', incident: { id: 'Q0' } }]) {
    expect(read('incident.resolved', { ...ended, resolve_reason }).alerts[0]).toMatchObject({ resolution: 'merged' });
  }
  expect(read('incident.resolved', ended).alerts[0]).not.toHaveProperty('resolution');
  expect(read('incident.resolved', ended).alerts[0]?.labels.incident_key).toBe('ours/1');
});

test.each([
  [{ messages: [{ event: 'incident.trigger', incident: {} }] }, 'messages', 'Generic Webhook (v3)'],
  [{ event: 'x' }, 'event', 'must be an object'],
  [{ event: {} }, 'event.event_type', 'must be text'],
  [[], '', 'must be a JSON object'],
])('refuses %j by name', (body, path, text) => {
  expect(pagerduty.parse(body, { userAgent: '', receivedAt: NOW })).toMatchObject({
    ok: false,
    message: expect.stringContaining(text),
    errors: [{ path }],
  });
});
