import { describe, expect, test } from '@jest/globals';
import { gridValues, linePath, nearestPoint, placeIn, runsOf, timeTicks } from '../../../src/dashboard/model/chart.ts';
import {
  alertText,
  badgeText,
  barsText,
  certificateOf,
  dayBars,
  endpointBadness,
  endpointsPath,
  endpointTitle,
  endpointWord,
  lookBars,
  outagesOf,
  phasesText,
  rangeOf,
  verdictSentence,
} from '../../../src/dashboard/model/endpoints.ts';
import { probeHealth, probeRows, regionsOf } from '../../../src/dashboard/model/probes.ts';
import type { Endpoint, Look, Probe, Witness } from '../../../src/dashboard/wire/endpoints.ts';
import { uptimeText } from '../../../src/dashboard/words/numbers.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-28T12:00:00.000Z');
const iso = (at: number) => new Date(at).toISOString();

const witness = (id: string, state: Witness['state']): Witness => ({
  ...{ id, name: id.toUpperCase(), region: '', state, seen_at: null, duration_ms: null, failures: 0, error: '' },
});
const endpoint = (more: Partial<Endpoint> = {}): Endpoint => ({
  ...{ key: 'core_web', name: 'web', group: 'core', kind: 'active', url: '', interval_ms: 60_000, state: 'up' },
  ...{ since: null, reason: 'not_enough_down', votes: { up: 3, down: 0, needed: 2, of: 3 }, maintenance: false },
  ...{ probes: [witness('a', 'up'), witness('b', 'up'), witness('c', 'up')], last_look_at: null, response_ms: 9 },
  ...{ certificate_ends_at: null, uptime: { '24h': 1, '7d': 1, '30d': 1 }, results: [] },
  ...more,
});

test('how the time of a look was spent, in words', () => {
  const nothing = { dns_ms: null, connect_ms: null, tls_ms: null, first_byte_ms: null };
  expect(phasesText({ dns_ms: 0.4, connect_ms: 12.4, tls_ms: null, first_byte_ms: 9.96 })).toBe(
    'DNS 0.4 ms, connect 12 ms, first byte 10 ms',
  );
  expect(phasesText(nothing)).toBe('');
});

describe('how bad it is', () => {
  test.each<[string, Partial<Endpoint>, string]>([
    ['up', {}, 'ok'],
    ['down', { state: 'down' }, 'critical'],
    ['unknown, which is neither', { state: 'unknown' }, 'unknown'],
    ['up, but seen down by one', { probes: [witness('a', 'down')] }, 'warning'],
    ['up, and one has not looked', { probes: [witness('a', 'waiting'), witness('b', 'stale')] }, 'ok'],
    ['up with 13 days of its certificate left', { certificate_ends_at: iso(NOW + 14 * DAY - 1) }, 'warning'],
    ['up with 14 days of it', { certificate_ends_at: iso(NOW + 14 * DAY) }, 'ok'],
  ])('%s', (_, more, badness) => expect(endpointBadness(endpoint(more), NOW)).toBe(badness));

  test('in words', () => {
    expect(endpointWord(endpoint({ state: 'down' }))).toBe('Down');
    expect(endpointWord(endpoint({ state: 'unknown', kind: 'push' }))).toBe('Not called');
    expect(endpointTitle(endpoint())).toBe('core/web');
    expect(endpointTitle(endpoint({ group: '' }))).toBe('web');
    expect(certificateOf(iso(NOW - 1), NOW)).toEqual({ days: -1, badness: 'critical' });
    expect(certificateOf(null, NOW)).toBeNull();
    expect(badgeText({ id: 'local', name: 'This hub' })).toBe('Hub');
    expect(badgeText({ id: 'x', name: '东京一号' })).toBe('东京一');
  });

  const votes = (up: number, down: number, needed = 2, of = 3) => ({ votes: { up, down, needed, of } });
  test.each<[Partial<Endpoint>, string]>([
    [{}, 'All 3 probes see it up.'],
    [votes(1, 2), '2 of 3 probes see it down, 2 are enough for it to count as down.'],
    [votes(1, 1, 1), '1 of 2 probes see it down, 1 is enough for it to count as down. 1 probe cannot tell.'],
    [votes(2, 0), '2 probes see it up. 1 probe cannot tell.'],
    [{ ...votes(1, 0), reason: 'too_few_witnesses' }, 'Only 1 of 3 probes can tell, which is too few.'],
    [{ ...votes(0, 0), state: 'unknown' }, 'No probe has said anything of late, so nobody knows.'],
    [
      { ...votes(0, 0), probes: [witness('a', 'waiting')] },
      'Nobody has looked at it yet. It is looked at every 1 min.',
    ],
    [{ ...votes(0, 1, 1, 1), probes: [witness('a', 'down')] }, 'A sees it down.'],
    [{ kind: 'push', state: 'unknown' }, 'It has not called yet.'],
    [{ kind: 'push', state: 'down' }, 'Its last call told a failure.'],
  ])('who says so: %j', (more, text) => expect(verdictSentence(endpoint(more))).toBe(text));

  test('what an uptime is never rounded up to', () => {
    expect([1, 0.999999, 0.5, 0, null].map(uptimeText)).toEqual(['100 %', '99.99 %', '50.00 %', '0.00 %', '—']);
  });

  test('what raises an alert', () => {
    const alert = { severity: 'critical', failure_threshold: 1, success_threshold: 2, firing: false } as const;
    expect(alertText({ alerts: [alert, { ...alert, severity: 'info', failure_threshold: 3 }] })).toBe(
      'critical after one failure, over after 2 successes; info after 3 failures, over after 2 successes',
    );
  });
});

