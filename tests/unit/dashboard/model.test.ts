import { describe, expect, test } from '@jest/globals';
import { changed, hrefOf, parseAddress, parseQuery, queryText, valueIn } from '../../../src/dashboard/model/address.ts';
import { alertFilters, readFilterText, segmentChange, segmentOf } from '../../../src/dashboard/model/alert-query.ts';
import { rowOf } from '../../../src/dashboard/model/alert-row.ts';
import { commonMatchers, fewestMatchers, matchersOf, previewPath } from '../../../src/dashboard/model/matchers.ts';
import { announcement, mergeRows } from '../../../src/dashboard/model/merge.ts';
import { NO_SELECTION, ranged, toggled } from '../../../src/dashboard/model/selection.ts';
import { squaresOf } from '../../../src/dashboard/model/squares.ts';
import { createStreamParser } from '../../../src/dashboard/model/sse.ts';
import { byAttention } from '../../../src/dashboard/words/severity.ts';
import { alert, incident } from './samples.ts';

describe('addresses', () => {
  test.each([
    ['/', 'now', null],
    ['/incidents', 'incidents', null],
    ['/incidents/i7f3', 'incidents', 'i7f3'],
    ['/instances/web%2F03', 'instances', 'web/03'],
    ['/instances/100%', 'instances', '100%'],
    ['/alerts/', 'alerts', null],
  ])('%s', (path, page, item) => expect(parseAddress(path, '')).toEqual({ page, item, query: {} }));

  test.each(['/now', '/nothing', '/incidents/a/b', '/api/v1/alerts'])('%s is none', (path) => {
    expect(parseAddress(path, '')).toBeNull();
  });

  test('filters go into the query and back, also with names that objects have', () => {
    const query = parseQuery('?label=a%3Db&label=c%21%3Dd&q=x+y&__proto__=1&constructor=2');
    expect(query.label).toEqual(['a=b', 'c!=d']);
    expect(valueIn(query, 'q')).toBe('x y');
    expect(valueIn(query, 'constructor')).toBe('2');
    expect(valueIn({}, 'constructor')).toBeUndefined();
    expect(parseQuery(queryText(query))).toEqual(query);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('filters change one by one', () => {
    const query = parseQuery('?status=firing&label=a%3Db');
    expect(queryText(changed(query, { status: null }))).toBe('?label=a%3Db');
    expect(queryText(changed(query, { label: ['a=b', 'c=d'] }))).toBe('?status=firing&label=a%3Db&label=c%3Dd');
    expect(queryText(changed(query, { status: '', label: [] }))).toBe('');
    expect(hrefOf('instances', 'a/b', { range: '6h' })).toBe('/instances/a%2Fb?range=6h');
    expect(hrefOf('now')).toBe('/');
  });
});

describe('the filters of alerts', () => {
  test.each([
    ['', 'all', { status: ['firing', 'unknown'] }],
    ['?severity=critical', 'critical', { status: ['firing'], severity: ['critical'] }],
    ['?status=unknown', 'unknown', { status: ['unknown'] }],
    ['?status=resolved&severity=info', 'info', { status: ['resolved'], severity: ['info'] }],
    ['?q=disk&label=a%3Db', 'all', { status: ['firing', 'unknown'], label: ['a=b'], q: ['disk'] }],
    [`?q=${'a+'.repeat(30)}`, 'all', { status: ['firing', 'unknown'], q: [Array(20).fill('a').join(' ')] }],
    ['?q=%25', 'all', { status: ['firing', 'unknown'], name: ['*%*'] }],
    ['?severity=nonsense&from=x', 'all', { status: ['firing', 'unknown'] }],
  ])('%s', (search, segment, filters) => {
    const query = parseQuery(search);
    expect(segmentOf(query)).toBe(segment);
    expect(alertFilters(query)).toEqual(filters);
  });

  test('a segment keeps whether the resolved are shown', () => {
    expect(segmentChange('critical', parseQuery('?status=resolved'))).toEqual({
      status: 'resolved',
      severity: 'critical',
    });
    expect(segmentChange('unknown', {})).toEqual({ status: 'unknown', severity: null });
    expect(segmentChange('all', parseQuery('?status=unknown'))).toEqual({ status: null, severity: null });
  });

  test.each([
    ['disk', [], 'disk'],
    ['team=db disk', ['team=db'], 'disk'],
    ['team!=db env="a b" x y', ['team!=db', 'env=a b'], 'x y'],
    ['team=', ['team='], ''],
  ])('%s is read', (typed, labels, text) => expect(readFilterText(typed)).toEqual({ labels, text }));
});

describe('rows of alerts', () => {
  test.each([
    [{}, null],
    [{ muted: { kind: 'silenced', id: 's', until: null } }, { kind: 'muted', by: 'silenced', until: null }],
    [{ status: 'unknown' as const }, { kind: 'stale' }],
    [{ flapping: true }, { kind: 'flapping' }],
    [{ acknowledged_by: 'mira' }, { kind: 'acknowledged', by: 'mira' }],
    [{ status: 'resolved' as const, acknowledged_by: 'mira' }, null],
  ])('%j has the state %j', (fields, state) => expect(rowOf(alert(fields)).state).toEqual(state));

  test('what is unknown is unknown, whatever its severity was', () => {
    expect(rowOf(alert({ status: 'unknown', severity: 'critical' })).badness).toBe('unknown');
  });
});

describe('the stream', () => {
  const whole = ': hello\n\nid: 7\nevent: history\ndata: {"a":1}\n\nid: 8\r\ndata: x\r\ndata: y\r\n\r\ndata\n\n:\n\n';
  const wanted = [
    { id: '7', event: 'history', data: '{"a":1}' },
    { id: '8', event: 'message', data: 'x\ny' },
    { id: '8', event: 'message', data: '' },
  ];
  test.each([1, 2, 3, 7, 1000])('is read in pieces of %d', (size) => {
    const parse = createStreamParser();
    const pieces = whole.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
    expect(pieces.flatMap((piece) => parse(piece))).toEqual(wanted);
  });
});

describe('rows that change', () => {
  const rows = (...ids: string[]) => ids.map((id) => ({ id }));
  const known = new Map(rows('a', 'b', 'c', 'd').map((row) => [row.id, row]));
  test.each([
    ['nothing', ['a', 'b', 'c'], rows('a', 'b', 'c'), 0, 0],
    ['one that enters', ['a', 'b'], rows('n', 'a', 'b'), 1, 1],
    ['one that leaves', ['a', 'b', 'c'], rows('a', 'c'), 0, 1],
    ['one that moves', ['a', 'b', 'c', 'd'], rows('d', 'a', 'b', 'c'), 0, 1],
    ['all at once', ['a', 'b', 'c'], rows('n', 'c', 'a'), 1, 3],
  ])('%s', (_, order, fresh, entering, waiting) => {
    const merged = mergeRows(order, known, fresh);
    expect(merged.rows.map(({ row }) => row.id)).toEqual(order);
    expect(merged).toMatchObject({ entering, waiting });
  });

  test('content is the newest, and what left is still there', () => {
    const merged = mergeRows(['a', 'b'], known, [{ id: 'a', age: 2 } as { id: string }]);
    expect(merged.rows).toEqual([
      { row: { id: 'a', age: 2 }, isGone: false },
      { row: { id: 'b' }, isGone: true },
    ]);
  });

  test('announcements', () => {
    expect(announcement([])).toBe('');
    expect(announcement(['core/web is down'])).toBe('New critical incident: core/web is down');
    expect(announcement(['a', 'b'])).toBe('2 new critical incidents');
  });
});

test('incidents stand by what wants attention', () => {
  const all = [
    incident({ id: 'info', severity: 'info' }),
    incident({ id: 'young', severity: 'critical', opened_at: '2026-03-29T15:00:00.000Z' }),
    incident({ id: 'acked', severity: 'critical', status: 'acknowledged', opened_at: '2026-03-29T10:00:00.000Z' }),
    incident({ id: 'old', severity: 'critical' }),
    incident({
      id: 'muted',
      severity: 'critical',
      muted: { kind: 'silenced', id: 's', until: null },
      opened_at: '2026-03-29T11:00:00.000Z',
    }),
    incident({ id: 'unknown', severity: 'warning', firing_count: 0, unknown_count: 2 }),
    incident({ id: 'warning' }),
  ];
  expect(all.toSorted(byAttention).map(({ id }) => id)).toEqual([
    'old',
    'young',
    'acked',
    'muted',
    'unknown',
    'warning',
    'info',
  ]);
});

describe('matchers', () => {
  test.each([
    ['service=web env=production', ['service="web"', 'env="production"']],
    ['service="a b", host=~"db-.*"', ['service="a b"', 'host=~"db-.*"']],
    ['team!=db host!~x', ['team!="db"', 'host!~"x"']],
    ['k8s.pod=a', ['"k8s.pod"="a"']],
    ['"odd name"=a', ['"odd name"="a"']],
    ['path=C:\\tmp', ['path="C:\\\\tmp"']],
    ['just words', []],
  ])('%s', (typed, matchers) => expect(matchersOf(typed)).toEqual(matchers));

  test('the preview is asked with all of them', () => {
    expect(previewPath([])).toBeNull();
    expect(previewPath(['a="b"', 'c="d"'])).toBe('/api/v1/silences/preview?matcher=a%3D%22b%22&matcher=c%3D%22d%22');
  });

  test('the fewest that tell an incident apart are those of its key, else what all alerts share', () => {
    const both = (labels: Record<string, string>[]) => labels.map((one) => alert({ labels: one }));
    const instance = { key: 'instance:web-03', alerts: both([{ instance_id: 'web-03', env: 'x', checker: 'a' }]) };
    expect(fewestMatchers(instance)).toBe('instance_id=web-03');
    const shared = {
      key: '?',
      alerts: both([
        { service: 'a b', pod: '1', env: 'x' },
        { service: 'a b', pod: '2', env: 'x' },
      ]),
    };
    expect(fewestMatchers(shared)).toBe('service="a b" env=x');
    expect(fewestMatchers({ key: '?', alerts: [] })).toBe('');
    expect(matchersOf(fewestMatchers(shared))).toEqual(['service="a b"', 'env="x"']);
    expect(commonMatchers([rowOf(alert()), rowOf(alert({ labels: { instance_id: 'x' } }))])).toBe('');
  });
});

describe('a selection', () => {
  const ids = ['a', 'b', 'c', 'd'];
  test('takes rows one by one, and ranges from the last one', () => {
    const one = toggled(NO_SELECTION, 'b', 1);
    expect([...ranged(one, 3, (index) => ids[index]).ids]).toEqual(['b', 'c', 'd']);
    expect([...ranged(one, 0, (index) => ids[index]).ids]).toEqual(['b', 'a']);
    expect(toggled(one, 'b', 1).ids.size).toBe(0);
  });
});

test('instances stand in groups by their names, with what is open of each', () => {
  const instance = (instance_id: string, status: 'heard' | 'silent' = 'heard') => ({
    ...{ instance_id, hostname: null, version: '1', status, first_seen_at: '', last_seen_at: '' },
    ...{ silent_since: null, clock_offset_ms: null },
  });
  const all = [...[1, 2, 3, 4].map((n) => instance(`web-0${n}`)), instance('db-1'), instance('db-2', 'silent')];
  const groups = squaresOf(all, [incident({ key: 'instance:web-02', severity: 'critical' }), incident({ key: 'x' })]);
  expect(groups.map(({ name, ok, squares }) => [name, ok, squares.length])).toEqual([
    ['web', 3, 4],
    ['db', 1, 2],
  ]);
  expect(groups[0]?.squares[1]).toEqual({ id: 'web-02', badness: 'critical' });
  expect(groups[1]?.squares[1]?.badness).toBe('unknown');
});
