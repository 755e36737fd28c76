import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { Labels } from '../../../src/core/alert/alert.ts';
import { hopsOf } from '../../../src/core/policy/route.ts';
import { importAlertmanager } from '../../../src/imports/alertmanager/convert.ts';
import type { Imported } from '../../../src/imports/report.ts';
import { type NotifyConfig, notifyConfig } from '../../support/notify-config.ts';
import { ROOT } from '../../support/sources.ts';

const read = (name: string) => readFileSync(join(ROOT, 'tests/fixtures/alertmanager', name), 'utf8');
const imported = (text: string) => importAlertmanager(parse(text), () => 'alertmanager.yml');
const SECRETS: Readonly<Record<string, string>> = {
  URL: 'https://example.com/hook',
  TELEGRAM_TOKEN: '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11',
  ROUTING_KEY: 'a'.repeat(32),
  SLACK_API_URL: 'https://hooks.slack.com/services/a/b/c',
};
const secretFor = (name: string) => Object.entries(SECRETS).find(([end]) => name.endsWith(end))?.[1] ?? 'secret-value';

let config: NotifyConfig | undefined;
afterEach(() => config?.remove());
/** Our own configuration of it, started as a hub would. */
const started = async ({ configuration, variables }: Imported) => {
  config = notifyConfig(stringify(configuration.notify).replaceAll('file:/etc/alertmanager/', 'file:'), {
    url: 'https://example.com/hook',
    token: 'secret-value',
  });
  const env = Object.fromEntries([...variables.keys()].map((name) => [name, secretFor(name)]));
  expect(await config.problems(env)).toEqual([]);
  return config.prepare(env);
};

