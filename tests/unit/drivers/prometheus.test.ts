import { describe, expect, test } from '@jest/globals';
import type { Driver } from '../../../src/drivers/contract.ts';
import { prometheus } from '../../../src/drivers/prometheus.ts';
import { DriverOptionsError, enabledDrivers } from '../../../src/drivers/registry.ts';
import { openWorld, submission } from '../../support/world.ts';

const NOW = Date.UTC(2026, 6, 1, 12);
const iso = (ms: number) => new Date(ms).toISOString();
const CONTEXT = { userAgent: '', receivedAt: NOW, resolveTimeoutMs: 60_000 };

function one(alert: object, context: Partial<typeof CONTEXT> = {}, driver: Driver = prometheus) {
  const parsed = driver.parse([{ labels: { alertname: 'Queue deep' }, ...alert }], { ...CONTEXT, ...context });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.alerts[0];
}

describe('the end of an alert', () => {
  const START = iso(NOW - 600_000);
  const GRAFANA = { labels: { alertname: 'Queue deep', __alert_rule_uid__: 'r1' }, endsAt: '0001-01-01T00:00:00Z' };
  const DEVICE = { generatorURL: 'https://nms.example.com/device/42' };

  test.each([
    ['of Prometheus, which tells one', { endsAt: iso(NOW + 240_000) }, NOW + 240_000],
    ['of amtool, which tells none: the timeout', { endsAt: '0001-01-01T00:00:00Z' }, NOW + 60_000],
    ['that nobody tells: the timeout', {}, NOW + 60_000],
    ["of Grafana's contact point: never", GRAFANA, undefined],
    ["of Grafana's contact point by its types: never", { UpdatedAt: START, Timeout: false }, undefined],
    ['of an external Alertmanager of Grafana, which repeats', { ...GRAFANA, endsAt: iso(NOW + 1000) }, NOW + 1000],
    ['of LibreNMS by its page: never', DEVICE, undefined],
  ])('%s', (_, alert, expiresAt) => {
    expect(one({ startsAt: START, ...alert })).toMatchObject({ status: 'firing' });
    expect(one({ startsAt: START, ...alert })?.expiresAt).toBe(expiresAt);
  });

  test('of LibreNMS by its name: never', () => {
    expect(one({}, { userAgent: 'LibreNMS/25.1' })?.expiresAt).toBeUndefined();
  });

  test('of senders that the operator names by a label: never', () => {
    const options = { prometheus: { sent_once: ['monitor=nagios'] } };
    const driver = enabledDrivers({ clusterEnabled: false, options }).get('prometheus');
    const labels = (monitor: string) => ({ labels: { alertname: 'a', monitor } });
    expect(one(labels('nagios'), {}, driver)?.expiresAt).toBeUndefined();
    expect(one(labels('icinga'), {}, driver)?.expiresAt).toBe(NOW + 60_000);
  });

  test('a name without a value is no label', () => {
    const choice = { clusterEnabled: false, options: { prometheus: { sent_once: ['nagios'] } } };
    expect(() => enabledDrivers(choice)).toThrow(DriverOptionsError);
  });
});

test('an end that was told before does not undo what was told to fire since', async () => {
  const world = openWorld();
  const start = NOW - 60_000;
  const send = async (at: number, endsAt: number) => {
    const alert = one({ startsAt: iso(start), endsAt: iso(endsAt) }, { receivedAt: NOW + at });
    if (alert === undefined) throw new Error('nothing was read');
    await world.commit({ ...submission(0, [alert]), source: 'prometheus', origin: '', receivedAt: NOW + at });
    return (await world.store.listAlerts({ limit: 1 })).items[0]?.status;
  };
  const fires = (at: number) => send(at, NOW + at + 240_000);
  const ended = (at: number, end: number) => send(at, NOW + end);
  try {
    expect(await fires(0)).toBe('firing');
    // One of two servers with the same labels sees it end, the other does not.
    expect(await ended(1000, 500)).toBe('resolved');
    expect(await fires(2000)).toBe('resolved');
    expect(await fires(65_000)).toBe('firing');
    expect(await ended(66_000, 500)).toBe('firing');
    expect(await fires(125_000)).toBe('firing');
    expect(await ended(126_000, 500)).toBe('firing');
    expect(await ended(130_000, 129_000)).toBe('resolved');
  } finally {
    await world.close();
  }
});
