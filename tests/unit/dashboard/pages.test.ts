import { describe, expect, test } from '@jest/globals';
import { weekOf } from '../../../src/dashboard/model/calendar.ts';
import { channelsOf, percentile } from '../../../src/dashboard/model/channels.ts';
import {
  alertsFact,
  mutedBy,
  nextFact,
  notifiedFact,
  seenBefore,
  sharedLabels,
  stateFact,
} from '../../../src/dashboard/model/incident-facts.ts';
import {
  figuresOf,
  filterInstances,
  instanceRows,
  isOlder,
  newestVersion,
} from '../../../src/dashboard/model/instances.ts';
import { mayAs, readSession } from '../../../src/dashboard/model/session.ts';
import { timelineOf } from '../../../src/dashboard/model/timeline.ts';
import type {
  Attempt,
  ExplainedStep,
  Explanation,
  Instance,
  Notice,
  Silence,
} from '../../../src/dashboard/wire/documents.ts';
import { createTimes } from '../../../src/dashboard/words/times.ts';
import { alert, incident } from './samples.ts';

const notice = (fields: Partial<Notice>): Notice => ({
  ...{
    id: 'i1:ops',
    channel: 'ops',
    title: '',
    state: 'wait',
    reason: 'group_wait',
    until: null,
    phase: null,
    attempt: 0,
  },
  ...{ next_at: null, failure: null, told: null, told_at: null, updated_at: '' },
  ...fields,
});

describe('what is known of an incident', () => {
  test.each([
    [{}, 'Open', 'not acknowledged'],
    [{ assignee: 'jonas' }, 'Open', 'assigned to jonas'],
    [{ status: 'acknowledged' as const, acknowledged_by: 'mira' }, 'Acknowledged', 'by mira'],
    [{ status: 'acknowledged' as const }, 'Acknowledged', ''],
    [{ status: 'resolved' as const }, 'Resolved', ''],
    [{ status: 'closed' as const }, 'Closed', ''],
  ])('%j: its state', (fields, value, detail) => expect(stateFact(incident(fields))).toMatchObject({ value, detail }));

  test('its alerts', () => {
    expect(alertsFact(incident({ firing_count: 2, unknown_count: 1, alert_count: 7 }))).toMatchObject({
      value: '2 firing, 1 unknown',
      detail: '7 alerts in all',
    });
    expect(alertsFact(incident({ firing_count: 0 })).value).toBe('None fires');
  });

  const explanation = (channels: Explanation['channels'], text = ''): Explanation => ({
    ...{
      told: channels.length > 0,
      verdict: '',
      untold: { reason: 'no_route', text },
      channels,
      steps: [],
      cut: false,
    },
  });
  test('who was told', () => {
    const told = {
      channel: 'ops',
      text: [],
      attempts: 1,
      places: [],
      told: [{ phase: 'firing', at: 'T2', answer: null }],
      untold: null,
    };
    expect(
      notifiedFact(
        explanation([told, { ...told, channel: 'db', told: [{ phase: 'firing', at: 'T1', answer: null }] }]),
      ),
    ).toMatchObject({
      value: 'ops, db',
      at: 'T1',
    });
    expect(notifiedFact(explanation([], 'no route matches'))).toMatchObject({
      value: 'Nobody',
      detail: 'no route matches',
    });
    expect(notifiedFact(undefined).value).toBe('…');
  });

  test.each([
    [{}, [notice({ until: '2026-03-29T15:00:00Z' })], 'First notice', 'ops,'],
    [
      {},
      [
        notice({ until: '2026-03-29T15:00:00Z' }),
        notice({ channel: 'db', state: 'retry', next_at: '2026-03-29T14:00:00Z' }),
      ],
      'Another try',
      'db,',
    ],
    [{}, [notice({ state: 'dead' })], 'Nothing', 'a notice was given up'],
    [{}, [notice({ state: 'rest' })], 'Nothing', 'everyone has been told'],
    [{}, [], 'Nothing', 'no channel is to be told'],
    [{ status: 'resolved' as const }, [notice({ until: 'x' })], 'Nothing', 'it is over'],
    [{ next: { what: 'escalate', channel: 'pager', at: null } }, [], 'Escalation', 'pager,'],
  ])('%#: what comes next', (fields, notices, value, detail) =>
    expect(nextFact(incident(fields), notices)).toMatchObject({ value, detail }),
  );

  test('the labels that all alerts share, and the same incident before', () => {
    const alerts = [{ labels: { a: '1', b: '2' } }, { labels: { a: '1', b: '3' } }];
    expect(sharedLabels(alerts)).toEqual([['a', '1']]);
    expect(sharedLabels([])).toEqual([]);
    const earlier = (id: string, opened_at: string, key = 'instance:web-03') => incident({ id, opened_at, key });
    const others = [
      earlier('i1', '2026-03-29T14:00:00.000Z'),
      earlier('i0', '2026-03-20'),
      earlier('i-', '2026-03-27'),
      earlier('x', '2026-03-01', 'other'),
    ];
    expect(seenBefore(incident(), others)).toMatchObject({ count: 2, last: { id: 'i-' } });
  });
});

