import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { readEndpoints } from '../../../src/config/endpoints/read.ts';
import { importGatus } from '../../../src/imports/gatus/convert.ts';
import { importKuma } from '../../../src/imports/kuma/convert.ts';
import { kumaBackupOf } from '../../../src/imports/kuma/database.ts';
import type { Imported } from '../../../src/imports/report.ts';
import { importUptop } from '../../../src/imports/uptop/convert.ts';
import { type NotifyConfig, notifyConfig } from '../../support/notify-config.ts';
import { ROOT } from '../../support/sources.ts';

const read = (name: string) => readFileSync(join(ROOT, 'tests/fixtures/imports', name), 'utf8');
const at = (keys: readonly string[]) => `file:${keys.length}`;
const gatus = () => importGatus(parse(read('gatus.yaml'), { merge: true }), at);
const kuma = () => importKuma(kumaBackupOf(JSON.parse(read('kuma-backup.json'))), 'backup.json');
const uptop = (name: string) => importUptop(parse(read(name)), at);

let config: NotifyConfig | undefined;
afterEach(() => config?.remove());

type Entry = Readonly<Record<string, unknown>>;
/** An entry of a section, by its name. */
const entry = ({ configuration }: Imported, section: string, name: string, group?: string) =>
  (configuration[section] as Entry[] | undefined)?.find(
    (one) => one.name === name && (group === undefined || one.group === group),
  );
/** What could not be kept, without places of lines. */
const lost = ({ lost: lines }: Imported) => lines.map((line) => line.replace(/^\S+: /, ''));

describe.each<[string, () => Imported]>([
  ['Gatus', gatus],
  ['Uptime Kuma', kuma],
  ['uptop, exported', () => uptop('uptop.yaml')],
  ['uptop, backed up', () => uptop('uptop-backup.json')],
])('what is imported of %s', (_, imported) => {
  test('is read without a fault once its variables are set', async () => {
    const result = imported();
    expect(result.problems).toEqual([]);
    const names = [...result.variables.keys()];
    const env = Object.fromEntries(names.map((name) => [name, valueFor(name)]));
    const values = JSON.parse(JSON.stringify(result.configuration));
    const endpoints = readEndpoints({ endpointsFile: { values, at, folder: '/' } }, { env, cwd: '/' });
    expect(endpoints?.problems).toEqual([]);
    config = notifyConfig(stringify(values.notify), { url: 'https://example.com/hook', token: 'secret-value' });
    expect(await config.problems(env)).toEqual([]);
  });
});

function valueFor(name: string): string {
  if (name.endsWith('TELEGRAM_TOKEN')) return '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11';
  if (name.endsWith('_ROUTING_KEY')) return 'a'.repeat(32);
  return /URL$/.test(name) ? 'https://hooks.slack.com/services/a/b/c' : '0123456789abcdef0123456789abcdef';
}

