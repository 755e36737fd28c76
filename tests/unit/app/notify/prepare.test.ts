import { afterEach, describe, expect, test } from '@jest/globals';
import type { Labels } from '../../../../src/core/alert/alert.ts';
import { hopsOf } from '../../../../src/core/policy/route.ts';
import { type NotifyConfig, notifyConfig } from '../../../support/notify-config.ts';

const CANARY = 'canary-7f3a91c2';
const ENV = {
  HOOK: 'https://example.com/hook',
  MONITOR_CHANNEL_OPS_URL: `https://hooks.slack.com/services/T0/B0/${CANARY}`,
};
const OPS = 'channels:\n  ops: {type: slack}\n';

let configs: NotifyConfig[] = [];
const config = (...given: Parameters<typeof notifyConfig>) => {
  const one = notifyConfig(...given);
  configs.push(one);
  return one;
};
afterEach(() => {
  for (const one of configs) one.remove();
  configs = [];
});

const at = Date.parse('2026-06-03T12:00:00Z');
const routed = async (yaml: string, labels: Labels, env: Record<string, string> = ENV) => {
  const prepared = await config(yaml).prepare(env);
  if (prepared === null) throw new Error('nothing is configured');
  return hopsOf(prepared.policy.root, labels, at);
};

describe('where a secret of a channel comes from', () => {
  test.each([
    ['a variable', 'channels:\n  ops: {type: slack}', ENV],
    ['a file that a variable names', 'channels:\n  ops: {type: slack}', { MONITOR_CHANNEL_OPS_URL_FILE: 'secret' }],
    ['env:NAME', 'channels:\n  ops: {type: slack, url: env:SLACK}', { SLACK: ENV.MONITOR_CHANNEL_OPS_URL }],
    [
      'env:MONITOR_…',
      'channels:\n  ops: {type: slack, url: env:MONITOR_X}',
      { MONITOR_X: ENV.MONITOR_CHANNEL_OPS_URL },
    ],
    ['file:PATH', 'channels:\n  ops: {type: slack, url: file:secret}', {}],
    ['a nested one', 'channels:\n  ops: {type: webhook, url: file:secret, headers: {X-Key: file:secret}}', {}],
    [
      'a list',
      'channels:\n  ops: {type: webhook, url: file:secret, signature: {scheme: hmac, keys: [file:secret, env:K]}}',
      { K: 'k2' },
    ],
  ])('%s', async (_, yaml, env) => {
    const one = config(yaml, { secret: `${ENV.MONITOR_CHANNEL_OPS_URL}\n` });
    expect(await one.problems(env)).toEqual([]);
    const prepared = await one.prepare(env);
    expect(prepared?.channels.get('ops')?.place).toContain('hooks.slack.com');
    expect(JSON.stringify([prepared?.document, [...(prepared?.channels ?? [])]])).not.toContain(CANARY);
  });

  test.each([
    [
      `url: https://hooks.slack.com/services/T0/B0/${CANARY}`,
      {},
      'monitor.yaml:3: notify.channels.ops.url: secrets are not allowed in this file: set MONITOR_CHANNEL_OPS_URL, or write env:NAME or file:PATH',
    ],
    ['url: env:SLACK', {}, 'the environment variable SLACK is not set'],
    ['url: file:missing', {}, 'cannot read'],
    ['url: file:empty', {}, 'is empty'],
    ['url: env:SLACK', { SLACK: ENV.MONITOR_CHANNEL_OPS_URL, ...ENV }, 'is set, and so is MONITOR_CHANNEL_OPS_URL'],
    ['', { ...ENV, MONITOR_CHANNEL_OPS_URL_FILE: 'x' }, 'remove one of them'],
    [
      '',
      { MONITOR_CHANNEL_OPS_URI: CANARY, ...ENV },
      'MONITOR_CHANNEL_OPS_URI: unknown setting; did you mean MONITOR_CHANNEL_OPS_URL?',
    ],
    ['url: env:SLACK', { SLACK: `slack.com/${CANARY}` }, 'notify.channels.ops.url: must be'],
  ])('%s with %j is refused, and never repeated', async (line, env, expected) => {
    const problems = await config(`channels:\n  ops: {type: slack${line === '' ? '' : `, ${line}`}}`, {
      empty: '\n',
    }).problems(env);
    expect(problems.join('\n')).toContain(expected);
    expect(problems.join('\n')).not.toContain(CANARY);
  });
});

