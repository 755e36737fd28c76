import { describe, expect, test } from '@jest/globals';
import { alertJson, eventJson, incidentJson, instanceJson, pageJson } from '../../../../src/web/api/views.ts';
import { alert, event, idOf, incident, instance, T } from '../../../support/stored.ts';

const iso = (time: number) => new Date(time).toISOString();

describe('an alert', () => {
  test('has the fields of the API and no others', () => {
    const seen = alert(1, { status: 'resolved', endedAt: T + 9, incidentId: idOf(7) });
    expect(alertJson(seen)).toEqual({
      id: idOf(1),
      source: 'cluster',
      origin: 'web-1',
      fingerprint: 'check-1',
      name: 'CPU usage',
      status: 'resolved',
      severity: 'warning',
      labels: seen.labels,
      annotations: { message: 'CPU at 95.2%', metrics: JSON.stringify(seen.metrics) },
      metrics: seen.metrics,
      started_at: iso(T - 1000),
      ended_at: iso(T + 9),
      observed_at: iso(T - 10),
      received_at: iso(T),
      last_seen_at: iso(T + 1),
      occurrences: 3,
      incident_id: idOf(7),
    });
    expect(alertJson(alert(1))).toMatchObject({ ended_at: null, incident_id: null });
  });

  test('its metrics also stand in the annotations as JSON text, over one of that name', () => {
    expect(alertJson(alert(1, { metrics: { a: [1] }, annotations: { metrics: 'mine' } })).annotations).toEqual({
      metrics: '{"a":[1]}',
    });
    expect(alertJson(alert(1, { metrics: {}, annotations: { metrics: 'mine' } })).annotations).toEqual({
      metrics: 'mine',
    });
  });
});

test('an incident', () => {
  expect(
    incidentJson({ ...incident(2, { acknowledgedAt: T + 1 }), titleNow: 'CPU on web-1', unknownCount: 1 }),
  ).toEqual({
    id: idOf(2),
    key: 'key-2',
    title: 'CPU on web-1',
    status: 'open',
    severity: 'critical',
    opened_at: iso(T),
    acknowledged_at: iso(T + 1),
    acknowledged_by: null,
    acknowledged_until: null,
    assignee: null,
    shelved_until: null,
    shelved_by: null,
    resolved_at: null,
    changed_at: iso(T),
    alert_count: 4,
    firing_count: 2,
    unknown_count: 1,
  });
});

test('an event', () => {
  expect(eventJson({ ...event(3), seq: 9 })).toEqual({
    seq: 9,
    at: iso(T + 3),
    subject: 'alert',
    subject_id: idOf(1),
    kind: 'opened',
    reason: 'new',
    actor: 'cluster:web-1',
    data: event(3).data,
  });
});

test('an instance', () => {
  const json = {
    instance_id: 'web-1',
    hostname: 'web-1.example',
    version: '1.2.3',
    status: 'heard',
    first_seen_at: iso(T - 5000),
    last_seen_at: iso(T),
    silent_since: null,
    clock_offset_ms: -420,
  };
  expect(instanceJson(instance('web-1'))).toEqual(json);
  expect(instanceJson(instance('web-1', { silentSince: T, clockOffsetMs: null }))).toEqual({
    ...json,
    status: 'silent',
    silent_since: iso(T),
    clock_offset_ms: null,
  });
});

test('a page: its cursor is opaque, and can stand in a query as it is', () => {
  const one = (item: number) => ({ item });
  expect(pageJson({ items: [1, 2], nextCursor: null }, one)).toEqual({
    items: [{ item: 1 }, { item: 2 }],
    next_cursor: null,
  });
  const { next_cursor: cursor } = pageJson({ items: [], nextCursor: 'ü?&=/日' }, one);
  expect(cursor).toMatch(/^[\w-]+$/);
  expect(Buffer.from(cursor ?? '', 'base64url').toString()).toBe('ü?&=/日');
});
