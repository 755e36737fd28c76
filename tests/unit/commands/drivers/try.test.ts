import { describe, expect, test } from '@jest/globals';
import { tryDriver } from '../../../../src/commands/drivers/try.ts';
import { enabledDrivers } from '../../../../src/drivers/registry.ts';

const NOW = Date.UTC(2026, 2, 29, 12, 5);
const DRIVERS = enabledDrivers({ clusterEnabled: true });
const attempt = (name: string, body: string) => tryDriver(name, Buffer.from(body), DRIVERS, NOW);

const NOTICE = { title: '[Triggered] Disk & co', alert_id: '7', alert_transition: 'Triggered' };
const FORMS = [new URLSearchParams(NOTICE).toString(), `payload=${encodeURIComponent(JSON.stringify(NOTICE))}`];

describe('a form, as a hub takes it', () => {
  test.each(FORMS)('%s', (form) => {
    for (const name of ['datadog', 'auto']) {
      expect(attempt(name, form)).toMatchObject({
        ...{ driver: 'datadog', status: 'taken', claimed_by: ['datadog'] },
        alerts: [{ name: 'Disk & co', status: 'firing' }, {}],
      });
    }
  });

  test('is refused by a driver that takes none', () => {
    expect(attempt('opsgenie', 'action=Create')).toMatchObject({
      ...{ driver: 'opsgenie', status: 'refused' },
      message: expect.stringContaining('taken as JSON only'),
    });
  });
});

test.each(['', 'text', '"a=b"', '[a=b]', '{a=b}', '5'])('%p is no form', (text) => {
  const { status, message } = attempt('datadog', text);
  expect(status).toBe('refused');
  expect(message).toMatch(/JSON/);
});

test.each(['grafana', 'zabbix', 'generic'])('a push is refused by %s, as a hub refuses it', (name) => {
  const push = { source: ' Cluster', instance_id: 'i', ruleId: 1, ruleName: 'r', event_id: '1', title: 't' };
  expect(attempt(name, JSON.stringify(push))).toMatchObject({
    status: 'refused',
    message: 'a body with "source": "cluster" is taken at /alerts/webhook/cluster/ only',
  });
});
