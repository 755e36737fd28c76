import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { endpointTerms } from '../../../src/app/endpoints/terms.ts';
import { type ReadEndpoints, readEndpoints } from '../../../src/config/endpoints/read.ts';
import { loadSettings } from '../../../src/config/load.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-endpoints-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const TOKEN = 'a-token-of-enough-bytes';

function read(yaml: string, env: Record<string, string> = {}): ReadEndpoints {
  const configFile = join(folder, 'monitor.yaml');
  writeFileSync(configFile, yaml);
  const from = { env: { HOME: folder, ...env }, cwd: folder };
  const found = readEndpoints(loadSettings({ ...from, configFile }), from);
  if (found === null) throw new Error('nothing is said of endpoints');
  const shown = (lines: readonly string[]) => lines.map((line) => line.replaceAll(configFile, 'FILE'));
  return { ...found, problems: shown(found.problems), warnings: shown(found.warnings) };
}

const endpoint = (rest: string) => `endpoints:\n  - {name: web, url: "tcp://127.0.0.1:9000", ${rest}}`;

describe('what is looked at', () => {
  test('is read as the documentation writes it', () => {
    const { document, problems, warnings } = read(`
endpoints:
  - {name: web, group: core, url: "tcp://127.0.0.1:9000", interval: 5s, conditions: ["[CONNECTED] == true", "[RESPONSE_TIME] < 500"],
     monitored_by: [p1, p2, p3], strategy: majority-down, alerts: [{failure_threshold: 1, success_threshold: 1}]}
probes:
  - {id: p1, name: "Frankfurt", token: "${TOKEN}1", region: eu, rate_per_second: 20, stale_after: 2m}
  - {id: p2, token: "${TOKEN}2"}
  - {id: p3, token: "${TOKEN}3"}
`);
    expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
    expect(document.endpoints).toMatchObject([
      {
        ...{ key: 'core_web', name: 'web', group: 'core', enabled: true, url: 'tcp://127.0.0.1:9000' },
        ...{ intervalMs: 5000, timeoutMs: 5000, retries: 0, strategy: 'majority-down', quorum: null },
        ...{ monitoredBy: ['p1', 'p2', 'p3'], regions: [], dependsOn: [], maintenance: [] },
        conditions: ['[CONNECTED] == true', '[RESPONSE_TIME] < 500'],
        alerts: [{ failureThreshold: 1, successThreshold: 1, quorum: null, severity: 'critical' }],
      },
    ]);
    expect(document.probes[0]).toMatchObject({ id: 'p1', name: 'Frankfurt', region: 'eu', staleAfterMs: 120_000 });
    expect(document.probes[0]?.token.reveal()).toBe(`${TOKEN}1`);
    expect(JSON.stringify(document)).not.toContain(TOKEN);
  });

  test("has Gatus's names, too", () => {
    const { document, problems } = read(`
endpoints:
  - name: Data Base
    group: core.eu
    url: tcp://127.0.0.1:9000
    client: {timeout: 3s}
    extra-labels: {the-team: db}
    monitored-by: [local]
    ui: {hide-url: true, dont-resolve-failed-conditions: true, resolve-successful-conditions: true, hide-port: true, badge: {response-time: {thresholds: [10, 20, 30, 40, 50]}}}
    alerts: [{type: slack, failure-threshold: 5, send-on-resolved: true, agent-quorum: 1}]
    maintenance-windows: [{start: "23:00", duration: 1h, timezone: Europe/Berlin, every: [Monday, saturday]}]
external-endpoints:
  - {name: backup, token: ${TOKEN}, heartbeat: {interval: 30m}}
agents:
  - {id: p1, token: ${TOKEN}1, rate-per-second: 2, stale-after: 1m}
`);
    expect(problems).toEqual([]);
    expect(document.endpoints).toMatchObject([
      {
        ...{ key: 'core-eu_data-base', timeoutMs: 3000, labels: { 'the-team': 'db' } },
        ui: {
          hideUrl: true,
          conditionsAsWritten: true,
          conditionsResolved: true,
          hidePort: true,
          badgeSteps: [10, 20, 30, 40, 50],
        },
        conditions: ['[CONNECTED] == true'],
        alerts: [{ failureThreshold: 5, successThreshold: 2, quorum: 1, sendOnResolved: true }],
        maintenance: [{ startMinute: 1380, durationMs: 3_600_000, zone: 'Europe/Berlin', weekdays: [1, 6] }],
      },
    ]);
    expect(document.pushEndpoints).toMatchObject([
      { key: '_backup', schedule: { kind: 'period', periodMs: 1_800_000 }, graceMs: 0, postOnly: false },
    ]);
    expect(document.probes).toMatchObject([{ id: 'p1', ratePerSecond: 2, staleAfterMs: 60_000 }]);
  });

  test('is looked at by the hub itself, and raises an alert, unless it says otherwise', () => {
    const { document } = read(endpoint('enabled: true'));
    expect(document.endpoints[0]).toMatchObject({
      ...{ monitoredBy: ['local'], strategy: 'any-down', intervalMs: 60_000, timeoutMs: 10_000 },
      alerts: [{ failureThreshold: 3, successThreshold: 2 }],
    });
    expect(read(endpoint('alerts: []')).document.endpoints[0]?.alerts).toEqual([]);
    expect(read(endpoint('regions: [eu]')).document.endpoints[0]).toMatchObject({ monitoredBy: [], regions: ['eu'] });
  });

  test('says of each alert whether it has reminders of its own, and whether its end is told', () => {
    const { document, problems, warnings } = read(`
endpoints:
  - {name: gate, url: "tcp://127.0.0.1:1", alerts: [{minimum_reminder_interval: 1h}, {quorum: 1, send_on_resolved: false}]}
  - {name: web, group: core, url: "tcp://127.0.0.1:2", depends_on: [_gate]}
push_endpoints:
  - {name: backup, token: ${TOKEN}, alerts: [{minimum-reminder-interval: 5m, send-on-resolved: false}]}
`);
    expect([problems, warnings]).toEqual([[], []]);
    expect(endpointTerms(document)).toEqual({
      'endpoint _gate': { repeatMs: 3_600_000, tellsEnd: true, place: 'alerts[0] of the endpoint gate' },
      'endpoint _gate#2': { repeatMs: null, tellsEnd: false, place: 'alerts[1] of the endpoint gate' },
      'endpoint _backup': { repeatMs: 300_000, tellsEnd: false, place: 'alerts[0] of the endpoint backup' },
    });
  });

  test('refuses a circle of dependencies, by its names', () => {
    const { problems } = read(`
endpoints:
  - {name: a, group: net, url: "tcp://127.0.0.1:1", depends_on: [b]}
  - {name: b, group: net, url: "tcp://127.0.0.1:2", depends_on: [net/c, d]}
  - {name: c, group: net, url: "tcp://127.0.0.1:3", depends_on: [a]}
  - {name: d, group: net, url: "tcp://127.0.0.1:4"}
`);
    expect(problems).toEqual([
      'FILE:3: endpoints[0].depends_on: goes in a circle: net/a → net/b → net/c → net/a; remove one of them',
    ]);
  });

  test('names others by key, by name, and by group and name', () => {
    const { document, problems } = read(`
endpoints:
  - {name: gate, group: net, url: "tcp://127.0.0.1:1"}
  - {name: web, group: net, url: "tcp://127.0.0.1:2", depends_on: [gate, net/gate, net_gate, _backup]}
push_endpoints:
  - {name: backup, token: ${TOKEN}, cron: "0 3 * * *", zone: Europe/Berlin, max_run: 2h, depends_on: [net/gate]}
`);
    expect(problems).toEqual([]);
    expect(document.endpoints[1]?.dependsOn).toEqual(['net_gate', 'net_gate', 'net_gate', '_backup']);
    expect(document.pushEndpoints[0]).toMatchObject({
      ...{ schedule: { kind: 'cron', cron: '0 3 * * *', zone: 'Europe/Berlin' }, maxRunMs: 7_200_000 },
      dependsOn: ['net_gate'],
    });
  });

  test('takes secrets from variables and files', () => {
    writeFileSync(join(folder, 'token'), `${TOKEN}-of-a-file\n`);
    const { document, problems } = read(
      'probes:\n  - {id: a, token: "env:PROBE_A"}\n  - {id: b, token: "file:token"}\n  - {id: c, token: "env:MONITOR_PROBE_C"}',
      { PROBE_A: `${TOKEN}-of-a-variable`, MONITOR_PROBE_C: `${TOKEN}-c` },
    );
    expect(problems).toEqual([]);
    expect(document.probes.map(({ token }) => token.reveal())).toEqual([
      ...[`${TOKEN}-of-a-variable`, `${TOKEN}-of-a-file`, `${TOKEN}-c`],
    ]);
  });
});