describe('Gatus', () => {
  const result = gatus();

  test('keeps an endpoint with its options, in our spelling, and has the environment by reference', () => {
    expect(entry(result, 'endpoints', 'Front page')).toEqual({
      name: 'Front page',
      group: 'core',
      url: 'https://www.example.com/',
      interval: '30s',
      client: { timeout: '5s', insecure: true },
      headers: { 'X-Token': 'env:FRONT_TOKEN', Accept: 'text/html' },
      conditions: ['[STATUS] == 200', '[BODY].price == pat(*$*)', '[RESPONSE_TIME] < 300'],
      alerts: [
        { failure_threshold: 5, send_on_resolved: true, description: 'health check failed' },
        { failure_threshold: 1, send_on_resolved: false },
      ],
      maintenance_windows: [{ start: '23:00', duration: '1h', zone: 'Europe/Berlin', every: ['Monday', 'Thursday'] }],
    });
    expect(result.variables.get('FRONT_TOKEN')).toBe('endpoints[0].headers.X-Token');
  });

  test('tells nobody of an endpoint without alerts, and keeps windows of its own', () => {
    expect(entry(result, 'endpoints', 'quiet')).toMatchObject({
      enabled: false,
      alerts: [],
      maintenance_windows: [{ start: '23:00' }, { start: '04:00', duration: '30m' }],
    });
  });

  test('keeps external endpoints as push endpoints, whose lateness is a failure at once, and agents as probes', () => {
    expect(entry(result, 'push_endpoints', 'backup')).toMatchObject({
      token: 'env:BACKUP_TOKEN',
      period: '25h',
      grace: '0s',
    });
    expect(result.configuration.probes).toEqual([
      { id: 'fra', name: 'Frankfurt', token: 'env:FRA_TOKEN', rate_per_second: 5, stale_after: '3m' },
    ]);
    expect(result.configuration).toMatchObject({ host: '127.0.0.1', port: 9090 });
  });

  test('has a channel for each provider and each override, with a route to the endpoints that name it', () => {
    expect(result.configuration.notify).toEqual({
      channels: {
        'slack-core': { type: 'slack' },
        slack: { type: 'slack', url: 'env:SLACK_WEBHOOK_URL' },
        telegram: { type: 'telegram', chat: '-1001234567890' },
      },
      catch_all: false,
      routes: [
        { matchers: ['source="endpoint"', 'key="core_front-page"'], channels: 'slack-core', continue: true },
        { matchers: ['source="endpoint"', 'key="_db"'], channels: 'slack', continue: true },
        {
          matchers: ['source="endpoint"', 'key=~"core_front-page|jobs_backup"'],
          channels: 'telegram',
          continue: true,
        },
      ],
    });
  });

  test('names what is lost by its place', () => {
    expect(lost(result)).toEqual([
      'storage: state is kept in the store: MONITOR_STATE_DIR, or MONITOR_DATABASE_URL for PostgreSQL',
      'security: people and their roles are kept in the store: monitor people add',
      'endpoints[2].url: no text is taken from the environment here: write the value of HOST in its place',
      'endpoints[4].store: has no counterpart here',
      'endpoints[4].client.oauth2: has no counterpart here',
      'alerting.signal: there is no channel for signal; nobody is told by it',
    ]);
  });

  test('refuses what is no configuration of it', () => {
    expect(importGatus({ route: {} }, at).problems).toEqual([expect.stringContaining('no configuration of Gatus')]);
  });
});

describe('Uptime Kuma', () => {
  const result = kuma();

  test('keeps an HTTP monitor: codes, headers, retries, reminders, tags, and the groups above it', () => {
    expect(entry(result, 'endpoints', 'Checkout')).toEqual({
      name: 'Checkout',
      group: 'Shop / Payments',
      description: 'the till',
      labels: { team_a: 'shop', prod: 'true' },
      alerts: [{ failure_threshold: 4, success_threshold: 1, minimum_reminder_interval: '1800s' }],
      url: 'https://shop.example.com/',
      interval: '60s',
      timeout: '48s',
      method: 'POST',
      body: '{"a":1}',
      headers: { 'Content-Type': 'application/json', 'X-A': 'b' },
      client: { insecure: true, ignore_redirect: true },
      conditions: [`[STATUS] == any(${[...Array(200).keys()].map((code) => code + 200).join(', ')}, 404)`],
    });
  });

  test.each<[string, string, object]>([
    [
      'endpoints',
      'Checkout 2',
      {
        enabled: false,
        conditions: ['[STATUS] >= 200', '[STATUS] <= 299', '[BODY] != pat(*Welcome*)'],
        timeout: '20s',
      },
    ],
    ['endpoints', 'Stock', { conditions: ['[STATUS] == 200', '[BODY].items[0].count >= 3'] }],
    ['endpoints', 'DB', { url: 'tcp://db.example.com:5432', conditions: ['[CONNECTED] == true'] }],
    ['endpoints', 'Gateway', { url: 'ping://[2001:db8::1]' }],
    ['endpoints', 'MX', { url: 'dns://1.1.1.1:53', dns: { query_name: 'example.com', query_type: 'MX' } }],
    ['endpoints', 'Must be closed', { enabled: false }],
    ['push_endpoints', 'Backup', { token: 'abcdefghij0123456789ABCDEFGHIJ01', period: '86400s' }],
    ['push_endpoints', 'Old job', { token: 'env:PUSH__OLD_JOB_TOKEN', period: '60s' }],
  ])('%s: %s', (section, name, expected) => {
    expect(entry(result, section, name)).toMatchObject(expected);
  });

  test('has a channel for each notification, with a route to what it is for', () => {
    expect(result.configuration.notify).toEqual({
      channels: {
        'Ops-chat': { type: 'slack' },
        Mail: {
          ...{ type: 'email', from: 'kuma@example.com', host: 'smtp.example.com', port: 587, user: 'kuma' },
          to: ['a@example.com', 'b@example.com'],
        },
      },
      catch_all: false,
      routes: [
        {
          matchers: ['source="endpoint"', 'key=~"shop---payments_checkout|_backup"'],
          channels: 'Ops-chat',
          continue: true,
        },
        {
          matchers: ['source="endpoint"', 'key=~"shop---payments_checkout|shop---payments_checkout-2"'],
          channels: 'Mail',
          continue: true,
        },
      ],
    });
    expect([...result.variables.keys()]).toEqual([
      'PUSH__OLD_JOB_TOKEN',
      'MONITOR_CHANNEL_OPS_CHAT_URL',
      'MONITOR_CHANNEL_MAIL_PASSWORD',
    ]);
  });

  test('names what is lost', () => {
    expect(lost(result)).toEqual([
      'monitorList[1].notificationIDList: Payments: a group tells nobody; its endpoints do',
      'monitorList[2].retryInterval: Checkout: a failed look is repeated at the interval',
      'monitorList[5].jsonPath: Odd query: $sum(items.count): write the condition anew, such as [BODY].a.b == ok',
      'monitorList[5].accepted_statuscodes: Odd query: 2xx: write the condition anew',
      'monitorList[8].dns_resolve_server: MX: one name server is asked: 1.1.1.1',
      'monitorList[11].upsideDown: Must be closed: it is switched off here: turn its conditions round, and enable it',
      'monitorList[12].type: Container: there is no protocol for docker; tcp://HOST:PORT sees whether something answers',
      'monitorList[13].authMethod: Intranet: basic: write the header Authorization as env:NAME or file:PATH',
      'monitorList[13].proxyId: Intranet: has no counterpart here',
      'monitorList.expiryNotification: of one monitor: add an endpoint with severity warning and the condition "[CERTIFICATE_EXPIRATION] > 336h"',
      'monitorList[3].name: another one is called so; it becomes "Checkout 2"',
      'monitorList[10].token: is shorter than a secret may be here: who calls it needs the new address',
      'notificationList[2]: there is no channel for HomeAssistant; nobody is told by it',
    ]);
  });
});

