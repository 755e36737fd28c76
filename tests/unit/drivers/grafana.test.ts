import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { grafana } from '../../../src/drivers/grafana.ts';

const NOW = Date.UTC(2026, 6, 1, 12);
const ALERT = {
  status: 'firing',
  labels: { alertname: 'High CPU', host: 'a' },
  annotations: {},
  startsAt: '2026-07-01T11:00:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: 'f1',
  values: { B: 93.2, C: 1 },
};
const GROUP = { version: '1', orgId: 3, status: 'firing', state: 'alerting', title: '[FIRING:1]', groupKey: '{}:{}' };

function read(body: Record<string, unknown>) {
  const parsed = grafana.parse(body, { userAgent: '', receivedAt: NOW });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed;
}
const unified = (alert: object, envelope = {}) => read({ ...GROUP, alerts: [{ ...ALERT, ...alert }], ...envelope });

describe('unified alerting', () => {
  test('each alert has its own status, whatever status and state of the envelope say', () => {
    const alerts = [ALERT, { ...ALERT, status: 'resolved', fingerprint: 'f2' }];
    const { alerts: given } = read({ ...GROUP, alerts, status: 'resolved', state: 'ok' });
    expect(given.map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  test('identity is organisation and fingerprint, from the envelope or the alert', () => {
    const print = (alert: object, envelope: object) => unified(alert, envelope).alerts[0]?.fingerprint;
    expect(print({}, {})).toBe('3/f1');
    expect(print({ orgId: 3 }, { orgId: undefined })).toBe('3/f1');
    expect(print({}, { orgId: undefined })).toBe('f1');
    expect(print({ fingerprint: '' }, {})).toMatch(/^3\/[0-9a-f]{32}$/);
  });

  test.each([
    ['DatasourceNoData', 'no_data', 'No data: High CPU'],
    ['DatasourceError', 'datasource_error', 'Data source error: High CPU'],
  ])('%s is an alert of its own: neither the rule nor its end', (alertname, kind, name) => {
    for (const status of ['firing', 'resolved']) {
      const labels = { alertname, rulename: 'High CPU', host: 'a', severity: 'info' };
      const gap = unified({ status, labels, fingerprint: '', values: null }).alerts[0];
      expect(gap).toMatchObject({ status, name, severity: 'info', labels: { alert_kind: kind }, metrics: {} });
      expect(gap?.fingerprint).not.toBe(unified({ fingerprint: '' }).alerts[0]?.fingerprint);
    }
    expect(unified({ labels: { alertname } }).alerts[0]?.name).toMatch(/: unknown rule$/);
  });

  test.each([
    ['Updated', 'rule_changed'],
    ['Paused', 'paused'],
    ['RuleDeleted', 'rule_deleted'],
    ['MissingSeries', 'missing_series'],
    ['NoData, KeepLast', 'no_data'],
    ['Error', 'datasource_error'],
    ['KeepLast', undefined],
    ['', undefined],
  ])('a resolve for the reason "%s" has the resolution %s', (grafana_state_reason, resolution) => {
    const ended = { status: 'resolved', annotations: { grafana_state_reason } };
    expect(unified(ended).alerts[0]?.resolution).toBe(resolution);
    expect(unified({ ...ended, status: 'firing' }).alerts[0]).not.toHaveProperty('resolution');
  });

  test.each([
    [{}, { groupKey: 'test-57c6d9296de2ad39-1655423519' }],
    [{}, { groupKey: 'webhook-57c6d9296de2ad39-1655423519' }],
    [{ labels: { alertname: 'TestAlert', instance: 'Grafana' } }, { groupKey: '{alertname="TestAlert"}:{}' }],
  ])('the test button %j %j opens nothing', (alert, envelope) => {
    expect(unified(alert, envelope)).toMatchObject({ alerts: [], remarks: [expect.stringContaining('test')] });
  });

  test('a rule that is merely called TestAlert is a rule', () => {
    expect(unified({ labels: { alertname: 'TestAlert', instance: 'db1' } }).alerts).toHaveLength(1);
  });

  test('the rule is found in a field or a link', () => {
    const rule = (alert: object) => unified(alert).alerts[0]?.labels.rule_uid;
    expect(rule({ ruleUID: 'r1', generatorURL: 'https://g/alerting/grafana/r2/view' })).toBe('r1');
    expect(rule({ generatorURL: 'https://g/alerting/grafana/r-2_x/view?orgId=1' })).toBe('r-2_x');
    expect(rule({ silenceURL: 'https://g/silence/new?x=1&matcher=__alert_rule_uid__%3Dr3&y' })).toBe('r3');
    expect(rule({})).toBeUndefined();
  });

  test('a link without a host is completed from externalURL', () => {
    const link = (externalURL: string) =>
      unified({ generatorURL: '?orgId=1' }, { externalURL }).alerts[0]?.annotations.generator_url;
    expect(link('https://grafana.example.com/')).toBe('https://grafana.example.com/?orgId=1');
    expect(link('localhost:3000/')).toBe('?orgId=1');
  });

  test('a body in no form of Grafana is told where to go', () => {
    for (const body of [{}, { text: 'custom payload' }]) {
      expect(grafana.parse(body, { userAgent: '', receivedAt: NOW })).toMatchObject({
        ok: false,
        message: expect.stringContaining('/alerts/webhook/generic/'),
      });
    }
  });
});

describe('dashboard alerting', () => {
  const BODY = { ruleId: 7, ruleName: 'CPU', orgId: 2, evalMatches: [], title: '[Alerting] CPU', tags: {} };
  const states = (body: object) =>
    read({ ...BODY, ...body }).alerts.map(({ fingerprint, status, name }) => [fingerprint, status, name]);

  test.each([
    [
      'alerting',
      [
        ['2/7', 'firing', 'CPU'],
        ['2/7/no_data', 'resolved', 'No data: CPU'],
      ],
    ],
    [
      'ok',
      [
        ['2/7', 'resolved', 'CPU'],
        ['2/7/no_data', 'resolved', 'No data: CPU'],
      ],
    ],
    [
      'paused',
      [
        ['2/7', 'resolved', 'CPU'],
        ['2/7/no_data', 'resolved', 'No data: CPU'],
      ],
    ],
    ['no_data', [['2/7/no_data', 'firing', 'No data: CPU']]],
    ['pending', []],
    ['unknown', []],
    ['melting', [['2/7', 'firing', 'CPU']]],
    [undefined, [['2/7', 'firing', 'CPU']]],
  ])('%s', (state, expected) => {
    expect(states({ state })).toEqual(expected);
  });

  test('a pause is no recovery, an unknown state is kept, a state without meaning is remarked on', () => {
    expect(read({ ...BODY, state: 'paused' }).alerts[0]).toMatchObject({ resolution: 'paused' });
    expect(read({ ...BODY, state: 'melting' }).alerts[0]?.annotations.original_status).toBe('melting');
    expect(read({ ...BODY, state: 'pending' }).remarks).toEqual([expect.stringContaining('pending')]);
  });

  test('the organisation may stand in the link only, or nowhere', () => {
    const ruleUrl = 'https://g/d/x?panelId=1&orgId=4';
    expect(states({ state: 'ok', orgId: undefined, ruleUrl })[0]?.[0]).toBe('4/7');
    expect(states({ state: 'ok', orgId: undefined })[0]?.[0]).toBe('7');
    expect(states({ state: 'ok', ruleId: null })[0]?.[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  test('rule 0 is the test button', () => {
    expect(read({ ...BODY, ruleId: 0, state: 'alerting' })).toMatchObject({
      alerts: [],
      remarks: [expect.any(String)],
    });
  });

  test('a rule is no object', () => {
    expect(grafana.parse({ ...BODY, ruleId: {} }, { userAgent: '', receivedAt: NOW })).toMatchObject({
      ok: false,
      errors: [{ path: 'ruleId' }],
    });
  });
});

test('options name headers, and nothing else', () => {
  const { bind } = grafana;
  expect(bind?.({}).name).toBe('grafana');
  for (const wrong of [
    { nonsense: 1 },
    { signature_header: 'a b' },
    { timestamp_header: '' },
    { signature_header: 5 },
  ]) {
    expect(() => bind?.(wrong)).toThrow(z.ZodError);
  }
});