describe('the time line', () => {
  const step = (at: string, kind: string, text: string, more: Partial<ExplainedStep> = {}): ExplainedStep => ({
    at: `2026-03-29T${at}Z`,
    kind,
    text,
    ...more,
  });
  const sent = (at: string, channel: string, outcome = 'ok') =>
    step(at, 'attempt', `${channel}: firing arrived`, { attempt: { channel, outcome, reason: null } });
  const event = (kind: string, data = {}) => ({
    ...{ seq: 1, at: '', subject: 'alert', subject_id: '', kind, reason: null, actor: null, data },
  });

  test('is newest first, with the notices of one minute in one line', () => {
    const steps = [
      step('14:00:00', 'event', 'incident opened critical', { event: event('opened', { severity: 'critical' }) }),
      sent('14:00:01', 'slack'),
      sent('14:00:02', 'pager'),
      sent('14:00:03', 'teams', 'failed'),
      step('14:10:00', 'event', 'incident resolved', { event: event('resolved') }),
    ];
    expect(timelineOf(steps).map(({ mark, text, folded }) => [mark, text, folded])).toEqual([
      [{ badness: 'ok' }, 'Incident resolved', []],
      [{ badness: 'warning' }, 'teams: firing arrived', []],
      [{ icon: 'send' }, 'pager: firing arrived', ['slack: firing arrived']],
      [{ badness: 'critical' }, 'Incident opened critical', []],
    ]);
  });

  test('knows a mark for whatever happens', () => {
    for (const kind of ['noted', 'constructor', 'something new'])
      expect(timelineOf([step('14:00:00', 'event', 'x', { event: event(kind) })])).toHaveLength(1);
  });
});

describe('instances', () => {
  const instance = (instance_id: string, fields: Partial<Instance> = {}): Instance => ({
    ...{
      instance_id,
      hostname: `${instance_id}.example`,
      version: '0.2.0',
      status: 'heard',
      first_seen_at: '',
      last_seen_at: '',
    },
    ...{ silent_since: null, clock_offset_ms: null },
    ...fields,
  });
  const rows = instanceRows(
    [instance('b-10'), instance('b-9', { version: '0.1.9' }), instance('c'), instance('a', { status: 'silent' })],
    [incident({ key: 'instance:c', severity: 'critical' })],
  );
  test('silent and critical ones stand first, the others by name', () => {
    expect(rows.map((row) => [row.instance.instance_id, row.badness, row.isOld])).toEqual([
      ['a', 'unknown', false],
      ['c', 'critical', false],
      ['b-9', 'ok', true],
      ['b-10', 'ok', false],
    ]);
  });

  test.each([
    [{}, 4],
    [{ state: ['bad'] }, 2],
    [{ state: ['stale'] }, 1],
    [{ state: ['old'] }, 1],
    [{ state: ['critical'] }, 1],
    [{ q: ['B-'] }, 2],
    [{ q: ['c.example'] }, 1],
    [{ version: ['0.1.9'] }, 1],
  ])('%j finds %d', (query, count) => expect(filterInstances(rows, query)).toHaveLength(count));

  test.each([
    ['0.1.9', '0.1.10', true],
    ['0.2', '0.1.10', false],
    ['1.0.0', '1.0.0', false],
    [null, '1', false],
    ['', '1', false],
    ['1', '', false],
  ])('%s is before %s: %s', (version, than, is) => expect(isOlder(version, than)).toBe(is));

  test('the newest version, and the newest figures', () => {
    expect(newestVersion([{ version: '0.9' }, { version: null }, { version: '0.10' }])).toBe('0.10');
    expect(newestVersion([])).toBe('');
    const figures = figuresOf([
      alert({ metrics: { load: 1, x: 2 }, observed_at: '2026-03-29T14:00:00Z' }),
      alert({ metrics: { load: 3 }, observed_at: '2026-03-29T15:00:00Z', name: 'Load' }),
    ]);
    expect(figures.map(({ name, value, check }) => [name, value, check])).toEqual([
      ['load', 3, 'Load'],
      ['x', 2, 'Memory usage'],
    ]);
  });
});

