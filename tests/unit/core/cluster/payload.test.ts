import { describe, expect, test } from '@jest/globals';
import type { CheckResult, CheckStatus } from '../../../../src/core/check.ts';
import { type CheckState, nextState, pushBody, wireAlert } from '../../../../src/core/cluster/payload.ts';

const SENDER = { instanceId: 'web-server-03', hostname: 'ip-10-0-1-42' };
const T0 = Date.parse('2026-03-29T12:00:00.000Z');
const MINUTE = 60_000;

function result(status: CheckStatus, checkedAt: number, more: Partial<CheckResult> = {}): CheckResult {
  return {
    checker: 'cpu',
    status,
    message: 'CPU at 95.2%',
    metrics: { cpu_percent: 95.2 },
    checkedAt,
    durationMs: 1,
    ...more,
  };
}

/** The alerts of a check that gives these states, one a minute. */
function story(...statuses: CheckStatus[]) {
  let state: CheckState | undefined;
  return statuses.map((status, minute) => {
    const found = result(status, T0 + minute * MINUTE);
    state = nextState(state, found);
    return wireAlert(found, 'CPU usage high', state, SENDER);
  });
}

test('the envelope and a firing alert of the wire format, key by key', () => {
  expect(JSON.stringify(pushBody(SENDER, story('critical')))).toBe(
    '{"source":"cluster","instance_id":"web-server-03","hostname":"ip-10-0-1-42","version":"1.0","alerts":[' +
      '{"fingerprint":"cpu-check-web-server-03","name":"CPU usage high","status":"firing","severity":"critical",' +
      '"started_at":"2026-03-29T12:00:00.000Z","observed_at":"2026-03-29T12:00:00.000Z",' +
      '"labels":{"checker":"cpu","hostname":"ip-10-0-1-42","instance_id":"web-server-03"},' +
      '"annotations":{"message":"CPU at 95.2%"},"metrics":{"cpu_percent":95.2}}]}',
  );
});

describe('states', () => {
  test.each([
    ['ok', 'resolved', 'info'],
    ['warning', 'firing', 'warning'],
    ['critical', 'firing', 'critical'],
    ['unknown', 'firing', 'warning'],
  ] as const)('%s is %s/%s', (status, told, severity) => {
    const [alert] = story(status);
    expect(alert).toMatchObject({ status: told, severity });
    expect(alert?.labels.check_status).toBe(status === 'unknown' ? 'unknown' : undefined);
    expect(alert !== undefined && 'ended_at' in alert).toBe(status === 'ok');
  });

  test('a plugin check keeps its colon', () => {
    const found = result('ok', T0, { checker: 'plugin:raid' });
    const alert = wireAlert(found, 'RAID', nextState(undefined, found), SENDER);
    expect(alert.fingerprint).toBe('plugin:raid-check-web-server-03');
    expect(alert.labels.checker).toBe('plugin:raid');
  });
});

describe('times', () => {
  const minutes = (alerts: ReturnType<typeof story>, field: 'started_at' | 'ended_at' | 'observed_at') =>
    alerts.map((alert) => (alert[field] === undefined ? null : (Date.parse(alert[field]) - T0) / MINUTE));

  test('a problem keeps its start through every change until it ends; the end is told with both', () => {
    const alerts = story('ok', 'warning', 'critical', 'unknown', 'warning', 'ok', 'ok', 'critical', 'ok');
    expect(minutes(alerts, 'started_at')).toEqual([0, 1, 1, 1, 1, 1, 1, 7, 7]);
    expect(minutes(alerts, 'ended_at')).toEqual([0, null, null, null, null, 5, 5, null, 8]);
    expect(minutes(alerts, 'observed_at')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

test('figures that would make a push too large stay at home, and the message says so', () => {
  const found = result('ok', T0, { metrics: { text: 'x'.repeat(70_000) } });
  const alert = wireAlert(found, 'CPU', nextState(undefined, found), SENDER);
  expect(alert.metrics).toEqual({});
  expect(alert.annotations).toEqual({ message: 'CPU at 95.2%', metrics_left_out: '70011 characters of JSON' });
});