describe('a configuration with several teams', () => {
  const result = imported(read('teams.yml'));

  test('becomes one that starts, and routes the same', async () => {
    expect(result.problems).toEqual([]);
    const prepared = await started(result);
    const to = (labels: Labels) =>
      prepared && hopsOf(prepared.policy.root, labels, 0).map(({ channels }) => channels.value);
    expect(to({})).toEqual([['default']]);
    expect(to({ service: 'foo1' })).toEqual([['team-X-slack', 'team-X-slack-2', 'team-X-email']]);
    expect(to({ service: 'foo1', severity: 'critical' })).toEqual([
      ['team-X-pager-pagerduty', 'team-X-pager-opsgenie'],
    ]);
    expect(to({ service: 'files', owner: 'c' })).toEqual([['team-Y-webhook', 'team-Y-webhook-2', 'team-Y-telegram']]);
    expect(to({ service: 'files', owner: 'a' })).toEqual([['default']]);
    expect(to({ alertname: 'Watchdog', severity: 'none' })).toEqual([[]]);
    expect(to({ service: 'xfoo1' })).toEqual([['default']]);
    expect(prepared?.policy.relations).toHaveLength(2);
    expect(prepared?.policy.channels.get('team-X-email')).toMatchObject({ onResolved: 'none' });
    expect(prepared?.policy.channels.get('team-X-slack')).toMatchObject({ onResolved: 'tell' });
  });

  test('keeps what alerts are grouped by, of each route its own', () => {
    const { notify } = result.configuration as { notify: { routes: { group_by?: string[] }[] } };
    expect(notify.routes.map((route) => route.group_by)).toContainEqual(['alertname']);
  });

  test('keeps times, delays and plain templates', () => {
    expect(result.configuration).toMatchObject({
      incidents: { group_by: ['alertname', 'cluster', 'service'] },
      notify: {
        catch_all: ['default'],
        defaults: { group_wait: '30s', group_interval: '5m', repeat_interval: '3h' },
        channels: {
          default: {
            type: 'email',
            to: ['ops@example.com', 'second@example.com'],
            from: 'alertmanager@example.com',
            from_name: 'Alertmanager',
            host: 'mail.example.com',
            port: 587,
            user: 'alertmanager',
            password: 'env:SMTP_AUTH_PASSWORD',
          },
          'team-X-slack': { url: 'env:SLACK_API_URL', text: '{{ annotations.summary }} ({{ status | upcase }})' },
          'team-Y-webhook-2': {
            url: 'file:/etc/alertmanager/url',
            bearer: 'file:/etc/alertmanager/token',
            on_resolved: 'none',
          },
        },
        routes: [
          {
            matchers: ['service=~"^(foo1|foo2|baz)$"'],
            routes: [{ matchers: ['severity="critical"'], repeat_interval: '365d' }],
          },
          { matchers: ['service="files"', 'owner!~"a|b"'], continue: true, mute: ['offhours', 'holidays'] },
          { matchers: ['alertname="Watchdog"', 'severity="none"'], channels: [], group_interval: '1s' },
          { active: ['nights'] },
        ],
        intervals: {
          offhours: [
            { times: ['18:00-24:00', '00:00-09:00'], weekdays: ['monday:friday'], zone: 'Europe/Berlin' },
            { weekdays: ['saturday', 'sunday'] },
          ],
          holidays: { months: ['december'], days: ['24:26', '-1'], years: ['2026:2028'] },
          nights: { times: ['22:00-06:00'] },
        },
      },
    });
  });

  test('lists what is lost, each with its place', () => {
    expect(result.lost.map((line) => line.replace('alertmanager.yml: ', '').split(': ')[0])).toEqual([
      'global.resolve_timeout',
      'templates',
      'receivers[1].email_configs[0].headers',
      'receivers[2].slack_configs[0].channel',
      'receivers[2].slack_configs[1].channel',
      'receivers[2].slack_configs[1].text',
      'receivers[3].opsgenie_configs[0].responders',
      'receivers[3].victorops_configs[0]',
      'receivers[4].webhook_configs[0].max_alerts',
      'receivers[4].webhook_configs[0].http_config.tls_config',
      'receivers[4].telegram_configs[0].parse_mode',
      'route.routes[2].group_interval',
      'time_intervals[1].time_intervals[0].location',
      'inhibit_rules[2]',
    ]);
  });

  test('names the variables of its secrets, and holds none', () => {
    expect([...result.variables.keys()].sort()).toEqual([
      'MONITOR_CHANNEL_TEAM_X_PAGER_PAGERDUTY_ROUTING_KEY',
      'MONITOR_CHANNEL_TEAM_X_SLACK_2_URL',
      'MONITOR_CHANNEL_TEAM_Y_TELEGRAM_TOKEN',
      'MONITOR_CHANNEL_TEAM_Y_WEBHOOK_PASSWORD',
      'MONITOR_CHANNEL_TEAM_Y_WEBHOOK_URL',
      'OPSGENIE_API_KEY',
      'SLACK_API_URL',
      'SMTP_AUTH_PASSWORD',
    ]);
    expect(JSON.stringify([result, [...result.variables]])).not.toContain('canary');
  });
});

test('the smallest one', async () => {
  const result = imported(read('small.yml'));
  expect((await started(result))?.policy.root.settings.channels).toEqual(['web.hook']);
  expect(result.lost).toEqual([]);
  expect(result.configuration).toMatchObject({ incidents: { group_by: ['...'] } });
});

describe('what would go another way without being told is refused', () => {
  const base = (route: string) => `route: {receiver: r, routes: [${route}]}\nreceivers: [{name: r}]\n`;
  test.each([
    [base('{receiver: s}'), 'route.routes[0].receiver: there is no receiver "s"'],
    [base('{matchers: [a]}'), 'route.routes[0].matchers: "a" is not a matcher'],
    [base('{match_re: {a: "(?=x)"}}'), 'route.routes[0].match_re: the regular expression'],
    [base('{group_wait: 1.5s}'), 'route.routes[0].group_wait: "1.5s" is no time'],
    ['receivers: []', 'route: is missing'],
  ])('%s', (text, expected) => {
    expect(imported(text).problems.join()).toContain(expected);
  });
});
