import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import type { Driver } from '../../../src/drivers/contract.ts';
import { DRIVERS } from '../../../src/drivers/registry.ts';
import { ROOT } from '../../support/sources.ts';

// What is shipped under docs/integrations, filled in as the vendor does it, must be read as the driver promises.

const ARRIVAL = Date.UTC(2026, 2, 29, 12, 5);
const shipped = (file: string) => readFileSync(join(ROOT, 'docs/integrations', file), 'utf8');

/** Reads a body with the driver that claims it, which must be this one. */
function read(name: string, body: unknown) {
  const claimants = DRIVERS.filter((driver: Driver) => driver.claims(body));
  expect(claimants.map((driver) => driver.name)).toEqual([name]);
  const parsed = claimants[0]?.parse(body, { userAgent: '', receivedAt: ARRIVAL });
  if (!parsed?.ok) throw new Error(parsed?.message);
  return { ...parsed, alert: parsed.alerts[0], notes: parsed.notes ?? [] };
}

describe('the payload for Datadog', () => {
  const VARIABLES: Readonly<Record<string, string>> = {
    ...{
      ALERT_ID: '309811',
      ALERT_SCOPE: 'host:web-1',
      ALERT_PRIORITY: 'P2',
      ALERT_TYPE: 'error',
      TAGS: 'env:prod,team:web',
    },
    ...{
      ALERT_TITLE: '[Triggered on {host:web-1}] Disk is full',
      EVENT_TITLE: '[P2] [Triggered on {host:web-1}] Disk is full',
    },
    ...{ TEXT_ONLY_MSG: 'Clean up @webhook-monitor', LINK: 'https://app.datadoghq.com/event/1', HOSTNAME: 'web-1' },
    ...{
      DATE: String(ARRIVAL - 120_000),
      LAST_UPDATED: String(ARRIVAL - 60_000),
      ORG_ID: '7',
      ORG_NAME: 'acme',
      ID: '1',
    },
    ...{ EVENT_TYPE: 'query_alert_monitor', ALERT_METRIC: 'system.disk.used', ALERT_CYCLE_KEY: '99', AGGREG_KEY: 'a1' },
  };
  const filled = (more: Readonly<Record<string, string>>): unknown => {
    const values: Readonly<Record<string, string>> = { ...VARIABLES, ...more };
    return JSON.parse(
      shipped('datadog-webhook.json').replace(/\$([A-Z_]+)/g, (left, name: string) => values[name] ?? left),
    );
  };

  test('is JSON whose values are all variables, so that no value can break it', () => {
    const texts = Object.values(JSON.parse(shipped('datadog-webhook.json'))).flatMap((value) =>
      typeof value === 'string' ? [value] : Object.values(value as object),
    );
    expect(texts.filter((text) => !/^\$[A-Z_]+$/.test(text))).toEqual(['monitor/datadog/1']);
  });

  test('tells of an alert from firing to resolving', () => {
    const { alert } = read('datadog', filled({ ALERT_TRANSITION: 'Triggered' }));
    expect(alert).toMatchObject({
      ...{ fingerprint: '309811:host:web-1', name: 'Disk is full', status: 'firing', severity: 'critical' },
      labels: {
        env: 'prod',
        team: 'web',
        hostname: 'web-1',
        alert_id: '309811',
        metric: 'system.disk.used',
        org: 'acme',
      },
      annotations: { message: 'Clean up @webhook-monitor', url: 'https://app.datadoghq.com/event/1' },
      ...{ startedAt: ARRIVAL - 120_000, observedAt: ARRIVAL - 60_000 },
    });
    const recovered = read('datadog', filled({ ALERT_TRANSITION: 'Recovered', ALERT_TYPE: 'success', ID: '2' })).alert;
    expect(recovered).toMatchObject({ fingerprint: alert?.fingerprint, status: 'resolved' });
  });

  test('sent as it is opens nothing', () => {
    expect(read('datadog', JSON.parse(shipped('datadog-webhook.json'))).remarks).toHaveLength(1);
  });
});

