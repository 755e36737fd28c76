import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { items, push, wire } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

// 0 fine, 1 failed, 2 usage or configuration; `monitor check` speaks as a plugin: 0 ok, 1 warning, 2 critical, 3 unknown.
let home: HubHome;
let hub: Hub;
let ids: { alert: string; incident: string; key: string };

beforeAll(async () => {
  home = makeHubHome({ MONITOR_CHECKERS: 'plugin:ok' });
  const probe = (code: number) => ({
    command: ['/bin/sh', '-c', `echo ${code}; exit ${code}`],
    title: `Probe ${code}`,
  });
  const plugins = { ok: probe(0), warning: probe(1), critical: probe(2), unknown: probe(3) };
  writeFileSync(join(home.folder, 'monitor.yaml'), `checkers: ${JSON.stringify({ plugin: { plugins } })}\n`);
  hub = await home.serve();
  await push(hub.url, 'web-1', [wire('cpu')]);
  const [alert] = await items(hub.url, 'alerts');
  const { stdout } = await home.run(['keys', 'create', 'web-1', '--json']);
  const { id } = JSON.parse(stdout) as { id: string };
  ids = { alert: String(alert?.id), incident: String(alert?.incident_id), key: id };
});
afterAll(() => home.remove());

const UP = 'the hub is up';
const DOWN = { MONITOR_URL: 'http://127.0.0.1:9', HUB_URL: 'http://127.0.0.1:9' };
const BAD = { MONITOR_PORT: 'x' };
const NONE = '019c0b7e-4a3f-7c21-9d0e-2f6f5b1a7c44';

type Row = readonly [number, string, Record<string, string> | typeof UP, RegExp?];
const ROWS: readonly Row[] = [
  [0, 'check plugin:ok', {}],
  [1, 'check plugin:ok plugin:warning', {}],
  [2, 'check plugin:ok plugin:warning plugin:critical plugin:unknown', {}],
  [3, 'check plugin:unknown', {}],
  [3, 'check nosuch', {}, /nosuch/],
  [3, 'check --nosuch', {}, /--nosuch/],
  [3, 'check plugin:ok', BAD, /MONITOR_PORT/],
  [0, 'check --list', {}],
  [0, 'push-to-hub --checkers plugin:critical', UP],
  [0, 'push-to-hub --checkers plugin:critical --dry-run', {}, /HUB_URL is not set/],
  [1, 'push-to-hub --checkers plugin:ok', DOWN, /push failed/],
  [2, 'push-to-hub --checkers plugin:ok', {}, /HUB_URL/],
  [2, 'push-to-hub --checkers nosuch', UP, /nosuch/],
  [2, 'push-to-hub', { HUB_URL: 'ftp://hub' }, /HUB_URL/],
  [2, 'push-to-hub', { ...DOWN, ...BAD }, /MONITOR_PORT/],
  [2, 'push-to-hub now', UP, /too many arguments/],
  [0, 'alerts', UP],
  [0, 'alerts --status firing --severity warning --instance web-1 --limit 5', UP],
  [0, 'alerts list --status unknown', UP],
  [0, 'alerts show ALERT', UP],
  [1, `alerts show ${NONE}`, UP, /there is no alert with this id/],
  [1, 'alerts', DOWN, /cannot be reached: .*start one with `monitor serve`, or set MONITOR_URL/],
  [2, 'alerts --cursor !', UP, /cursor/],
  [2, 'alerts --status open', UP, /--status must be one of firing, resolved, unknown, not "open"/],
  [2, 'alerts --severity bad', UP, /--severity must be one of critical, warning, info/],
  [2, 'alerts --limit 0', UP, /--limit must be a whole number from 1 to 500/],
  [2, 'alerts --limit 501', UP, /--limit/],
  [2, 'alerts --nosuch', UP, /--nosuch/],
  [2, 'alerts show', UP, /missing required argument 'id'/],
  [2, 'alerts', BAD, /MONITOR_PORT/],
  [2, 'alerts', { MONITOR_URL: 'not an address' }, /MONITOR_URL/],
  [0, 'incidents', UP],
  [0, 'incidents --status open', UP],
  [0, 'incidents show INCIDENT', UP],
  [1, `incidents show ${NONE}`, UP, /there is no incident with this id/],
  [1, 'incidents', DOWN, /cannot be reached/],
  [2, 'incidents --status firing', UP, /--status must be one of open, acknowledged, resolved, closed/],
  [0, 'instances', UP],
  [1, 'instances', DOWN, /cannot be reached/],
  [2, 'instances --limit 0', UP, /--limit must be a whole number from 1 to 500/],
  [0, 'drivers template prometheus', {}],
  [2, 'drivers template nosuch', {}, /there is no template for "nosuch"; there are datadog, newrelic/],
  [0, 'keys list', {}],
  [0, 'keys', {}],
  [0, 'drivers', {}],
  [2, 'alerts firing', {}, /there is no command "monitor alerts firing"; there are list, show/],
  [0, 'keys rotate KEY --overlap 5m', {}],
  [0, 'keys revoke KEY', {}],
  [1, 'keys revoke k0', {}, /there is no active key k0/],
  [1, 'keys rotate k0', {}, /there is no active key k0/],
  [1, 'keys list', { MONITOR_STATE_DIR: '/dev/null/x' }, /there is no store/],
  [2, 'keys rotate KEY --overlap soon', {}, /--overlap/],
  [2, 'keys create', {}, /missing required argument 'instance'/],
  [2, 'keys list', BAD, /MONITOR_PORT/],
  [2, 'keys nosuch', {}, /nosuch/],
  [1, 'serve', { MONITOR_STATE_DIR: '/dev/null/x' }, /cannot open the store/],
  [2, 'serve', BAD, /MONITOR_PORT/],
  [2, 'serve --port 65536', {}, /--port/],
  [2, 'serve --nosuch', {}, /--nosuch/],
  [2, 'serve', { WEBHOOK_SECRET_CLUSTER: 'short' }, /WEBHOOK_SECRET_CLUSTER: must be a secret of at least 16 bytes/],
  [2, 'serve --host 0.0.0.0', { WEBHOOK_SECRET_CLUSTER: '' }, /WEBHOOK_SECRET_CLUSTER: must be set/],
  [2, 'serve', { DATABASE_URL: 'mysql://u:canary@db/x' }, /DATABASE_URL/],
  [2, 'serve --config nosuch.yaml', {}, /nosuch\.yaml/],
  [1, 'start', { MONITOR_STATE_DIR: '/dev/null/x' }, /cannot open the store/],
  [2, 'start', BAD, /MONITOR_PORT/],
  [2, 'nosuch', {}, /there is no command "nosuch"/],
];

