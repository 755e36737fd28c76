import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describedApi } from '../../src/web/api/described.ts';
import { request } from '../support/cluster-push.ts';
import { type HubHome, makeHubHome } from '../support/hub.ts';
import { answerCheck, type Document } from '../support/openapi.ts';

const POLICY = `notify:
  zone: Europe/Berlin
  channels:
    pager: {type: pagerduty}
    ops: {type: slack, url: env:OPS_URL}
    db-team: {type: syslog}
  catch_all: ops
  routes:
    - matchers: severity="critical"
      channels: [pager, ops]
      escalation: nobody-answers
      continue: true
    - name: databases
      matchers: team=~"db|storage"
      channels: db-team
      repeat_interval: 12h
      active: office-hours
      routes:
        - {name: backups, matchers: job=backup, repeat_interval: 0s}
  intervals:
    office-hours: {times: 08:00-18:00, weekdays: monday:friday}
  escalations:
    nobody-answers:
      - {after: 15m, channels: db-team}
  inhibit:
    - {source: severity="critical", target: severity="warning", equal: [host]}
  windows:
    patch-night: {matchers: team="db", cron: 0 22 * * 6, duration: 6h}
`;

let home: HubHome;
beforeAll(() => {
  home = makeHubHome({ MONITOR_CHECKERS: 'load' });
  writeFileSync(join(home.folder, 'monitor.yaml'), POLICY, { mode: 0o600 });
});
afterAll(() => home.remove());

const routes = (...words: string[]) => home.run(['routes', ...words]);
const lines = (text: string) => text.replaceAll(`${home.folder}/`, '').trimEnd().split('\n');

describe('monitor routes test', () => {
  test('shows where labels go, at a time, and the lines that say so; no secret is needed for it', async () => {
    const { code, stdout } = await routes(
      'test',
      'severity=warning',
      'team=db',
      'job=backup',
      '--at',
      '2026-06-06T23:00',
    );
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      expect.stringContaining('at Sat 2026-06-06 23:00 Europe/Berlin (2026-06-06 21:00 UTC)'),
      '',
      'notify.routes[1].routes[0] "backups" (monitor.yaml:19)',
      expect.stringMatching(/^ {2}channels +db-team +notify\.routes\[1\]\.channels \(monitor\.yaml:15\)$/),
      expect.stringMatching(/^ {2}group_wait +10 s +the default for warning$/),
      expect.stringMatching(/^ {2}group_interval +5 min +the default$/),
      expect.stringMatching(
        /^ {2}repeat_interval +none +notify\.routes\[1\]\.routes\[0\]\.repeat_interval \(monitor\.yaml:19\)$/,
      ),
      '  held back until Sun 2026-06-07 04:00 Europe/Berlin (2026-06-07 02:00 UTC): window notify.windows.patch-night (monitor.yaml:28)',
      '',
      'Held back while other alerts fire, by',
      '  notify.inhibit[0] (monitor.yaml:26)',
    ]);
  });

  test('as one JSON document', async () => {
    const { stdout } = await routes(
      'test',
      'severity=critical',
      'team=storage',
      '--at',
      '2026-06-03T10:00:00Z',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      labels: { severity: 'critical', team: 'storage' },
      at: '2026-06-03T10:00:00.000Z',
      routes: [
        {
          channels: ['pager', 'ops'],
          group_wait: { ms: 0 },
          escalation: { name: 'nobody-answers', steps: [{ after_ms: 900_000 }] },
          held_back: null,
        },
        { channels: ['db-team'], repeat_interval: { ms: 43_200_000 } },
      ],
      holds_back_by: [expect.stringContaining('notify.inhibit[0]')],
    });
  });

  test('of an alert that the hub has', async () => {
    const hub = await home.serve({
      MONITOR_CHANNEL_PAGER_ROUTING_KEY: 'a'.repeat(32),
      OPS_URL: 'https://hooks.slack.com/services/a/b/c',
    });
    const alert = { name: 'lag', status: 'firing', severity: 'warning', labels: { team: 'db' }, fingerprint: 'lag' };
    await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) });
    const list = await request(`${hub.url}/api/v1/alerts`, { method: 'GET' });
    const [{ id = '' } = {}] = (JSON.parse(list.text) as { items: { id: string }[] }).items;
    const { stdout, code } = await home.run(['routes', 'test', '--alert', id, '--json'], { MONITOR_URL: hub.url });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      labels: { alertname: 'lag', source: 'generic', team: 'db' },
      routes: [{ channels: ['db-team'] }],
    });
    await hub.stop();
  });

  test.each([
    [['severity'], 'is not a label: write it as severity=critical'],
    [['team=~db'], 'is not a label'],
    [['a=b', '--at', 'yesterday'], 'is not a time'],
    [['a=b', '--at', '2026-13-01'], 'is not a time'],
    [[], 'give labels'],
    [['a=b', '--cases', 'x.yaml'], 'give labels'],
    [['--cases', 'missing.yaml'], 'cannot be used'],
    [['--cases', 'monitor.yaml'], 'cases: must be a list of cases'],
  ])('%j is refused', async (words, expected) => {
    const { code, stderr } = await routes('test', ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
  });
});

