import { describe, expect, test } from '@jest/globals';
import type { ParseContext } from '../../../src/drivers/contract.ts';
import { claimantsOf, parseBody } from '../../../src/drivers/read.ts';
import { enabledDrivers } from '../../../src/drivers/registry.ts';

const DRIVERS = enabledDrivers({ clusterEnabled: true, sources: { mytool: {} } });
const OTHERS = [...DRIVERS.values()].filter(({ name }) => name !== 'cluster');
const CONTEXT: ParseContext = { userAgent: '', receivedAt: Date.UTC(2026, 2, 29, 12, 5) };

describe.each(OTHERS.map((driver) => [driver.name, driver] as const))('%s', (_, driver) => {
  test.each(['cluster', 'Cluster', ' CLUSTER\n'])('takes no push, with the source %p neither', (source) => {
    const value = { source, instance_id: 'i', title: 't', event_id: '1', alerts: [{ title: 't' }] };
    expect(parseBody(driver, { ok: true, value, isForm: false }, CONTEXT)).toMatchObject({
      ok: false,
      message: expect.stringContaining('/alerts/webhook/cluster/'),
      errors: [{ path: 'source' }],
    });
  });

  test('takes a form only where its senders may send one', () => {
    const parsed = parseBody(driver, { ok: true, value: { title: 't', alert_id: '1' }, isForm: true }, CONTEXT);
    if (driver.forms) expect(JSON.stringify(parsed)).not.toContain('is a form');
    else expect(parsed).toMatchObject({ ok: false, message: expect.stringContaining('the body is a form') });
  });
});

test('a push is taken by its own driver', () => {
  const cluster = DRIVERS.get('cluster');
  if (cluster === undefined) throw new Error('no cluster');
  const value = { source: 'cluster', instance_id: 'i', alerts: [] };
  expect(parseBody(cluster, { ok: true, value, isForm: false }, CONTEXT)).toMatchObject({ ok: true, origin: 'i' });
});

test('of the drivers that claim a body, generic comes last', () => {
  const claiming = (name: string) => ({ ...DRIVERS.get('zabbix'), name, claims: () => true }) as never;
  const drivers = new Map(['generic', 'zabbix'].map((name) => [name, claiming(name)]));
  expect(claimantsOf(drivers, {}).map(({ name }) => name)).toEqual(['zabbix', 'generic']);
  expect(claimantsOf(DRIVERS, { nothing: 'known' })).toEqual([]);
});
