import { describe, expect, test } from '@jest/globals';
import { generic } from '../../../src/drivers/generic.ts';
import { parseBody } from '../../../src/drivers/read.ts';

const CONTEXT = { userAgent: '', receivedAt: Date.UTC(2026, 6, 1, 12) };

function tryRead(value: unknown) {
  return parseBody(generic, { ok: true, value, isForm: false }, CONTEXT);
}

function read(value: unknown) {
  const parsed = tryRead(value);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed;
}

const alert = { title: 'Disk full', status: 'resolved', host: 'db1' };

test.each([
  [{ events: [alert] }],
  [{ items: [alert] }],
  [{ data: { alerts: [alert] } }],
  [{ data: [alert] }],
  [{ payload: { incidents: [alert] } }],
  [{ alert }],
  [{ event: alert }],
  [{ incident: alert }],
  [{ data: { alert } }],
  [{ status: 'resolved', events: [{ title: 'Disk full', host: 'db1' }] }],
  [{ host: 'db1', state: 'ok', alert: { title: 'Disk full' } }],
  [{ id: 'message-1', event: alert }],
  [{ data: { type: 'alerts', attributes: alert } }],
])('%j is one alert, that of its envelope', (body) => {
  const [one] = read([alert]).alerts;
  const { alerts, remarks } = read(body);
  expect(alerts).toMatchObject([{ fingerprint: one?.fingerprint, name: 'Disk full', status: 'resolved' }]);
  expect(alerts[0]?.labels).toEqual({ host: 'db1' });
  expect(remarks).toBeUndefined();
  expect(generic.claims(body)).toBe(true);
});

test.each([
  ['an alert with a list of what happened', { ...alert, events: [{ name: 'write error', level: 'error' }] }],
  ['an alert with details', { ...alert, details: { name: 'nightly', size: 3 } }],
  ['an alert about an object', { ...alert, monitor: { id: 7, name: 'Shop' } }],
])('%s is that alert', (_, body) => {
  expect(read(body).alerts).toMatchObject([{ name: 'Disk full', status: 'resolved' }]);
});

test('what an envelope says of one alert counts where that says nothing', () => {
  expect(read({ event: 'alert.resolved', alert: { id: 5, title: 'x' } }).alerts).toMatchObject([
    { fingerprint: '5', status: 'resolved' },
  ]);
  expect(read({ title: 'CPU', alert: { id: 1, status: 'ok' } }).alerts).toMatchObject([
    { fingerprint: '1', name: 'CPU', status: 'resolved' },
  ]);
});

test('what is wrong with an entry is told by its place', () => {
  expect(read({ data: { events: [alert, {}] } }).errors).toMatchObject([{ path: 'data.events[1]' }]);
});

test.each([
  [{ items: [{ name: 'apple', price: 3 }] }],
  [{ data: { items: [{ name: 'apple' }] } }],
  [{ events: [] }],
  [{ data: {} }],
  [{ alert: {} }],
  [{ content: 'hello', embeds: [{ title: 'x' }] }],
])('%j holds no alert', (body) => {
  expect(tryRead(body)).toMatchObject({ ok: false, errors: [{ message: expect.any(String) }] });
  expect(generic.claims(body)).toBe(false);
});

test.each([
  [{ event: { event_type: 'incident.triggered', data: alert } }],
  [{ action: 'opened', issue: { title: 'bug', state: 'open' } }],
  [{ name: 'app', version: '1.0.0', type: 'module' }],
])('%j is of another tool: it is not claimed', (body) => {
  expect(generic.claims(body)).toBe(false);
});

describe('a status', () => {
  test.each([
    [{ status: { state: 'resolved' } }, 'resolved'],
    [{ status: { current: 'ok', previous: 'critical' } }, 'resolved'],
    [{ state: ['ok'] }, 'resolved'],
    [{ check: { status: 'ok' } }, 'resolved'],
    [{ AlarmState: 'OK' }, 'resolved'],
    [{ isResolved: 1 }, 'resolved'],
    [{ hasRecovered: true }, 'resolved'],
    [{ alertActive: 'false' }, 'resolved'],
    [{ inAlarm: false }, 'resolved'],
    [{ service_up: 1 }, 'resolved'],
    [{ type: 'RECOVERY' }, 'resolved'],
    [{ type: 'alert', active: false }, 'resolved'],
    [{ closed_at: '2026-06-01T00:00:00Z' }, 'resolved'],
    [{ is_alert: true }, 'firing'],
    [{ service_up: 0 }, 'firing'],
    [{ resolved: 'no' }, 'firing'],
    [{ closed_at: null, status: 'down' }, 'firing'],
  ])('%j is %s', (body, status) => {
    const { alerts, remarks } = read({ title: 'x', ...body });
    expect(alerts[0]?.status).toBe(status);
    expect(remarks).toBeUndefined();
  });

  test.each([[{ monitor_active: true }], [{ firing: 1, resolved: 1 }], [{ resolved: 3 }], [{ open: 'https://x' }]])(
    '%j tells none, and the answer says so',
    (body) => {
      const { alerts, remarks } = read({ title: 'x', ...body });
      expect(alerts[0]?.status).toBe('firing');
      expect(remarks?.join()).toContain('no status was told');
    },
  );
});

describe('the identity is the same', () => {
  const identity = (body: object) => read(body).alerts[0]?.fingerprint;

  test.each([
    [
      { title: 'CPU at 95 on web-1', rule_name: 'High CPU' },
      { title: 'CPU at 12 on web-1', rule_name: 'High CPU' },
    ],
    [
      { message: 'disk 95 of 100', check: { name: 'disk' } },
      { message: 'disk 9 of 100', check: { name: 'disk' } },
    ],
    [{ title: '[FIRING] CPU on web-1' }, { title: 'RESOLVED: CPU on web-1' }],
    [{ title: 'shop is DOWN' }, { title: 'shop is UP' }],
    [
      { title: 'x', labels: { severity: 'critical', used: '95 %' } },
      { title: 'x', labels: { severity: 'ok', used: '5 %' } },
    ],
    [
      { title: 'CPU at 95', alarm_id: 'a1' },
      { title: 'CPU at 12', alarm_id: 'a1' },
    ],
  ])('of %j and %j', (first, second) => {
    expect(identity(first)).toBe(identity(second));
  });

  test.each([
    [
      { title: 'CPU at 95 on web-1', rule_name: 'High CPU' },
      { title: 'CPU at 12 on web-2', rule_name: 'High CPU' },
    ],
    [
      { title: 'Port 80 is down', host: 'a' },
      { title: 'Port 443 is down', host: 'a' },
    ],
    [{ title: 'Disk /dev/sda1 is full' }, { title: 'Disk /dev/sdb1 is full' }],
    [{ title: '[web] CPU' }, { title: '[db] CPU' }],
  ])('not of %j and %j', (first, second) => {
    expect(identity(first)).not.toBe(identity(second));
  });
});