const probe = (rest: string) => `probes:\n  - {id: p1, token: ${TOKEN}}\n  - {${rest}}`;
const push = (rest: string) => `push_endpoints:\n  - {name: backup, token: ${TOKEN}, ${rest}}`;

describe('a fault is told with its line, the field, and the fix', () => {
  test.each([
    ['endpoints: 5', 'FILE:1: endpoints: must be a list'],
    ['endpoints: [5]', 'FILE:1: endpoints[0]: must hold settings in the form "name: value"'],
    [
      'endpoints:\n  - {url: "tcp://a:1"}',
      'FILE:2: endpoints[0].name: must be a name: one line of 1 to 200 characters',
    ],
    ['endpoints:\n  - {name: a}', 'FILE:2: endpoints[0].url: must be a URL'],
    [
      'endpoints:\n  - {name: a, url: "tpc://a:1"}',
      'FILE:2: endpoints[0].url: begins with tpc://, which cannot be looked at; did you mean tcp://?',
    ],
    [
      'endpoints:\n  - {name: a, url: "a:1"}',
      'FILE:2: endpoints[0].url: must begin with its scheme, such as https:// or tcp://',
    ],
    [
      'endpoints:\n  - {name: a, url: "tcp://a"}',
      'FILE:2: endpoints[0].url: must be tcp://HOST:PORT: the port is missing',
    ],
    [
      'endpoints:\n  - {name: a, url: "tcp://u:p@a:1"}',
      'FILE:2: endpoints[0].url: must be tcp://HOST:PORT, without a user',
    ],
    [
      'endpoints:\n  - {name: a, url: "tcp://a:1/x"}',
      'FILE:2: endpoints[0].url: must be tcp://HOST:PORT, without a path',
    ],
    [endpoint('intervall: 5s'), 'FILE:2: endpoints[0].intervall: unknown setting; did you mean interval?'],
    [endpoint('failure-treshold: 5'), 'FILE:2: endpoints[0].failure-treshold: unknown setting; there are name,'],
    [
      endpoint('interval: 5x'),
      'FILE:2: endpoints[0].interval: must be a time from 1s to 366d, such as 30s, 5m or 1h30m',
    ],
    [endpoint('interval: 0s'), 'FILE:2: endpoints[0].interval: must be a time from 1s to 366d'],
    [endpoint('client: {timeout: 20m}'), 'FILE:2: endpoints[0].timeout: must be a time from 100ms to 10m'],
    [endpoint('conditions: []'), 'FILE:2: endpoints[0].conditions: must hold a condition; leave it out'],
    [
      endpoint('conditions: [[a]]'),
      'FILE:2: endpoints[0].conditions[0]: must be a condition such as "[STATUS] == 200", in quotes',
    ],
    [
      endpoint('conditions: ["[CONNECTED]==true"]'),
      'FILE:2: endpoints[0].conditions[0]: "[CONNECTED]==true" is no condition: at character 12: write == with a blank on each side',
    ],
    [
      endpoint('strategy: most-down'),
      'FILE:2: endpoints[0].strategy: must be one of any-down, majority-down, all-down',
    ],
    [
      endpoint('quorum: 2'),
      'FILE:2: endpoints[0].quorum: wants 2 of 1: one probe looks at this endpoint; name more of them in monitored_by',
    ],
    [endpoint('monitored_by: [local, p1], quorum: 3'), 'FILE:2: endpoints[0].quorum: wants 3 of 2: only 2 probes look'],
    [endpoint('alerts: [{agent-quorum: 2}]'), 'FILE:2: endpoints[0].alerts[0].agent-quorum: wants 2 of 1'],
    [
      endpoint('quorum: 1, strategy: any-down'),
      'FILE:2: endpoints[0].quorum: stands beside strategy; remove one of them',
    ],
    [endpoint('monitored_by: [local, local]'), 'FILE:2: endpoints[0].monitored_by[1]: names local twice; remove one'],
    [
      endpoint('monitored_by: [local], regions: [eu]'),
      'FILE:2: endpoints[0].regions: stand beside monitored_by; remove one of them',
    ],
    [
      endpoint('monitored_by: [local], monitored-by: [local]'),
      'FILE:2: endpoints[0].monitored_by: is written twice, as monitored_by and as monitored-by; remove one',
    ],
    [
      endpoint('depends_on: [gaet]'),
      'FILE:2: endpoints[0].depends_on[0]: there is no endpoint "gaet"; write group/name',
    ],
    [
      endpoint('depends_on: [weg]'),
      'FILE:2: endpoints[0].depends_on[0]: there is no endpoint "weg"; did you mean web?',
    ],
    [
      endpoint('depends_on: [web]'),
      'FILE:2: endpoints[0].depends_on[0]: an endpoint cannot depend on itself; remove it',
    ],
    [
      endpoint('alerts: [{failure_threshold: 0}]'),
      'FILE:2: endpoints[0].alerts[0].failure_threshold: must be a whole number from 1 to 1000',
    ],
    [
      endpoint('alerts: [{failure_treshold: 1}]'),
      'FILE:2: endpoints[0].alerts[0].failure_treshold: unknown setting; did you mean failure_threshold?',
    ],
    [
      endpoint('maintenance_windows: [{start: "24:00", duration: 1h}]'),
      'FILE:2: endpoints[0].maintenance_windows[0].start: must be a time of day such as 23:00, in quotes',
    ],
    [
      endpoint('maintenance_windows: [{start: "23:00", duration: 1h, every: [Mittwoch]}]'),
      'FILE:2: endpoints[0].maintenance_windows[0].every[0]: "Mittwoch" cannot',
    ],
    [
      endpoint('maintenance_windows: [{start: "23:00", duration: 1h, zone: Mars/X}]'),
      'FILE:2: endpoints[0].maintenance_windows[0].zone: "Mars/X" is no time zone',
    ],
    [endpoint('method: GET'), 'FILE:2: endpoints[0].method: '],
    [
      'endpoints:\n  - {name: a b, url: "tcp://a:1"}\n  - {name: A-B, url: "tcp://a:1"}',
      'FILE:3: endpoints[1].name: is that of FILE:2: endpoints[0], too ("_a-b"); choose another',
    ],
    [
      probe('id: p1, token: another-token-of-16'),
      'FILE:3: probes[1].id: is that of FILE:2: probes[0], too ("p1"); choose another',
    ],
    [probe('id: local, token: another-token-of-16'), 'FILE:3: probes[1].id: local is the hub itself; choose another'],
    [probe('id: "a/b", token: another-token-of-16'), 'FILE:3: probes[1].id: must be 1 to 64 letters, digits'],
    [
      probe('id: p2, token: short'),
      'FILE:3: probes[1].token: must be a secret of at least 16 bytes without blanks; make one with: openssl rand -hex 32',
    ],
    [probe('id: p2, token: ""'), 'FILE:3: probes[1].token: must be a secret of at least 16 bytes'],
    [probe('id: p2'), 'FILE:3: probes[1].token: must be a secret'],
    [probe('id: p2, token: "env:NOWHERE"'), 'FILE:3: probes[1].token: the environment variable NOWHERE is not set'],
    [probe('id: p2, token: "file:nowhere"'), 'FILE:3: probes[1].token: cannot read '],
    [
      probe('id: p2, token: another-token-of-16, allow_from: [10.0.0.0/99]'),
      'FILE:3: probes[1].allow_from[0]: must be a network such as 10.0.0.0/8',
    ],
    [
      push('cron: "0 3 * * *", period: 1h'),
      'FILE:2: push_endpoints[0].cron: stands beside a period; remove one of them',
    ],
    [push('cron: "0 3 * *"'), 'FILE:2: push_endpoints[0].cron: "0 3 * *"'],
    [push('zone: UTC'), 'FILE:2: push_endpoints[0].zone: is the zone of cron, which is not set; remove it'],
    [
      push('heartbeat: {interval: 5s}'),
      'FILE:2: push_endpoints[0].heartbeat.interval: must be a time from 10s to 366d, or 0 for none',
    ],
  ])('%s', (yaml, told) => {
    const { problems } = read(yaml);
    expect(problems.map((problem) => problem.slice(0, told.length))).toContain(told);
    expect(problems.join('\n')).not.toMatch(/Invalid|Expected|received/);
  });

  test('an id of no probe is a warning, for probes are also added while the hub runs', () => {
    const yaml = `${endpoint('monitored_by: [p1, p3]')}\n${probe('id: p2, token: another-token-of-16')}`;
    expect(read(yaml)).toMatchObject({
      problems: [],
      warnings: ['FILE:2: endpoints[0].monitored_by: there is no probe "p3" in this file; did you mean p1?'],
    });
  });
});