describe('the calendar', () => {
  const silence = (starts_at: string, ends_at: string): Silence => ({
    ...{
      id: starts_at,
      kind: 'silence',
      status: 'active',
      matchers: [],
      starts_at,
      ends_at,
      created_by: '',
      comment: '',
    },
    ...{ origin: '', created_at: '', ended_by: null },
  });
  const now = Date.parse('2026-03-29T12:00:00Z');
  test('begins today, and cuts what reaches beyond the week', () => {
    const silences = [
      silence('2026-03-30T00:00:00Z', '2026-03-31T00:00:00Z'),
      silence('2026-03-01T00:00:00Z', '2026-05-01T00:00:00Z'),
      silence('2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z'),
    ];
    const week = weekOf(silences, now, 0, createTimes('UTC'));
    expect(week.days.map(({ word }) => word)).toEqual([
      'Sun 29',
      'Mon 30',
      'Tue 31',
      'Wed 1',
      'Thu 2',
      'Fri 3',
      'Sat 4',
    ]);
    expect(week.bars.map(({ left, width }) => [left, width].map((share) => Math.round(share * 7 * 100) / 100))).toEqual(
      [
        [0, 7],
        [1, 1],
      ],
    );
    expect(week.now).toBeCloseTo(0.5 / 7);
    expect(weekOf([], now, 1, createTimes('UTC')).now).toBeNull();
  });

  test('days on which clocks change are as long as they are', () => {
    const { days, start, end } = weekOf([], now, 0, createTimes('local', 'Europe/Berlin'));
    expect((end - start) / 3_600_000).toBe(7 * 24 - 1);
    expect(days[0]?.width).toBeCloseTo(23 / 167);
  });
});

describe('who looks', () => {
  test.each([
    [
      { kind: 'person', name: 'mira', role: 'write', confined_to: null, csrf_token: 't' },
      { name: 'mira', role: 'write', csrf_token: 't' },
    ],
    [
      { kind: 'local', role: 'admin' },
      { name: null, role: 'admin', csrf_token: null },
    ],
    [{ role: 'king' }, null],
    [null, null],
    ['x', null],
  ])('%j', (given, wanted) => {
    const session = readSession(given);
    if (wanted === null) expect(session).toBeNull();
    else expect(session).toMatchObject(wanted);
  });

  test('may do what those before may', () => {
    const session = readSession({ role: 'write' });
    expect([mayAs(session, 'read'), mayAs(session, 'write'), mayAs(session, 'admin'), mayAs(null, 'admin')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });
});

describe('channels', () => {
  const now = Date.parse('2026-03-29T12:00:00Z');
  const attempt = (
    channel: string,
    outcome: Attempt['outcome'],
    at: string,
    took_ms: number | null = 100,
  ): Attempt => ({
    ...{ channel, outcome, at: `2026-03-${at}:00:00Z`, took_ms, answer: `HTTP ${outcome}`, incident_id: null },
    ...{ phase: 'firing', key: `${channel} ${at}`, attempt: 1 },
  });
  test('fail when their last attempt did, and stand first then', () => {
    const attempts = [
      attempt('ops', 'ok', '29T10', 50),
      attempt('ops', 'failed', '29T09'),
      attempt('ops', 'failed', '20T09'),
      attempt('pager', 'ok', '29T08'),
      attempt('pager', 'failed', '29T11'),
    ];
    const notices = [
      notice({ channel: 'pager', state: 'dead' }),
      notice({ channel: 'new', state: 'wait' }),
      notice({ channel: 'ops', state: 'hold' }),
    ];
    expect(channelsOf(attempts, notices, now)).toEqual([
      {
        name: 'pager',
        state: 'failing',
        arrivedAt: '2026-03-29T08:00:00Z',
        answer: 'HTTP failed',
        waiting: 0,
        dead: 1,
        failed24h: 1,
        p95: 100,
      },
      { name: 'new', state: 'unknown', arrivedAt: null, answer: null, waiting: 1, dead: 0, failed24h: 0, p95: null },
      {
        name: 'ops',
        state: 'ok',
        arrivedAt: '2026-03-29T10:00:00Z',
        answer: 'HTTP ok',
        waiting: 0,
        dead: 0,
        failed24h: 1,
        p95: 50,
      },
    ]);
  });

  test('percentiles', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(values, 0.95)).toBe(95);
    expect(percentile([7], 0.95)).toBe(7);
    expect(percentile([], 0.95)).toBeNull();
  });
});

describe('what mutes an incident', () => {
  const muted = (id: string, until: string | null = null) => ({ kind: 'silenced', id, until });
  const held = (id: string, until: string | null) => alert({ id, status: 'firing', muted: muted(id, until) });
  test.each([
    ['what holds its notices back', { muted: muted('hold'), alerts: [] }, 'hold'],
    ['the silence of all alerts that ends first', { alerts: [held('a', '2026-02'), held('b', '2026-01')] }, 'b'],
    ['one without an end ends last', { alerts: [held('a', null), held('b', '2026-01')] }, 'b'],
    ['none of one that fires aloud', { alerts: [held('a', null), alert({ id: 'c', status: 'firing' })] }, undefined],
    ['what is over counts for nothing', { alerts: [held('a', null), alert({ id: 'c', status: 'resolved' })] }, 'a'],
    ['nothing without alerts', { alerts: [] }, undefined],
  ] as const)('%s', (_, given, id) => expect(mutedBy(given)?.id).toBe(id));
});