describe('the payload for New Relic', () => {
  const VALUES = {
    ...{ issueId: 'issue-1', issuePageUrl: 'https://radar-api.service.newrelic.com/accounts/7/issues/issue-1' },
    ...{
      'annotations.title.[0]': 'CPU of "web-1" is high',
      'annotations.description': ['CPU over 90 %'],
      priority: 'CRITICAL',
    },
    ...{
      state: 'ACTIVATED',
      triggerEvent: 'STATE_CHANGE',
      isAcknowledged: false,
      isCorrelated: false,
      totalIncidents: 1,
    },
    ...{
      'entitiesData.names': ['web-1'],
      'accumulations.policyName': ['Golden'],
      'accumulations.conditionName': ['CPU'],
    },
    ...{
      'accumulations.sources': ['newrelic'],
      workflowName: 'all',
      createdAt: ARRIVAL - 120_000,
      updatedAt: ARRIVAL - 60_000,
    },
  };
  /** Handlebars, as far as the template uses it. */
  const filled = (more: Readonly<Record<string, unknown>>): unknown => {
    const values: Readonly<Record<string, unknown>> = { ...VALUES, ...more };
    const chosen = shipped('newrelic-workflow.json').replace(
      /\{\{#if ([\w.]+)\}\}(.*?)\{\{else\}\}(.*?)\{\{\/if\}\}/g,
      (_, name: string, yes: string, no: string) => (values[name] ? yes : no),
    );
    return JSON.parse(
      chosen.replace(/\{\{ ?(?:json )?([\w.[\]]+) ?\}\}/g, (_, name: string) => JSON.stringify(values[name])),
    );
  };

  test('tells of an issue from activation to its end', () => {
    expect(read('newrelic', filled({})).alert).toMatchObject({
      ...{ fingerprint: 'issue-1', name: 'CPU of "web-1" is high', status: 'firing', severity: 'critical' },
      labels: { account_id: '7', condition: 'CPU', policy: 'Golden', entity: 'web-1', workflow: 'all' },
      annotations: { message: 'CPU over 90 %' },
      ...{ startedAt: ARRIVAL - 120_000, observedAt: ARRIVAL - 60_000 },
    });
    expect(read('newrelic', filled({ state: 'CLOSED' })).alert).toMatchObject({
      fingerprint: 'issue-1',
      status: 'resolved',
    });
  });

  test('tells of acknowledgements, and of their end', () => {
    const acknowledged = {
      triggerEvent: 'USER_ACTION',
      isAcknowledged: true,
      owner: 'Ada',
      issueAcknowledgedAt: 'now',
    };
    expect(read('newrelic', filled(acknowledged)).notes).toMatchObject([{ kind: 'acknowledged', by: 'Ada' }]);
    const taken = { triggerEvent: 'USER_ACTION', isAcknowledged: false };
    expect(read('newrelic', filled(taken)).notes).toMatchObject([{ kind: 'unacknowledged', by: '' }]);
  });
});

interface MediaType {
  readonly name: string;
  readonly type: string;
  readonly script: string;
  readonly parameters: readonly { readonly name: string; readonly value?: string }[];
  readonly message_templates: readonly Readonly<Record<string, string>>[];
}

describe('the media type for Zabbix', () => {
  const file = parseYaml(shipped('zabbix-media-type.yaml')) as {
    zabbix_export: { version: string; media_types: MediaType[] };
  };
  const [type] = file.zabbix_export.media_types;
  if (type === undefined) throw new Error('no media type');
  const left = Object.fromEntries(type.parameters.map(({ name, value = '' }) => [name, value]));
  const filled = (more: Readonly<Record<string, string>>) => ({
    ...left,
    ...{ hub_url: 'https://hub.example.com/alerts/webhook/zabbix/', hub_token: 's3cret', http_proxy: '' },
    ...{ event_id: '459', event_value: '1', event_source: '0', event_update_status: '0', event_nseverity: '5' },
    ...{
      event_name: 'HTTP is down',
      host_name: 'web-1',
      trigger_id: '7',
      event_timestamp: String(ARRIVAL / 1000 - 60),
    },
    ...{
      event_tags: '[{"tag":"service","value":"http"}]',
      alert_message: 'It is "down"\r\nnow',
      zabbix_url: 'https://zbx/',
    },
    ...more,
  });

  /** Runs the script as Zabbix does: the body of a function of `value`, in an engine that knows ECMAScript 5. */
  function run(params: object, status: number) {
    const sent = { headers: [] as string[], url: '', body: '', proxy: '' };
    class HttpRequest {
      addHeader = (header: string) => void sent.headers.push(header);
      setProxy = (proxy: string) => void Object.assign(sent, { proxy });
      getStatus = () => status;
      post = (url: string, body: string) => {
        Object.assign(sent, { url, body });
        return '{"status":"…"}';
      };
    }
    const world = { HttpRequest, Zabbix: { log: () => undefined }, value: JSON.stringify(params) };
    const result: unknown = runInNewContext(`(function (value) {${type?.script}})(value)`, world);
    return { ...sent, result };
  }

  test('has the shape that Zabbix 6.0 and later import', () => {
    expect(file.zabbix_export.version).toBe('6.0');
    expect(type.type).toBe('WEBHOOK');
    const allowed = ['name', 'type', 'parameters', 'attempts', 'attempt_interval', 'timeout', 'script', 'description'];
    expect(Object.keys(type).filter((key) => ![...allowed, 'message_templates'].includes(key))).toEqual([]);
    expect(
      Object.values({ ...type, parameters: '', message_templates: '' }).every((one) => typeof one === 'string'),
    ).toBe(true);
    for (const { name, value, ...rest } of type.parameters) {
      expect([name, typeof value, rest]).toEqual([
        expect.stringMatching(/^[a-z_]+$/),
        value === undefined ? 'undefined' : 'string',
        {},
      ]);
    }
    for (const { event_source, operation_mode } of type.message_templates) {
      expect(['TRIGGERS', 'INTERNAL', 'SERVICE']).toContain(event_source);
      expect(['PROBLEM', 'RECOVERY', 'UPDATE']).toContain(operation_mode);
    }
    expect(type.script).not.toMatch(/=>|\b(?:let|const|class)\b|`/);
  });

  test('posts every parameter but the secrets, with the token in a header', () => {
    const sent = run(filled({}), 200);
    expect(sent).toMatchObject({ url: 'https://hub.example.com/alerts/webhook/zabbix/', proxy: '', result: 'OK' });
    expect(sent.headers).toEqual(
      expect.arrayContaining(['Content-Type: application/json', 'Authorization: Bearer s3cret']),
    );
    expect(sent.body).not.toContain('s3cret');
    const posted = Object.keys(JSON.parse(sent.body) as object);
    expect(posted.toSorted()).toEqual(
      Object.keys(left)
        .filter((key) => !/^hub_|^http_proxy$/.test(key))
        .toSorted(),
    );
    expect(run(filled({ http_proxy: 'http://proxy:3128' }), 200).proxy).toBe('http://proxy:3128');
  });

  test.each([199, 301, 400, 403, 429, 500, 503])('throws on %i, so that Zabbix tries again', (status) => {
    expect(() => run(filled({}), status)).toThrow(String(status));
  });

  test.each([200, 202, 204])('is content with %i', (status) => {
    expect(run(filled({}), status).result).toBe('OK');
  });

  test('throws when the address was not set', () => {
    expect(() => run({ ...filled({}), hub_url: left.hub_url }, 200)).toThrow('hub_url');
  });

  test('tells of a problem from its start to its end, and of what people did', () => {
    const bodyOf = (more: Readonly<Record<string, string>>) => JSON.parse(run(filled(more), 200).body) as unknown;
    expect(read('zabbix', bodyOf({})).alert).toMatchObject({
      ...{
        fingerprint: '459',
        name: 'HTTP is down',
        status: 'firing',
        severity: 'critical',
        observedAt: ARRIVAL - 60_000,
      },
      labels: { service: 'http', hostname: 'web-1', trigger_id: '7', event_source: '0' },
      annotations: { message: 'It is "down"\nnow', url: 'https://zbx/tr_events.php?triggerid=7&eventid=459' },
    });
    expect(read('zabbix', bodyOf({ event_value: '0' })).alert).toMatchObject({
      fingerprint: '459',
      status: 'resolved',
    });
    const update = { event_update_status: '1', event_update_action: 'acknowledged', event_update_user: 'Ada (ada)' };
    expect(read('zabbix', bodyOf(update)).notes).toMatchObject([
      { kind: 'acknowledged', by: 'Ada (ada)', fingerprint: '459' },
    ]);
  });

  test('tried in the Test dialog with every macro left opens nothing', () => {
    const { hub_url, hub_token } = filled({});
    const sent = run({ ...left, hub_url, hub_token }, 200);
    expect(read('zabbix', JSON.parse(sent.body))).toMatchObject({
      alerts: [],
      remarks: [expect.stringContaining('a test')],
    });
  });
});