test.each([
  ['webhook', 'url'],
  ['pagerduty', 'routing_key'],
  ['gotify, base_url: https://gotify.example.com', 'token'],
])('a secret that nobody gave is told once, with the ways to give it: %s', async (type, option) => {
  const variable = `MONITOR_CHANNEL_OPS_${option.toUpperCase()}`;
  expect(await config(`channels:\n  ops: {type: ${type}}`).problems({})).toEqual([
    `monitor.yaml:3: notify.channels.ops.${option}: is missing: set ${variable} or ${variable}_FILE, or write env:VARIABLE or file:PATH here`,
  ]);
});

describe('problems name file, line, field and fix', () => {
  test.each([
    ['chanels: {}', 'monitor.yaml:2: notify.chanels: unknown setting; did you mean notify.channels?'],
    [
      'channels:\n  ops: {type: slak}',
      'monitor.yaml:3: notify.channels.ops.type: there is no kind of channel "slak"; did you mean slack?',
    ],
    ['channels:\n  ops: {}', 'monitor.yaml:3: notify.channels.ops: give it a type; use one of'],
    [`${OPS}  ops-2: {type: slack, titel: x}`, 'notify.channels.ops-2.titel: unknown option; did you mean title?'],
    [
      `${OPS}routes:\n  - chanels: [ops]`,
      'monitor.yaml:5: notify.routes[0].chanels: unknown setting; did you mean channels?',
    ],
    [
      `${OPS}routes:\n  - channels: [ops]\n    routes:\n      - channels:\n          - opps`,
      'monitor.yaml:8: notify.routes[0].routes[0].channels[0]: there is no channel "opps"; did you mean ops?',
    ],
    [`${OPS}flapping: {settled: 10s}`, 'notify.flapping.settled: must be a time from 1m to 24h, such as 5m or 1h30m'],
    [`${OPS}routes:\n  - matchers: severity`, 'monitor.yaml:5: notify.routes[0].matchers: "severity" is not a matcher'],
    [
      `${OPS}routes:\n  - matchers: ['a=~"("']`,
      'notify.routes[0].matchers[0]: the regular expression "(" cannot be read',
    ],
    [
      `${OPS}routes:\n  - mute: nigths\nintervals:\n  nights: {times: 22:00-06:00}`,
      'notify.routes[0].mute: there is no interval "nigths"; did you mean nights?',
    ],
    [
      `${OPS}routes:\n  - escalation: oncal\nescalations:\n  oncall:\n    - {after: 15m, channels: ops}`,
      'there is no escalation "oncal"; did you mean oncall?',
    ],
    [`${OPS}routes:\n  - group_wait: 5 minutes`, 'notify.routes[0].group_wait: must be a time from 0s to 24h'],
    [`${OPS}routes:\n  - group_interval: 0s`, 'notify.routes[0].group_interval: must be a time from 1s'],
    [`${OPS}routes: {}`, 'monitor.yaml:4: notify.routes: must be a list'],
    [
      `${OPS}defaults: {group_by: [host]}`,
      'notify.defaults.group_by: stands on a route, and for all alerts as incidents.group_by',
    ],
    [
      `${OPS}routes:\n  - templates: {title: '{{ x | nope }}'}`,
      'monitor.yaml:5: notify.routes[0].templates.title: undefined filter: nope',
    ],
    [
      `${OPS}routes:\n  - templates: {titel: x}`,
      'notify.routes[0].templates.titel: unknown setting; did you mean title?',
    ],
    [
      `${OPS}  hook: {type: webhook, url: env:HOOK}\nroutes:\n  - {channels: hook, templates: {title: x}}`,
      'notify.routes[0].templates: the channel webhook has a body of its own',
    ],
    [`${OPS}catch_all: false\nroutes:\n  - matchers: a=b`, 'notify.routes[0]: names no channel'],
    [`${OPS}  b: {type: syslog, renamed_from: ops}`, 'notify.channels.b.renamed_from: there is still a channel ops'],
    [`${OPS}intervals:\n  x: {zone: 3, weekdays: monday}`, 'notify.intervals.x.zone: must be a time zone'],
    [`${OPS}flapping: 3`, 'notify.flapping: must be false, or settings such as times: 3'],
    [`${OPS}  __proto__: {type: syslog}`, 'notify.channels.__proto__: is no name'],
    [`${OPS}  b: {type: syslog, reminders: 3}`, 'notify.channels.b.reminders: must be true or false'],
    [`${OPS}catch_all: [opps]`, 'notify.catch_all[0]: there is no channel "opps"'],
    [`${OPS}fallback: opps`, 'notify.fallback: there is no channel "opps"'],
    [`${OPS}intervals:\n  x: {times: 9-17}`, 'notify.intervals.x.times: "9-17" is no time of day'],
    [
      `${OPS}intervals:\n  x: {zone: Mars/Base, weekdays: monday}`,
      'notify.intervals.x.zone: "Mars/Base" is no time zone',
    ],
    [`${OPS}intervals:\n  x: {}`, 'notify.intervals.x: says no times'],
    [`${OPS}intervals:\n  x: [{time: 1}]`, 'notify.intervals.x[0].time: unknown setting; did you mean times?'],
    [`${OPS}zone: Mars/Base\nintervals:\n  x: {weekdays: monday}`, 'notify.zone: "Mars/Base" is no time zone'],
    [
      `${OPS}escalations:\n  x:\n    - {after: 15m, channels: ops}\n    - {after: 5m, channels: ops}`,
      'notify.escalations.x[1].after: must be later',
    ],
    [`${OPS}inhibit:\n  - {source: a=b, target: 'a=~"["'}`, 'notify.inhibit[0].target: the regular expression'],
    [`${OPS}inhibit:\n  - {target: a=b}`, 'notify.inhibit[0].source: must be a matcher'],
    [`${OPS}depends_on:\n  - {parent: [], child: a=b}`, 'notify.depends_on[0].parent: must be a matcher'],
    [`${OPS}windows:\n  x: {matchers: a=b, duration: 1h}`, 'notify.windows.x: needs either rrule and from, or cron'],
    [
      `${OPS}windows:\n  x: {matchers: a=b, cron: '0 22 * *', duration: 1h}`,
      'notify.windows.x.cron: "0 22 * *" is no cron',
    ],
    [
      `${OPS}windows:\n  x: {matchers: a=b, rrule: FREQ=DAILY, duration: 1h}`,
      'notify.windows.x: with rrule, from must be',
    ],
    [
      `${OPS}windows:\n  x: {matchers: a=b, rrule: FREQ=DALY, from: 2026-01-01T22:00, duration: 1h}`,
      'notify.windows.x.rrule: FREQ must be',
    ],
    [`${OPS}windows:\n  x: {matchers: a=b, cron: '0 22 * * *'}`, 'notify.windows.x: needs either a duration'],
    [`${OPS}windows:\n  x: {matchers: a=b, cron: '0 22 * * *', until: 6}`, 'notify.windows.x.until: must be'],
    [`${OPS}flood: {burst: 0}`, 'notify.flood.burst: must be'],
    [`${OPS}flapping: true`, 'notify.flapping'],
    [`${OPS}flapping: {tims: 3}`, 'notify.flapping.tims: unknown setting; did you mean times?'],
    [`${OPS}give_up_after: 1s`, 'notify.give_up_after: must be a time from 1m'],
    [
      'channels:\n  a-b: {type: syslog}\n  a_b: {type: syslog}',
      'notify.channels.a_b: its variables would be those of a-b',
    ],
  ])('%s', async (yaml, expected) => {
    expect((await config(yaml).problems(ENV)).join('\n')).toContain(expected);
  });

  test('a policy without a channel', async () => {
    expect(await config('zone: UTC').problems()).toEqual([expect.stringContaining('nobody can be told')]);
  });

  test('all of them are told at once', async () => {
    const yaml = 'channels:\n  ops: {type: slak}\nroutes:\n  - channels: [opps]\n    mute: [x]\nfallback: nobody\n';
    expect(await config(yaml).problems({})).toHaveLength(4);
  });

  test('a name of MONITOR_NOTIFY_URL is taken', async () => {
    const env = {
      MONITOR_NOTIFY_URL: ENV.MONITOR_CHANNEL_OPS_URL.replace('https', 'slack'),
      MONITOR_CHANNEL_SLACK_URL: ENV.MONITOR_CHANNEL_OPS_URL,
    };
    expect((await config('channels:\n  slack: {}').problems(env)).join()).toContain('MONITOR_NOTIFY_URL has this name');
  });
});

