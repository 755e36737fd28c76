import { describe, expect, test } from '@jest/globals';
import { cluster } from '../../../src/drivers/cluster.ts';
import { sha256 } from '../../../src/lib/crypto/digest.ts';

const NOW = Date.UTC(2026, 2, 29, 12);
const parse = (body: unknown) => cluster.parse(body, { userAgent: 'monitor/0.1.0', receivedAt: NOW });
const envelope = (fields: Record<string, unknown>) => ({
  source: 'cluster',
  instance_id: 'web-1',
  hostname: 'h',
  version: '1.0',
  alerts: [{ fingerprint: 'f' }],
  ...fields,
});
const push = (...alerts: unknown[]) => parse(envelope({ alerts }));
/** The one alert of a push of one. */
function read(fields: Record<string, unknown>) {
  const parsed = push({ fingerprint: 'f', ...fields });
  if (!parsed.ok || parsed.alerts[0] === undefined) throw new Error(JSON.stringify(parsed));
  return parsed.alerts[0];
}

describe('an envelope of a wrong type is refused by the name of its field', () => {
  const NO_TEXT: readonly unknown[] = [undefined, null, 1, true, [], {}, ['cluster'], { a: 1 }];
  test.each<[string, readonly unknown[], string]>([
    ['source', [...NO_TEXT, '', 'Cluster', ' cluster', 'generic'], 'source must be "cluster"'],
    ['instance_id', [...NO_TEXT, '', ' ', '\t\n\u00a0'], 'instance_id must be a non-blank string'],
    ['instance_id', ['x'.repeat(256)], 'instance_id must be at most 255 characters'],
    ['hostname', [[], {}, ['h']], 'hostname must be text'],
    ['alerts', [undefined, null, 1, true, 'x', {}, { 0: {} }], 'alerts must be a list'],
  ])('%s %j', (field, values, message) => {
    for (const value of values) {
      const body = envelope({ [field]: value });
      expect(parse(body)).toEqual({ ok: false, message, errors: [{ path: field, message }] });
    }
  });

  test.each([[null], [[]], ['text'], [1], [true], [[{ source: 'cluster' }]]])('a body of %j', (body) => {
    expect(parse(body)).toMatchObject({ ok: false, message: 'the body must be a JSON object', errors: [{ path: '' }] });
  });

  test('1,000 alerts are taken, 1,001 are too many', () => {
    const many = (count: number) => push(...Array.from({ length: count }, (_, index) => ({ fingerprint: `${index}` })));
    expect(many(1000)).toMatchObject({ ok: true });
    expect(many(1001)).toMatchObject({
      ok: false,
      tooMany: true,
      message: 'a request holds at most 1000 alerts, this one 1001: send them in smaller groups',
    });
  });

  test('what may be absent, or a number', () => {
    for (const hostname of [undefined, null, '', 7, true]) expect(parse(envelope({ hostname })).ok).toBe(true);
    for (const version of [undefined, null, 2, {}, []]) expect(parse(envelope({ version })).ok).toBe(true);
    expect(parse(envelope({ instance_id: 'x'.repeat(255) })).ok).toBe(true);
  });

  test('a hostname that can be none is cut, for every alert has it', () => {
    const hostname = 'h'.repeat(255);
    for (const sent of [hostname, `${hostname}${'i'.repeat(1000)}`]) {
      expect(parse(envelope({ hostname: sent, alerts: [{}] }))).toMatchObject({
        alerts: [{ labels: { hostname } }],
        instance: { hostname },
      });
    }
  });
});