describe('uptop', () => {
  test('keeps what was exported', () => {
    const result = uptop('uptop.yaml');
    expect(entry(result, 'endpoints', 'API')).toMatchObject({
      conditions: [
        `[STATUS] == any(${[...Array(100).keys()].map((code) => code + 200).join(', ')}, 301)`,
        '[CERTIFICATE_EXPIRATION] > 336h',
      ],
      regions: ['eu', 'us'],
      alerts: [{ failure_threshold: 3, success_threshold: 1 }],
    });
    expect(entry(result, 'endpoints', 'Prod DB', 'Production')).toMatchObject({ url: 'tcp://db.example.com:5432' });
    expect(entry(result, 'endpoints', 'Gateway')).toMatchObject({ url: 'ping://[2001:db8::1]', enabled: false });
    expect(entry(result, 'push_endpoints', 'Nightly')).toMatchObject({ token: 'env:PUSH__NIGHTLY_TOKEN' });
    expect((result.configuration.notify as Entry).routes).toEqual([
      { matchers: ['source="endpoint"', 'key="_api"'], channels: 'Discord-Ops', continue: true },
      {
        matchers: ['source="endpoint"', 'key=~"production_prod-db|production_gateway|_nightly"'],
        channels: 'Mail',
        continue: true,
      },
    ]);
    expect(lost(result)).toEqual(['alerts[2]: there is no channel for fax; nobody is told by it']);
  });

  test('keeps what was backed up: names as Go has them, and the alert of a group for what is in it', () => {
    const result = uptop('uptop-backup.json');
    expect(entry(result, 'endpoints', 'Web', 'Production')).toMatchObject({
      ...{ method: 'HEAD', timeout: '5s', client: { insecure: true } },
      conditions: ['[STATUS] >= 200', '[STATUS] <= 299'],
    });
    expect(entry(result, 'push_endpoints', 'Job')).toMatchObject({ token: '0123456789abcdef0123456789abcdef' });
    expect((result.configuration.notify as Entry).routes).toMatchObject([
      { matchers: ['source="endpoint"', 'key="production_web"'], channels: 'Pager' },
    ]);
    expect(lost(result)).toEqual([
      'maintenance_windows: write them anew as windows: notify.windows',
      'alerts[0].settings.severity: has no counterpart here',
    ]);
  });
});
