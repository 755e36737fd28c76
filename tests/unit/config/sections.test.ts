import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadExplained } from '../../../src/config/load.ts';
import { rows, yamlPath } from '../../../src/config/rows.ts';
import { diffSections, type SectionChange } from '../../../src/config/sections.ts';

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'monitor-sections-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** What would change between two files, with the environment of each. */
function diff(before: string, after: string, env: readonly [object, object] = [{}, {}]): readonly SectionChange[] {
  const load = (text: string, own: object) => {
    writeFileSync(join(cwd, 'monitor.yaml'), text, { mode: 0o600 });
    return loadExplained({ env: { HOME: '/home/someone', ...own }, cwd });
  };
  return diffSections(load(before, env[0]), load(after, env[1]));
}

const changed = (section: string, name: string, fields: readonly unknown[] = []) => ({
  ...{ section, name, change: 'changed', fields },
});

const WEB =
  'endpoints:\n  - {name: web, group: core, url: "https://a.example", interval: 60s, conditions: ["[STATUS] == 200"]}\n';
const DB = '  - {name: db, url: "tcp://b.example:5432", conditions: ["[CONNECTED] == true"]}\n';

describe('what differs beside settings', () => {
  test.each<[string, string, string, readonly unknown[]]>([
    ['nothing', WEB, WEB, []],
    ['another order', WEB + DB, `endpoints:\n${DB}${WEB.slice('endpoints:\n'.length)}`, []],
    [
      'an endpoint is new, one is gone',
      WEB,
      `endpoints:\n${DB}`,
      [
        { section: 'endpoints', name: 'db', change: 'added', fields: [] },
        { section: 'endpoints', name: 'core/web', change: 'removed', fields: [] },
      ],
    ],
    [
      'an interval, with its values; a URL and conditions without',
      WEB,
      WEB.replace('60s', '30s').replace('a.example', 'b.example').replace('200', '204'),
      [
        changed('endpoints', 'core/web', [
          { path: 'url' },
          { path: 'interval', from: '60s', to: '30s' },
          { path: 'conditions' },
        ]),
      ],
    ],
    [
      'a number under a key that may hold a secret, without its values',
      WEB.replace('}', ', headers: {X-Pin: 1234}, client: {timeout: 5s}}'),
      WEB.replace('}', ', headers: {X-Pin: 4321}, client: {timeout: 9s, insecure: true}}'),
      [
        changed('endpoints', 'core/web', [
          { path: 'headers.X-Pin' },
          { path: 'client.timeout', from: '5s', to: '9s' },
          { path: 'client.insecure', from: null, to: true },
        ]),
      ],
    ],
    ['a section by another of its names', 'probes: [{id: a, token: x}]', 'agents: [{id: a, token: x}]', []],
    [
      'two that have one name',
      `${WEB}${WEB.slice(11)}`,
      WEB,
      [{ section: 'endpoints', name: 'core/web (#2)', change: 'removed', fields: [] }],
    ],
    [
      'what is in the wrong form',
      'endpoints: 3',
      'endpoints: {a: 1}',
      [
        { section: 'endpoints', name: 'a', change: 'added', fields: [] },
        { section: 'endpoints', name: '', change: 'removed', fields: [] },
      ],
    ],
    [
      'a value alone',
      'notify: {zone: UTC, fallback: a}',
      'notify: {zone: Asia/Tokyo, give_up_after: 1h}',
      [
        changed('notify.zone', '', [{ path: '', from: 'UTC', to: 'Asia/Tokyo' }]),
        changed('notify.give_up_after', '', [{ path: '', from: null, to: '1h' }]),
        changed('notify.fallback', '', [{ path: '' }]),
      ],
    ],
    [
      'routes, which are compared as a tree',
      'notify: {routes: [{channel: a}]}',
      'notify: {routes: [{channel: b}]}',
      [],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(diff(before, after)).toEqual(expected);
  });

  test('a secret that is another one now, and not what it is', () => {
    const secret = (text: string) => ({ WEBHOOK_SECRET_GENERIC: `${text}-0123456789abcdef` });
    const found = diff('', '', [secret('canary-one'), secret('canary-two')]);
    expect(found).toEqual([changed('webhook_secrets.generic_file', '')]);
    expect(diff('', '', [secret('canary-one'), secret('canary-one')])).toEqual([]);
    expect(JSON.stringify(found)).not.toContain('canary');
  });
});

// One change to each key of monitor.yaml that is no setting of the table.
const SAMPLES: Readonly<Record<string, readonly [string, string]>> = {
  checkers: ['checkers: {cpu: {warning: 80}}', 'checkers: {cpu: {warning: 90}}'],
  drivers: ['', 'drivers: {zabbix: {x: 1}}'],
  sources: ['sources: {mine: {fields: {name: a}}}', 'sources: {mine: {fields: {name: b}}}'],
  endpoints: [WEB, WEB + DB],
  push_endpoints: ['push_endpoints: [{name: a, token: x}]', 'push_endpoints: [{name: a, token: "y"}]'],
  probes: ['probes: [{id: a, token: x, region: eu}]', 'probes: [{id: a, token: x, region: us}]'],
  announcements: ['announcements: [{message: one}]', 'announcements: [{message: two}]'],
  rules: ['rules: [{name: a, kind: threshold}]', 'rules: [{name: a, kind: missing}]'],
  peer_keys: ['peer_keys: [{key: a, secret: x}]', 'peer_keys: [{key: a, secret: "y"}]'],
  peers: ['peers: [{name: a, url: x}]', 'peers: [{name: a, url: "y"}]'],
  'notify.channels': ['notify: {channels: {ops: {type: log}}}', 'notify: {channels: {ops: {type: slack}}}'],
  'notify.defaults': ['notify: {defaults: {repeat: 1h}}', 'notify: {defaults: {repeat: 2h}}'],
  'notify.catch_all': ['notify: {catch_all: a}', 'notify: {catch_all: b}'],
  'notify.intervals': ['notify: {intervals: {night: [{times: a}]}}', 'notify: {intervals: {night: [{times: b}]}}'],
  'notify.escalations': ['notify: {escalations: {a: [{after: 1m}]}}', 'notify: {escalations: {a: [{after: 2m}]}}'],
  'notify.inhibit': ['notify: {inhibit: [{name: a}]}', 'notify: {inhibit: [{name: a, x: 1}]}'],
  'notify.depends_on': ['notify: {depends_on: [{name: a, x: 1}]}', 'notify: {depends_on: [{name: a, x: 2}]}'],
  'notify.windows': ['notify: {windows: [{name: a, zone: UTC}]}', 'notify: {windows: [{name: a, zone: Asia/Tokyo}]}'],
  'notify.flood': ['notify: {flood: {burst: 1}}', 'notify: {flood: {burst: 2}}'],
  'notify.flapping': ['notify: {flapping: {changes: 1}}', 'notify: {flapping: {changes: 2}}'],
  'notify.give_up_after': ['notify: {give_up_after: 1h}', 'notify: {give_up_after: 2h}'],
  'notify.fallback': ['notify: {fallback: a}', 'notify: {fallback: b}'],
  'notify.zone': ['notify: {zone: UTC}', 'notify: {zone: Asia/Tokyo}'],
};

describe('each key of the schema of monitor.yaml', () => {
  type Schema = { readonly properties?: Readonly<Record<string, Schema>> };
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../../monitor.schema.json'), 'utf8')) as Schema;
  const settings = rows().map(({ setting }) => yamlPath(setting));
  const isSetting = (path: string) => settings.some((one) => one === path || one?.startsWith(`${path}.`));
  const { notify, ...top } = schema.properties ?? {};
  const keys = [...Object.keys(top), ...Object.keys(notify?.properties ?? {}).map((key) => `notify.${key}`)];
  const others = keys.filter((key) => !isSetting(key) && key !== 'notify.routes');

  test('is a setting of the table, or has a sample here', () => {
    expect(others.toSorted()).toEqual(Object.keys(SAMPLES).toSorted());
  });
  test.each(Object.entries(SAMPLES))('%s: a change of it is seen', (key, [before, after]) => {
    expect(diff(before, after).map(({ section }) => section)).toEqual([key]);
    expect(diff(after, after)).toEqual([]);
  });
});
