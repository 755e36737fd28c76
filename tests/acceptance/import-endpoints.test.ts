import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { loadDriver } from '../../src/stores/sqlite/driver.ts';
import { type HubHome, makeHubHome } from '../support/hub.ts';
import { ROOT } from '../support/sources.ts';

let home: HubHome;
beforeAll(() => {
  home = makeHubHome({ MONITOR_CHECKERS: '' });
});
afterAll(() => home.remove());

const FILES = ['gatus.yaml', 'kuma-backup.json', 'uptop.yaml', 'uptop-backup.json'];
const fixture = (name: string) => copyFileSync(join(ROOT, 'tests/fixtures/imports', name), join(home.folder, name));

describe('what monitor import prints', () => {
  test.each<[string, string, string]>([
    ['gatus', 'gatus.yaml', 'core'],
    ['uptime-kuma', 'kuma-backup.json', 'Shop / Payments'],
    ['uptop', 'uptop.yaml', 'Production'],
    ['uptop', 'uptop-backup.json', 'Production'],
  ])('of %s %s is taken by monitor config check', async (program, file, group) => {
    for (const name of FILES) fixture(name);
    const { code, stdout, stderr } = await home.run(['import', program, file]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('Not kept:')]);
    expect(parse(stdout).endpoints.map((one: { group?: string }) => one.group)).toContain(group);
    writeFileSync(join(home.folder, 'monitor.yaml'), stdout, { mode: 0o600 });
    const { variables } = JSON.parse((await home.run(['import', program, file, '--json'])).stdout);
    const env = Object.fromEntries(variables.map(({ name }: { name: string }) => [name, valueFor(name)]));
    const checked = await home.run(['config', 'check'], { ...env, MONITOR_STATE_DIR: home.folder });
    const beyondEffect = checked.stderr
      .split('\n')
      .filter((line) => !/(has no effect|cannot be called) yet/.test(line));
    expect([checked.code, beyondEffect.join('\n')]).toEqual([0, expect.not.stringContaining('monitor.yaml:')]);
  });
});

function valueFor(name: string): string {
  if (name.endsWith('TELEGRAM_TOKEN')) return '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11';
  if (name.endsWith('_ROUTING_KEY')) return 'a'.repeat(32);
  return /URL$/.test(name) ? 'https://hooks.slack.com/services/a/b/c' : '0123456789abcdef0123456789abcdef';
}

test('a database of Uptime Kuma is read as its backup is, and not changed', async () => {
  const Database = loadDriver();
  const file = join(home.folder, 'kuma.db');
  const db = new Database(file);
  db.exec(`
    CREATE TABLE monitor (id INTEGER PRIMARY KEY, name, active, interval, url, type, hostname, port, maxretries, ignore_tls,
      accepted_statuscodes_json, retry_interval, push_token, parent, dns_resolve_type);
    CREATE TABLE notification (id INTEGER PRIMARY KEY, name, active, config);
    CREATE TABLE monitor_notification (monitor_id, notification_id);
    CREATE TABLE tag (id INTEGER PRIMARY KEY, name);
    CREATE TABLE monitor_tag (monitor_id, tag_id, value);
    INSERT INTO monitor VALUES
      (1, 'Shop', 1, 60, NULL, 'group', NULL, NULL, 0, 0, '["200-299"]', 0, NULL, NULL, NULL),
      (2, 'Till', 1, 60, 'https://shop.example.com/', 'http', NULL, NULL, 1, 1, '["200-299"]', 0, NULL, 1, NULL);
    INSERT INTO notification VALUES (5, 'Chat', 1, '{"type":"gotify","gotifyserverurl":"https://gotify.example.com","gotifyapplicationToken":"x"}');
    INSERT INTO monitor_notification VALUES (2, 5);
    INSERT INTO tag VALUES (3, 'team');
    INSERT INTO monitor_tag VALUES (2, 3, 'shop')`);
  db.close();
  const { code, stdout, stderr } = await home.run(['import', 'uptime-kuma', 'kuma.db', '--json']);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual({
    lost: [],
    variables: [{ name: 'MONITOR_CHANNEL_CHAT_TOKEN', meaning: 'gotifyapplicationToken of notificationList[0]' }],
    configuration: {
      endpoints: [
        {
          ...{
            name: 'Till',
            group: 'Shop',
            url: 'https://shop.example.com/',
            interval: '60s',
            labels: { team: 'shop' },
          },
          alerts: [{ failure_threshold: 2, success_threshold: 1 }],
          client: { insecure: true },
          conditions: ['[STATUS] >= 200', '[STATUS] <= 299'],
        },
      ],
      notify: {
        channels: { Chat: { type: 'gotify', base_url: 'https://gotify.example.com' } },
        catch_all: false,
        routes: [{ matchers: ['source="endpoint"', 'key="shop_till"'], channels: 'Chat', continue: true }],
      },
    },
  });
});

test.each<[string, string, string, string]>([
  ['uptime-kuma', 'x.json', '{', 'x.json: is neither JSON nor a database of SQLite'],
  [
    'uptime-kuma',
    'y.json',
    '{"a": 1}',
    'y.json: holds no monitorList: it is neither a backup of Uptime Kuma nor its database, kuma.db',
  ],
  ['uptime-kuma', 'none', '', 'cannot be read: ENOENT'],
  ['uptime-kuma', 'broken.db', `SQLite format 3\0${'x'.repeat(4000)}`, 'cannot read broken.db: '],
  ['gatus', 'g.yaml', 'a: 1', 'this is no configuration of Gatus'],
  ['uptop', 'u.yaml', 'monitors: []', 'there are none'],
])('monitor import %s %s says what is wrong with it', async (program, name, text, expected) => {
  mkdirSync(home.folder, { recursive: true });
  if (text !== '') writeFileSync(join(home.folder, name), text);
  const { code, stdout, stderr } = await home.run(['import', program, name]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(expected);
});