describe('an alert of a wrong type is left out by the path of its field', () => {
  const SCALARS = ['fingerprint', 'name', 'status', 'severity', 'started_at', 'ended_at', 'observed_at'];
  test.each(SCALARS)('%s', (field) => {
    for (const value of [[], {}, ['x'], { x: 1 }]) {
      const parsed = push({ fingerprint: 'before' }, { [field]: value }, { fingerprint: 'after' });
      expect(parsed).toMatchObject({ ok: true, errors: [{ path: `alerts[1].${field}`, message: 'must be text' }] });
      expect(parsed.ok && parsed.alerts.map((alert) => alert.fingerprint)).toEqual(['before', 'after']);
    }
    for (const value of [null, undefined, 1, true, 'x', '']) expect(push({ [field]: value }).ok).toBe(true);
  });

  test.each(['labels', 'annotations', 'metrics'])('%s', (field) => {
    for (const value of [[], ['a'], 'x', '', 1, 0, true, false]) {
      const parsed = push({ fingerprint: 'before' }, { [field]: value });
      expect(parsed).toMatchObject({
        ok: true,
        errors: [{ path: `alerts[1].${field}`, message: 'must be an object' }],
      });
    }
    for (const value of [null, undefined, {}]) expect(push({ [field]: value }).ok).toBe(true);
  });

  test.each([[null], [[]], ['x'], [1], [true]])('an alert of %j', (alert) => {
    expect(push({}, alert)).toMatchObject({ errors: [{ path: 'alerts[1]', message: 'must be an object' }] });
  });
});

describe('texts', () => {
  test('a name beyond 512 characters is cut, not inside a pair, and kept whole as an annotation', () => {
    const name = `${'x'.repeat(511)}😀tail`;
    expect(read({ name })).toMatchObject({
      name: 'x'.repeat(511),
      annotations: { original_name: name },
    });
    expect(read({ name: 'x'.repeat(512) }).annotations).toEqual({});
  });

  test('a fingerprint beyond 256 characters is named by its digest, and kept', () => {
    const fingerprint = 'x'.repeat(257);
    expect(read({ fingerprint })).toMatchObject({
      fingerprint: `sha256:${sha256(fingerprint)}`,
      annotations: { original_fingerprint: fingerprint },
    });
    expect(read({ fingerprint: 'x'.repeat(256) }).fingerprint).toBe('x'.repeat(256));
    expect(read({ fingerprint: 0 }).fingerprint).toBe('0');
  });

  test.each([[undefined], [null], ['']])('without a fingerprint (%j) it is that of name and labels', (fingerprint) => {
    const own = read({ fingerprint, name: 'CPU', labels: { b: 2, a: 1 } });
    expect(own.fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(read({ fingerprint, name: 'CPU', labels: { a: '1', b: '2' } }).fingerprint).toBe(own.fingerprint);
    expect(read({ fingerprint, name: 'CPU', labels: { a: '1' } }).fingerprint).not.toBe(own.fingerprint);
  });

  test('names of the prototype are names like any other', () => {
    const text = '{"fingerprint":"f","labels":{"__proto__":"x","constructor":"y"},"metrics":{"__proto__":{"a":1}}}';
    const alert = read(JSON.parse(text) as Record<string, unknown>);
    expect(Object.keys(alert.labels)).toEqual(['__proto__', 'constructor', 'instance_id', 'hostname']);
    expect(JSON.stringify(alert.metrics)).toBe('{"__proto__":{"a":1}}');
  });
});

test('metrics are kept as they came', () => {
  const metrics = { a: 1.5, deep: { list: [1, null] } };
  expect(read({ metrics, annotations: { metrics: 'mine' } })).toMatchObject({
    metrics,
    annotations: { metrics: 'mine' },
  });
});

test.each([
  ['monitor/0.1.0', '0.1.0'],
  ['monitor/1.2.3-rc.1 (linux)', '1.2.3-rc.1'],
  ['Monitor/1', ''],
  ['xmonitor/1', ''],
  ['monitor/', ''],
  ['monitor /1', ''],
  ['curl/8.5.0', ''],
  ['', ''],
  [`monitor/${'9'.repeat(300)}`, '9'.repeat(64)],
])('the version of User-Agent %j is %j', (userAgent, version) => {
  const parsed = cluster.parse(envelope({}), { userAgent, receivedAt: NOW });
  expect(parsed).toMatchObject({ instance: { version } });
});
