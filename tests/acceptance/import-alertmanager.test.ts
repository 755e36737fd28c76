import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type HubHome, makeHubHome } from '../support/hub.ts';
import { ROOT } from '../support/sources.ts';

let home: HubHome;
beforeAll(() => {
  home = makeHubHome({ MONITOR_CHECKERS: 'load' });
  for (const name of ['teams.yml', 'small.yml'])
    copyFileSync(join(ROOT, 'tests/fixtures/alertmanager', name), join(home.folder, name));
});
afterAll(() => home.remove());

test('what is printed can be tested as a configuration; the report stands apart, with lines and variables', async () => {
  const { code, stdout, stderr } = await home.run(['import', 'alertmanager', 'teams.yml']);
  expect(code).toBe(0);
  expect(stderr).toMatch(/teams\.yml:\d+: receivers\[3\]\.victorops_configs\[0\]: there is no channel/);
  expect(stderr).toContain('MONITOR_CHANNEL_TEAM_Y_WEBHOOK_URL  (url of receivers.4.webhook_configs.0)');
  expect(stdout + stderr).not.toContain('canary');
  writeFileSync(join(home.folder, 'imported.yaml'), stdout, { mode: 0o600 });
  const routed = await home.run([
    'routes',
    'test',
    'service=foo1',
    'severity=critical',
    '--config',
    'imported.yaml',
    '--json',
  ]);
  expect(JSON.parse(routed.stdout)).toMatchObject({
    routes: [
      { channels: ['team-X-pager-pagerduty', 'team-X-pager-opsgenie'], repeat_interval: { ms: 31_536_000_000 } },
    ],
  });
});

test('as one document', async () => {
  const { stdout } = await home.run(['import', 'alertmanager', 'small.yml', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    configuration: {
      incidents: { group_by: ['...'] },
      notify: { channels: { 'web.hook': { type: 'webhook' } }, catch_all: ['web.hook'] },
    },
    lost: [],
    variables: [{ name: 'MONITOR_CHANNEL_WEB_HOOK_URL' }],
  });
});

test.each([
  ['missing.yml', '', 'cannot be used'],
  [
    'wrong.yml',
    'route: {receiver: r}\nreceivers: [{name: s}]',
    'wrong.yml:1: route.receiver: there is no receiver "r"',
  ],
  ['broken.yml', 'route: [', 'is not valid YAML'],
])('%s is refused', async (name, text, expected) => {
  if (text !== '') writeFileSync(join(home.folder, name), text);
  const { code, stdout, stderr } = await home.run(['import', 'alertmanager', name]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(expected);
});
