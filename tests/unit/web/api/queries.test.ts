import { describe, expect, test } from '@jest/globals';
import { alertQuery, incidentQuery, instanceQuery, QueryError } from '../../../../src/web/api/queries.ts';

const READERS = { alerts: alertQuery, incidents: incidentQuery, instances: instanceQuery };
type Noun = keyof typeof READERS;

function errorsOf(noun: Noun, query: unknown): readonly { path: string; message: string }[] {
  try {
    READERS[noun](query);
  } catch (error) {
    if (error instanceof QueryError) return error.errors;
    throw error;
  }
  return [];
}

test('nothing asked for is the first page', () => {
  for (const noun of Object.keys(READERS) as Noun[]) expect(READERS[noun]({})).toEqual({ limit: 50 });
});

test('every filter by its name', () => {
  const cursor = Buffer.from('018bcfe5').toString('base64url');
  expect(
    alertQuery({
      limit: '500',
      cursor,
      status: 'unknown',
      severity: 'info',
      source: 's',
      instance_id: 'i',
      name: 'ü ',
      incident_id: 'n',
    }),
  ).toEqual({
    limit: 500,
    cursor: '018bcfe5',
    status: 'unknown',
    severity: 'info',
    source: 's',
    instanceId: 'i',
    name: 'ü ',
    incidentId: 'n',
  });
  expect(incidentQuery({ status: 'closed', severity: 'critical', instance_id: 'i' })).toEqual({
    limit: 50,
    status: 'closed',
    severity: 'critical',
    instanceId: 'i',
  });
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
    ['alerts', { status: ['firing', 'resolved'] }, 'status'],
    ['alerts', { severity: 'CRITICAL' }, 'severity'],
    ['alerts', { name: 'x'.repeat(1025) }, 'name'],
    ['alerts', { nmae: 'x' }, 'nmae'],
    ['alerts', JSON.parse('{"__proto__":"x"}'), '__proto__'],
    ['alerts', { constructor: 'x' }, 'constructor'],
    ['incidents', { status: 'firing' }, 'status'],
    ['incidents', { name: 'x' }, 'name'],
    ['instances', { status: 'silent' }, 'status'],
  ])('%s %j', (noun, query, path) => {
    const errors = errorsOf(noun, query);
    expect(errors.map((error) => error.path)).toEqual([path]);
    expect(errors[0]?.message).toMatch(/^(must be|is not|is longer)/);
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
