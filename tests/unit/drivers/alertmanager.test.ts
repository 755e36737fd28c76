import { describe, expect, test } from '@jest/globals';
import { decide } from '../../../src/core/alert/decide.ts';
import { alertmanager } from '../../../src/drivers/alertmanager.ts';

const NOW = Date.UTC(2026, 6, 1, 12);
const ZERO = '0001-01-01T00:00:00Z';
const LABELS = { alertname: 'DiskFull', host: 'a', severity: 'critical' };
const ALERT = { status: 'firing', labels: LABELS, startsAt: '2026-07-01T11:00:00Z', endsAt: ZERO, fingerprint: 'f1' };
const GROUP = { version: '4', status: 'firing', groupKey: '{}:{}', receiver: 'r' };

function parse(alerts: unknown, envelope: Record<string, unknown> = {}, receivedAt = NOW) {
  return alertmanager.parse({ ...GROUP, alerts, ...envelope }, { userAgent: '', receivedAt });
}

function read(alerts: unknown, envelope?: Record<string, unknown>, receivedAt?: number) {
  const parsed = parse(alerts, envelope, receivedAt);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed;
}

test('each alert has its own status, whatever the group says', () => {
  const resolved = { ...ALERT, status: 'resolved', endsAt: '2026-07-01T11:30:00Z', fingerprint: 'f2' };
  for (const status of ['firing', 'resolved', 'nonsense', null]) {
    expect(read([ALERT, resolved], { status }).alerts.map((alert) => alert.status)).toEqual(['firing', 'resolved']);
  }
});