/** Arguments and environment of a row. */
function callOf([, line, env]: Row): [string[], Record<string, string>] {
  const words = line.replace('ALERT', ids.alert).replace('INCIDENT', ids.incident).replace('KEY', ids.key).split(' ');
  const up = { HUB_URL: hub.url, MONITOR_URL: hub.url };
  const isAgent = words[0] === 'push-to-hub';
  const state: Record<string, string> = isAgent ? { MONITOR_STATE_DIR: join(home.folder, 'agent') } : {};
  return [words, { ...state, ...(env === UP ? up : env) }];
}

describe.each(ROWS)('%d: monitor %s %j', (...row) => {
  const [code, line, , message] = row;

  test('in text', async () => {
    const [args, env] = callOf(row);
    const ended = await home.run(args, env);
    expect([ended.code, ended.stderr]).toEqual([
      code,
      message === undefined ? ended.stderr : expect.stringMatching(message),
    ]);
    expect(ended.stderr).not.toMatch(/ {4}at |canary/);
    if (code !== 0 && !line.startsWith('check')) expect(ended.stdout).toBe('');
  });
});

test('with --json every one of them prints one JSON document on one line, errors too', async () => {
  const rows = ROWS.filter(([, line]) => !/^(serve|start|keys (rotate|revoke) KEY)/.test(line));
  const four = [0, 1, 2, 3].map((part) => rows.filter((_, index) => index % 4 === part));
  await Promise.all(
    four.map(async (part) => {
      for (const row of part) {
        const [args, env] = callOf(row);
        const { code, stdout, stderr } = await home.run([...args, '--json'], env);
        expect([args, code]).toEqual([args, row[0]]);
        expect([args, stdout.split('\n').length, stderr.startsWith('monitor:')]).toEqual([args, 2, false]);
        expect(typeof JSON.parse(stdout)).toBe('object');
      }
    }),
  );
});
