import { describe, expect, test } from '@jest/globals';
import {
  ALERT_PARAMETERS,
  INCIDENT_PARAMETERS,
  INSTANCE_PARAMETERS,
  QueryError,
  alertQuery as queryOfAlerts,
  incidentQuery as queryOfIncidents,
  instanceQuery as queryOfInstances,
  readQuery,
} from '../../../../src/web/api/queries.ts';

const NOW = 1_700_000_000_000;
const ID = '018bcfe5-6800-7000-8000-000000000001';
const encoded = (text: string) => Buffer.from(text).toString('base64url');
const alertQuery = (given: unknown, now: number) => queryOfAlerts(readQuery(ALERT_PARAMETERS, given), now);
const incidentQuery = (given: unknown, now: number) => queryOfIncidents(readQuery(INCIDENT_PARAMETERS, given), now);
const instanceQuery = (given: unknown) => queryOfInstances(readQuery(INSTANCE_PARAMETERS, given));
const READERS = { alerts: alertQuery, incidents: incidentQuery, instances: instanceQuery };
type Noun = keyof typeof READERS;

function errorsOf(noun: Noun, query: unknown): readonly { path: string; message: string }[] {
  try {
    READERS[noun](query, NOW);
  } catch (error) {
    if (error instanceof QueryError) return error.errors;
    throw error;
  }
  return [];
}

test('nothing asked for is the first page', () => {
  for (const noun of Object.keys(READERS) as Noun[]) expect(READERS[noun]({}, NOW)).toEqual({ limit: 50 });
});

test('every filter by its name', () => {
  const given = { status: 'unknown', severity: 'info', source: 's', instance_id: 'i', name: 'ü ', incident_id: 'n' };
  const page = { limit: '500', cursor: encoded(ID), count: 'true' };
  expect(alertQuery({ ...page, ...given, label: 'team=db', since: '2h', q: 'Disk db-03' }, NOW)).toEqual({
    limit: 500,
    cursor: ID,
    isCounted: true,
    status: 'unknown',
    severity: 'info',
    source: 's',
    instanceId: 'i',
    name: 'ü ',
    incidentId: 'n',
    labels: [{ name: 'team', value: 'db', isNot: false }],
    changedSince: NOW - 7_200_000,
    words: ['disk', 'db', '03'],
  });
  expect(incidentQuery({ status: 'closed', severity: 'critical', instance_id: 'i', sort: 'attention' }, NOW)).toEqual({
    limit: 50,
    status: 'closed',
    severity: 'critical',
    instanceId: 'i',
    sort: 'attention',
  });
});

describe('several values of a filter', () => {
  test.each<[Record<string, unknown>, object]>([
    [{ severity: 'critical,warning' }, { severity: ['critical', 'warning'] }],
    [{ severity: ['critical', 'warning'] }, { severity: ['critical', 'warning'] }],
    [{ severity: ['critical,info', ' warning '] }, { severity: ['critical', 'info', 'warning'] }],
    [{ severity: 'info,info' }, { severity: 'info' }],
    [{ status: ['firing', 'unknown'] }, { status: ['firing', 'unknown'] }],
    [{ source: ['zabbix', 'generic'] }, { source: ['zabbix', 'generic'] }],
    [{ name: 'Disk, of web' }, { name: 'Disk, of web' }],
    [{ instance_id: ['a', 'b'] }, { instanceId: ['a', 'b'] }],
    [
      { label: ['team=db', 'env!=prod', 'a=b=c', 'ü x =', 'e!='] },
      {
        labels: [
          { name: 'team', value: 'db', isNot: false },
          { name: 'env', value: 'prod', isNot: true },
          { name: 'a', value: 'b=c', isNot: false },
          { name: 'ü x', value: '', isNot: false },
          { name: 'e', value: '', isNot: true },
        ],
      },
    ],
    [{ since: '30m' }, { changedSince: NOW - 1_800_000 }],
    [{ since: '0s' }, { changedSince: NOW }],
    [{ since: '999999w' }, { changedSince: 0 }],
    [{ since: '2023-11-14' }, { changedSince: Date.UTC(2023, 10, 14) }],
    [{ since: '2023-11-14T12:00:00+01:00' }, { changedSince: Date.UTC(2023, 10, 14, 11) }],
  ])('%j', (query, filters) => {
    expect(alertQuery(query, NOW)).toEqual({ limit: 50, ...filters });
  });
});