test('alerts without labels and fingerprint are told apart by their text, which is a guess where it holds figures', () => {
  const of = (summary: string) => ({ status: 'firing', annotations: { summary } });
  const { alerts } = read([of('Disk full'), of('CPU hot'), of('CPU at 95.2%'), of('CPU at 12%')]);
  expect(new Set(alerts.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  expect(alerts.map(({ doubts = [] }) => doubts.some(({ kind }) => kind === 'identity_guessed'))).toEqual([
    ...[false, false, true, true],
  ]);
});

test('a cut list resolves nobody, and is remarked on', () => {
  const { alerts, remarks } = read([ALERT], { status: 'resolved', truncatedAlerts: 7 });
  expect(alerts.map((alert) => alert.status)).toEqual(['firing']);
  expect(remarks).toEqual([expect.stringContaining('7 more alerts')]);
  for (const truncatedAlerts of [0, null, '7', -1, undefined])
    expect(read([ALERT], { truncatedAlerts }).remarks).toEqual([]);
});

test('the zero time is no end, and a missing status fires', () => {
  expect(read([ALERT]).alerts[0]).toMatchObject({ endedAt: null, startedAt: Date.UTC(2026, 6, 1, 11) });
  expect(read([{ ...ALERT, status: undefined }]).alerts[0]?.status).toBe('firing');
  expect(read([{ ...ALERT, status: 'resolved' }]).alerts[0]).toMatchObject({
    status: 'resolved',
    endedAt: expect.any(Number),
  });
});

describe('identity', () => {
  const print = (alert: object) => read([alert]).alerts[0]?.fingerprint;

  test('is the fingerprint, else the hash of the labels in any order', () => {
    expect(print(ALERT)).toBe('f1');
    const hash = print({ ...ALERT, fingerprint: '' });
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    const { alertname, host, severity } = LABELS;
    expect(print({ ...ALERT, fingerprint: undefined, labels: { severity, host, alertname } })).toBe(hash);
    expect(print({ ...ALERT, fingerprint: '', labels: { ...LABELS, host: 'b' } })).not.toBe(hash);
    expect(print({ ...ALERT, fingerprint: '', annotations: { value: '93' }, startsAt: ZERO })).toBe(hash);
  });

  test('of a gap in the data is never that of the rule', () => {
    const gap = {
      ...ALERT,
      fingerprint: '',
      labels: { ...LABELS, alertname: 'DatasourceNoData', rulename: 'DiskFull' },
    };
    expect(print(gap)).not.toBe(print({ ...ALERT, fingerprint: '' }));
    expect(read([gap]).alerts[0]).toMatchObject({ name: 'No data: DiskFull', labels: { alert_kind: 'no_data' } });
  });
});

test.each([
  ['page', 'critical', 'page'],
  ['warn', 'warning', 'warn'],
  ['none', 'info', 'none'],
  ['catastrophe', 'warning', 'catastrophe'],
  ['critical', 'critical', undefined],
  [undefined, 'warning', undefined],
])('severity %s is %s, kept as %s', (severity, stored, kept) => {
  const alert = read([{ ...ALERT, labels: { alertname: 'x', severity } }]).alerts[0];
  expect(alert).toMatchObject({ severity: stored });
  expect(alert?.annotations.original_severity).toBe(kept);
});

test('names: alertname, else the summary, else unknown', () => {
  const name = (labels: object, annotations = {}) => read([{ ...ALERT, labels, annotations }]).alerts[0]?.name;
  expect(name({ alertname: 'A' }, { summary: 'S' })).toBe('A');
  expect(name({}, { summary: 'S' })).toBe('S');
  expect(name({ alertname: '<no value>' })).toBe('Unknown Alert');
});

test.each([
  [{ state: 'resolved' }, 'resolved'],
  [{ status: { state: 'active' } }, 'firing'],
  [{ status: { state: 'suppressed' } }, 'firing'],
  [{ status: false }, 'resolved'],
  [{ labels: { ...LABELS, severity: 'cleared' } }, 'resolved'],
  [{}, 'firing'],
])('an entry of a firing group that tells %j is %s', (told, status) => {
  const { status: _, ...rest } = ALERT;
  expect(read([{ ...rest, ...told }], { status: 'firing' }).alerts).toMatchObject([{ status }]);
});

test('invalid alerts are named, the others kept; none valid is refused', () => {
  const { alerts, errors } = read([7, ALERT, { ...ALERT, labels: 'x' }, { ...ALERT, status: {} }]);
  expect(alerts).toHaveLength(1);
  expect(errors.map(({ path }) => path)).toEqual(['alerts[0]', 'alerts[2].labels', 'alerts[3].status']);
  expect(parse([null])).toMatchObject({ ok: false, errors: [{ path: 'alerts[0]' }] });
  expect(parse([])).toMatchObject({ ok: true, alerts: [] });
});

test.each([
  [{ version: '3' }, 'version', 'upgrade Alertmanager'],
  [{ version: '1' }, 'version', '/alerts/webhook/grafana/'],
  [{ alerts: {} }, 'alerts', 'must be a list'],
  [{ alerts: Array(10_001).fill({}) }, 'alerts', 'at most 10000'],
])('refuses %.100j by name', (envelope, path, text) => {
  const parsed = parse([ALERT], envelope);
  expect(parsed).toMatchObject({ ok: false, message: expect.stringContaining(text), errors: [{ path }] });
  expect('tooMany' in parsed).toBe(text === 'at most 10000');
});

test('what a second Alertmanager still says of an ended alert opens nothing, and its return does', () => {
  const [started, ended] = ['2026-07-01T11:50:00Z', '2026-07-01T11:59:50Z'];
  const at = (alert: object, receivedAt: number) => read([{ ...ALERT, ...alert }], {}, receivedAt).alerts[0] ?? never();
  const firing = at({ startsAt: started }, NOW - 600_000);
  const resolved = at({ startsAt: started, status: 'resolved', endsAt: ended }, NOW);
  expect(decide(firing, resolved, NOW).reason).toBe('resolved');
  expect(decide(resolved, at({ startsAt: started }, NOW + 15_000), NOW + 15_000).reason).toBe('stale');
  expect(decide(resolved, at({ startsAt: '2026-07-01T12:00:05Z' }, NOW + 9000), NOW + 9000).reason).toBe('refired');
  expect(decide(resolved, at({ startsAt: started }, NOW + 300_000), NOW + 300_000).reason).toBe('refired');
});

function never(): never {
  throw new Error('there is no alert');
}