describe('monitor routes test --cases', () => {
  const write = (cases: string) => writeFileSync(join(home.folder, 'routes.test.yaml'), `cases:\n${cases}`);
  const RIGHT = `
  - name: databases at night
    labels: {severity: warning, team: db, port: 5432}
    at: 2026-06-03T23:00
    expect: {channels: db-team, routes: databases, repeat_interval: 12h, held_back_by: office-hours}
  - name: critical ones
    labels: {severity: critical, team: db}
    at: 2026-06-03T12:00
    expect:
      channels: [ops, pager, db-team]
      routes: ['notify.routes[0]', databases]
      group_wait: 0s
      group_interval: 5m
      escalation: nobody-answers
      held_back_by: false
`;

  test('says that all go as expected', async () => {
    write(RIGHT);
    const { code, stdout } = await routes('test', '--cases', 'routes.test.yaml');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2 of 2 cases go as expected\n' });
  });

  test('says what goes another way, with the lines of both files, and exits 1', async () => {
    write(
      RIGHT.replace('channels: db-team', 'channels: ops')
        .replace('held_back_by: office-hours', 'held_back_by: false')
        .replace('escalation: nobody-answers', 'escalation: false')
        .replace('routes: databases', 'routes: backups'),
    );
    const { code, stdout } = await routes('test', '--cases', 'routes.test.yaml');
    expect(code).toBe(1);
    expect(lines(stdout)).toEqual([
      'databases at night (routes.test.yaml:3)',
      '  channels: expected ops, got db-team; notify.routes[1].channels (monitor.yaml:15)',
      '  routes: expected backups, got notify.routes[1] "databases" (monitor.yaml:13)',
      '  held_back_by: expected none, got office-hours; notify.routes[1] "databases" (monitor.yaml:13)',
      'critical ones (routes.test.yaml:7)',
      expect.stringMatching(/^ {2}escalation: expected none, got nobody-answers; /),
      '0 of 2 cases go as expected',
    ]);
    const json = JSON.parse((await routes('test', '--cases', 'routes.test.yaml', '--json')).stdout);
    expect(json).toMatchObject({ cases: 2, failed: 2, results: [{ name: 'databases at night' }, {}] });
  });
});

test('monitor routes show prints the tree in the order in which it is asked, and the next windows', async () => {
  const { code, stdout } = await routes('show');
  expect(code).toBe(0);
  const printed = lines(stdout);
  expect(printed.slice(0, 9)).toEqual([
    'severity="critical"  → pager, ops; escalation nobody-answers; continue  [notify.routes[0] (monitor.yaml:9)]',
    'team=~"db|storage"  → db-team; repeat_interval 12 h; active office-hours  [notify.routes[1] "databases" (monitor.yaml:13)]',
    '  job="backup"  repeat_interval none  [notify.routes[1].routes[0] "backups" (monitor.yaml:19)]',
    'everything else  → ops; group_interval 5 min; repeat_interval 4 h  [notify.catch_all (monitor.yaml:7)]',
    '',
    'interval office-hours  [notify.intervals.office-hours (monitor.yaml:21)]',
    expect.stringMatching(
      /^ {2}in Europe\/Berlin: (holds|does not hold) now, until \w{3} \d{4}-.* Europe\/Berlin \(.* UTC\)$/,
    ),
    '',
    'window patch-night  [notify.windows.patch-night (monitor.yaml:28)]',
  ]);
  expect(printed[9]).toMatch(/^ {2}Sat \d{4}-\d\d-\d\d 22:00 Europe\/Berlin \(.* UTC\) to Sun .* 04:00 Europe\/Berlin/);
});

test('the API shows the tree of the hub as the command does, and another one once it is read again', async () => {
  const hub = await home.serve({
    MONITOR_CHANNEL_PAGER_ROUTING_KEY: 'a'.repeat(32),
    OPS_URL: 'https://hooks.slack.com/services/a/b/c',
  });
  const shown = async () => JSON.parse((await request(`${hub.url}/api/v1/routes`, { method: 'GET' })).text);
  const json = await shown();
  expect(json).toEqual(JSON.parse((await routes('show', '--json')).stdout));
  const fault = answerCheck(describedApi() as unknown as Document)(
    '/api/v1/routes',
    'GET',
    200,
    'application/json',
    json,
  );
  expect(fault).toBeNull();
  expect(json).toMatchObject({
    items: [
      {
        depth: 0,
        conditions: ['severity="critical"'],
        channels: ['pager', 'ops'],
        escalation: 'nobody-answers',
        continue: true,
      },
      { depth: 0, name: 'databases', channels: ['db-team'], repeat_interval_ms: 43_200_000, active: ['office-hours'] },
      { depth: 1, name: 'backups', channels: null, repeat_interval_ms: 0, escalation: null },
      { depth: 0, name: 'catch-all', conditions: [], channels: ['ops'], group_interval_ms: 300_000 },
    ],
    next_cursor: null,
    windows: [{ name: 'patch-night', zone: 'Europe/Berlin', next: [{}, {}, {}] }],
    intervals: [{ name: 'office-hours', holds: expect.any(Boolean), until: expect.stringMatching(/Z$/) }],
    warnings: [],
  });
  writeFileSync(join(home.folder, 'monitor.yaml'), POLICY.replace('catch_all: ops', 'catch_all: db-team'));
  const headers = { 'content-type': 'application/json' };
  expect((await request(`${hub.url}/api/v1/config/reload`, { body: '{}', headers })).status).toBe(200);
  expect((await shown()).items.at(-1)).toMatchObject({ channels: ['db-team'] });
  writeFileSync(join(home.folder, 'monitor.yaml'), POLICY);
  await hub.stop();
});

test('what is wrong with options is told where there are no secrets, too', async () => {
  const path = join(home.folder, 'faults.yaml');
  const policy = 'notify:\n  channels:\n    a: {type: slack, reminders: 3}\n    b: {type: webhook, methd: PUT}\n';
  writeFileSync(path, policy, { mode: 0o600 });
  const { code, stderr } = await routes('show', '--config', path);
  expect(code).toBe(2);
  expect(lines(stderr).slice(1)).toEqual([
    '  faults.yaml:3: notify.channels.a.reminders: must be true or false',
    '  faults.yaml:4: notify.channels.b.methd: unknown setting; did you mean method?',
  ]);
});