describe('bars', () => {
  const look = (at: number, more: Partial<Look> = {}): Look => ({
    ...{ at: iso(at), probe: 'a', success: true, abstains: false, duration_ms: 7, errors: [], ...more },
  });
  test('of the last looks: trouble is tall, what is missing is at the left', () => {
    const looks = [look(1), look(2, { success: false, errors: ['refused', 'x'] }), look(3, { abstains: true })];
    const bars = lookBars(looks, 4, String);
    expect(bars.map(({ kind }) => kind)).toEqual(['none', 'up', 'down', 'unknown']);
    expect(bars.map(({ text }) => text)).toEqual([
      'no data',
      '1, a: up, 7 ms',
      '2, a: down, refused',
      '3, a: cannot tell',
    ]);
    expect(bars[2]?.height).toBeGreaterThan(2 * (bars[1]?.height ?? 1));
    expect(lookBars(looks, 2, String).map(({ kind }) => kind)).toEqual(['down', 'unknown']);
    expect(barsText(bars, 'look')).toBe('3 looks, 1 with a failure');
    expect(barsText(lookBars([], 4, String), 'look')).toBe('No looks yet');
  });

  test('of days: a moment of outage is never rounded to none', () => {
    const point = (days: number, up_ms: number, down_ms: number) => ({
      ...{ at: iso(NOW - (NOW % DAY) - days * DAY), up_ms, down_ms, looks: 1, response_ms: null },
    });
    const bars = dayBars({ points: [point(2, DAY, 0), point(1, DAY - 1, 1), point(0, 0, DAY)] }, 4, NOW, (at) =>
      iso(at),
    );
    expect(bars.map(({ kind }) => kind)).toEqual(['none', 'up', 'down', 'down']);
    expect(bars[2]?.height).toBeGreaterThan(bars[1]?.height ?? 1);
    expect(bars[3]).toMatchObject({ height: 1, text: '2026-11-28T00:00:00.000Z: down for 24 h' });
  });

  test('outages are told newest first, one that goes on until now', () => {
    const outages = [
      { started_at: iso(NOW - 9000), ended_at: iso(NOW - 5000) },
      { started_at: iso(NOW - 2000), ended_at: null },
    ];
    expect(outagesOf({ outages }, NOW).map(({ lengthMs }) => lengthMs)).toEqual([2000, 4000]);
  });
});

describe('addresses', () => {
  test('the list is asked with what the API knows, and nothing else', () => {
    expect(endpointsPath({ state: ['down'], view: ['cards'], q: ['a b'], group: ['x', 'y'] })).toBe(
      '/api/v1/endpoints?state=down&group=x&group=y&q=a+b&sort=attention&limit=200',
    );
  });
  test('the span', () => {
    expect(rangeOf({})).toEqual({ range: '24h', asked: { from: '24h' } });
    expect(rangeOf({ range: ['30d'] })).toEqual({ range: '30d', asked: { from: '30d' } });
    expect(rangeOf({ range: ['2y'] })).toEqual({ range: '24h', asked: { from: '24h' } });
    expect(rangeOf({ from: ['a'], to: ['b'] })).toEqual({ range: null, asked: { from: 'a', to: 'b' } });
  });
});

test('probes: those first that want attention', () => {
  const probe = (id: string, region: string, more: Partial<Probe> = {}): Probe => ({
    ...{
      id,
      name: id,
      region,
      version: '',
      last_seen_at: iso(NOW),
      is_stale: false,
      clock_offset_ms: null,
      assigned: 1,
    },
    ...more,
  });
  const all = [
    probe('c', 'eu'),
    probe('b', 'eu', { is_stale: true, last_seen_at: null }),
    probe('a', 'us', { is_stale: true }),
  ];
  expect(all.map(probeHealth)).toEqual(['healthy', 'never', 'stale']);
  expect(probeRows(all, {}).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(probeRows(all, { state: ['healthy'] }).map(({ id }) => id)).toEqual(['c']);
  expect(regionsOf(all)).toEqual([
    { region: 'eu', healthy: 1, all: 2 },
    { region: 'us', healthy: 0, all: 1 },
  ]);
});

describe('a chart', () => {
  test.each([
    [0, [0, 1]],
    [1, [0, 0.5, 1]],
    [90, [0, 50, 100]],
    [150, [0, 50, 100, 150]],
    [1840, [0, 1000, 2000]],
    [0.07, [0, 0.025, 0.05, 0.075]],
  ])('has round lines above %d', (highest, values) => expect(gridValues(highest)).toEqual(values));

  test('never draws over a gap', () => {
    const points = [0, 10, 20, 60, 70].map((at) => ({ at, value: at === 10 ? null : at }));
    const runs = runsOf(points, 10);
    expect(runs.map((run) => run.map(({ at }) => at))).toEqual([[0], [20], [60, 70]]);
    expect(linePath(runs, placeIn({ from: 0, to: 100 }, 100, 200, 50))).toBe('M0 50h2M40 40h2M120 20L140 15');
    expect(nearestPoint(points, 12)).toBe(2);
    expect(nearestPoint([{ at: 1, value: null }], 1)).toBe(-1);
    expect(timeTicks({ from: 0, to: 100 }, 5)).toEqual([0, 25, 50, 75, 100]);
  });
});