test('each list has its own cursors', () => {
  const place = `${NOW}.3.${NOW - 5}.17`;
  expect(alertQuery({ sort: 'attention', cursor: encoded(place) }, NOW).cursor).toBe(place);
  expect(alertQuery({ sort: 'id', cursor: encoded(ID) }, NOW)).toEqual({ limit: 50, cursor: ID });
  expect(instanceQuery({ cursor: encoded('web-1') }).cursor).toBe('web-1');
});

describe('what is wrong is told by name', () => {
  test.each<[Noun, Record<string, unknown>, string]>([
    ['alerts', { limit: '0' }, 'limit'],
    ['alerts', { limit: '501' }, 'limit'],
    ['alerts', { limit: '-1' }, 'limit'],
    ['alerts', { limit: '1.5' }, 'limit'],
    ['alerts', { limit: '' }, 'limit'],
    ['alerts', { limit: 'all' }, 'limit'],
    ['alerts', { limit: ['1', '2'] }, 'limit'],
    ['alerts', { cursor: '' }, 'cursor'],
    ['alerts', { cursor: 'a b' }, 'cursor'],
    ['alerts', { cursor: "' OR 1=1" }, 'cursor'],
    ['alerts', { status: 'open' }, 'status'],
    ['alerts', { status: ['firing', 'open'] }, 'status'],
    ['alerts', { status: '' }, 'status'],
    ['alerts', { severity: 'critical,' }, 'severity'],
    ['alerts', { cursor: 'garbage' }, 'cursor'],
    ['alerts', { cursor: encoded('018bcfe5') }, 'cursor'],
    ['alerts', { cursor: encoded(`${ID}\0`) }, 'cursor'],
    ['alerts', { cursor: encoded(`${NOW}.3.${NOW}.17`) }, 'cursor'],
    ['alerts', { cursor: encoded(ID), sort: 'attention' }, 'cursor'],
    ['incidents', { cursor: encoded(`${NOW}.3.${NOW}.1' OR 1=1`), sort: 'attention' }, 'cursor'],
    ['instances', { cursor: encoded('a\0b') }, 'cursor'],
    ['alerts', { sort: 'severity' }, 'sort'],
    ['alerts', { count: 'yes' }, 'count'],
    ['alerts', { q: '"*"' }, 'q'],
    ['incidents', { q: Array.from({ length: 21 }, (_, word) => `w${word}`).join(' ') }, 'q'],
    ['alerts', { q: ['a', 'b'] }, 'q'],
    ['alerts', { q: 'x'.repeat(1025) }, 'q'],
    ['alerts', { label: 'team' }, 'label'],
    ['alerts', { label: '=x' }, 'label'],
    ['alerts', { label: Array(21).fill('a=b') }, 'label'],
    ['alerts', { source: Array(21).fill('a') }, 'source'],
    ['alerts', { since: 'yesterday' }, 'since'],
    ['alerts', { since: '2023-13-45' }, 'since'],
    ['alerts', { since: '-2h' }, 'since'],
    ['alerts', { severity: 'CRITICAL' }, 'severity'],
    ['alerts', { name: 'x'.repeat(1025) }, 'name'],
    ['alerts', { nmae: 'x' }, 'nmae'],
    ['alerts', JSON.parse('{"__proto__":"x"}'), '__proto__'],
    ['alerts', { constructor: 'x' }, 'constructor'],
    ['incidents', { status: 'firing' }, 'status'],
    ['incidents', { incident_id: 'x' }, 'incident_id'],
    ['instances', { status: 'ok' }, 'status'],
  ])('%s %j', (noun, query, path) => {
    const errors = errorsOf(noun, query);
    expect(errors.map((error) => error.path)).toEqual([path]);
    expect(errors[0]?.message).toMatch(/^(must be|must have|is not|is longer)/);
  });

  test('all of it at once', () => {
    expect(errorsOf('alerts', { limit: 'x', status: 'x', more: 'x' }).map((error) => error.path)).toEqual([
      'limit',
      'status',
      'more',
    ]);
  });
});

test('the longest name that an instance may have fits into a cursor', () => {
  const cursor = Buffer.from('日'.repeat(255)).toString('base64url');
  expect(instanceQuery({ cursor }).cursor).toBe('日'.repeat(255));
});