describe('who is told', () => {
  const TREE = `
channels:
  ops: {type: slack}
  mail: {type: email, to: ops@example.com, from: monitor@example.com, host: smtp.example.com}
  db: {type: syslog}
catch_all: mail
defaults: {group_interval: 10m}
routes:
  - name: everything critical
    matchers: severity="critical"
    channels: ops
    group_wait: 5s
    continue: true
  - matchers: ['team=~"db|storage"', host!=test]
    channels: [db]
    repeat_interval: 1h
    escalation: oncall
    routes:
      - matchers: host=quiet
        repeat_interval: 0s
        escalation: false
  - matchers: team=web
    during: office
    channels: ops
  - matchers: team=web
    channels: db
intervals:
  office: {times: 09:00-17:00, weekdays: monday:friday, zone: Europe/Berlin}
escalations:
  oncall: [{after: 15m, channels: [ops]}, {after: 1h, channels: [mail]}]
`;
  test.each([
    [{}, [['mail']]],
    [{ severity: 'critical' }, [['ops']]],
    [{ severity: 'critical', team: 'db' }, [['ops'], ['db']]],
    [{ team: 'storage' }, [['db']]],
    [{ team: 'dba' }, [['mail']]],
    [{ team: 'db', host: 'test' }, [['mail']]],
    [{ team: 'db', host: 'quiet' }, [['db']]],
    [{ team: 'web' }, [['ops']]],
  ])('%j: %j', async (labels, expected) => {
    expect((await routed(TREE, labels)).map(({ channels }) => channels.value)).toEqual(expected);
  });

  test('values are inherited, with the line that they stand on', async () => {
    const [hop] = await routed(TREE, { team: 'db', host: 'quiet' });
    expect(hop).toMatchObject({
      channels: { value: ['db'], place: expect.stringMatching(/routes\[1\]\.channels \(.*monitor.yaml:15\)/) },
      groupIntervalMs: { value: 600_000, place: expect.stringMatching(/defaults\.group_interval \(.*:7\)/) },
      repeatMs: { value: 0, place: expect.stringMatching(/routes\[1\]\.routes\[0\]\.repeat_interval \(.*:20\)/) },
      escalation: { value: '' },
    });
  });

  test('without routes everybody is told; with addresses, these are', async () => {
    expect((await routed(OPS, {}))[0]?.channels.value).toEqual(['ops']);
    const env = { ...ENV, MONITOR_NOTIFY_URL: 'mailto:ops@example.com?host=smtp.example.com' };
    expect((await routed(OPS, {}, env))[0]?.channels.value).toEqual(['email']);
    const both = `${OPS}routes:\n  - matchers: severity=critical\n    channels: [ops, email]`;
    expect((await routed(both, { severity: 'critical' }, env))[0]?.channels.value).toEqual(['ops', 'email']);
  });

  test('a catch-all that is turned off tells nobody', async () => {
    expect(
      (await routed(`${OPS}catch_all: false\nroutes:\n  - matchers: a=b\n    channels: ops`, {}))[0]?.channels.value,
    ).toEqual([]);
  });
});

