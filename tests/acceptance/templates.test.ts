import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { type HubHome, makeHubHome } from '../support/hub.ts';

const CANARY = 'canary-51f0';
let home: HubHome;
beforeAll(() => {
  home = makeHubHome({
    MONITOR_CHECKERS: 'load',
    MONITOR_CHANNEL_OPS_URL: `https://hooks.slack.com/services/${CANARY}`,
  });
  const policy = `notify:
  channels:
    ops: {type: slack, title: '{{ status | upcase }}: {{ alerts[0].labels.host }}'}
    bad:
      type: syslog
      text: '{{ x | nofilter }}'
  routes:
    - {name: db team, matchers: team="db", channels: ops, templates: {title: 'DB {{ status }}'}}
`;
  writeFileSync(join(home.folder, 'monitor.yaml'), policy, { mode: 0o600 });
});
afterAll(() => home.remove());

test('an example is printed as it would be sent', async () => {
  const { code, stdout } = await home.run(['templates', 'preview', 'ops']);
  expect(code).toBe(0);
  expect(stdout).toContain('POST https://hooks.slack.com/[secret]');
  expect(stdout).toContain('"text": "*FIRING: db1*"');
  expect(stdout).not.toContain(CANARY);
  const over = await home.run(['templates', 'preview', 'ops', '--phase', 'resolved', '--json']);
  expect(JSON.parse(JSON.parse(over.stdout).sent[0].body).text).toBe('*RESOLVED: db1*');
});

test('with the templates of a route', async () => {
  for (const route of ['db team', 'routes[0]', 'notify.routes[0]']) {
    const { stdout } = await home.run(['templates', 'preview', 'ops', '--route', route]);
    expect(stdout).toContain('"text": "*DB firing*"');
  }
});

test('so is an alert of the hub', async () => {
  const policy = { MONITOR_CONFIG: join(home.folder, 'empty.yaml'), MONITOR_CHANNEL_OPS_URL: '' };
  writeFileSync(policy.MONITOR_CONFIG, '', { mode: 0o600 });
  const hub = await home.serve(policy);
  const alert = { name: 'lag', status: 'firing', severity: 'critical', labels: { host: 'db7' }, fingerprint: 'lag' };
  await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) });
  const list = await request(`${hub.url}/api/v1/alerts`, { method: 'GET' });
  const [{ id = '' } = {}] = (JSON.parse(list.text) as { items: { id: string }[] }).items;
  const { stdout } = await home.run(['templates', 'preview', 'ops', '--alert', id], { MONITOR_URL: hub.url });
  expect(stdout).toContain('"text": "*FIRING: db7*"');
  await hub.stop();
});

test.each([
  [['bad'], /monitor\.yaml:6: notify\.channels\.bad\.text: undefined filter: nofilter, line:1/],
  [['opps'], /there is no channel "opps"; did you mean ops\?/],
  [['ops', '--route', 'db teams'], /there is no route "db teams"; did you mean db team\?/],
  [['ops', '--phase', 'firring'], /--phase must be one of firing, resolved, reminder, escalation/],
])('%j is refused', async (words, expected) => {
  const { code, stderr } = await home.run(['templates', 'preview', ...words]);
  expect(code).toBe(2);
  expect(stderr).toMatch(expected);
});