test('what a hub lives by is made of it', async () => {
  const prepared = await config(`
channels:
  ops: {type: slack, timeout: 10s, flood: {burst: 2, per_minute: 1}}
flood: {burst: 5}
flapping: {times: 5, within: 30m, settled: 20m}
give_up_after: 2h
fallback: ops
inhibit:
  - {name: worse, source: severity=critical, target: [severity=warning], equal: host}
depends_on:
  - {parent: kind=router, child: kind=host, equal: [site], wait: 30s}
windows:
  patching: {matchers: team=db, cron: 0 22 * * 6, duration: 8h, zone: Europe/Berlin}
`).prepare(ENV);
  expect(prepared?.policy).toMatchObject({
    channels: new Map([['ops', expect.objectContaining({ timeoutMs: 10_000, rate: { burst: 2, perMinute: 1 } })]]),
    flapping: { turns: 10, withinMs: 1_800_000, settledMs: 1_200_000 },
    ...{ giveUpMs: 7_200_000, fallback: 'ops' },
    relations: [
      { kind: 'inhibited', equal: ['host'], waitMs: 0, place: expect.stringContaining('notify.inhibit[0] "worse" (') },
      { kind: 'depends_on', equal: ['site'], waitMs: 30_000 },
    ],
    windows: [{ name: 'patching', place: expect.stringContaining('notify.windows.patching (') }],
  });
  const [window] = prepared?.policy.windows ?? [];
  expect(window?.endAt(Date.parse('2026-06-06T21:00:00Z'))).toBe(Date.parse('2026-06-07T04:00:00Z'));
});

test('what is hardly meant is a warning', async () => {
  const prepared = await config(`
channels:
  ops: {type: slack}
  other: {type: syslog}
catch_all: ops
intervals:
  unused: {weekdays: monday}
routes:
  - matchers: [a=b, a=c]
  - matchers: x=y
  - matchers: [x=y, z="1"]
`).prepare(ENV);
  expect(prepared?.warnings.map((text) => text.replace(/^.*monitor.yaml/, ''))).toEqual([
    expect.stringContaining(':9: notify.routes[0].matchers: can never match'),
    expect.stringContaining(':10) takes all that it would'),
    ':4: notify.channels.other: no route uses this channel',
    ':7: notify.intervals.unused: no route uses this interval',
  ]);
});
