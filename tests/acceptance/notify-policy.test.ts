import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

let home: HubHome;
let hub: Hub;
let receiver: Server;
let base: string;
/** What each channel was told, in the order of arrival: `/pager`: `firing disk`. */
let told: Record<string, string[]>;

beforeEach(async () => {
  told = { '/pager': [], '/team': [] };
  receiver = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      told[incoming.url ?? '']?.push(`${body.status} ${body.alerts[0].labels.alertname}`);
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  home = makeHubHome({
    MONITOR_CHANNEL_PAGER_URL: `${base}/pager`,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
    TEAM_URL: `${base}/team`,
  });
});
afterEach(async () => {
  await home.remove();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const POLICY = `
notify:
  channels:
    pager: {type: webhook}
    team: {type: webhook, url: env:TEAM_URL}
  catch_all: false
  defaults: {group_wait: 0s}
  routes:
    - {matchers: severity="critical", channels: pager}
    - {matchers: team="db", channels: team, mute: always}
    - {matchers: team="web", channels: team, escalation: soon}
  intervals:
    always: {times: 00:00-24:00}
  escalations:
    soon:
      - {after: 1s, channels: pager}
`;

const configure = (policy: string) => {
  const path = join(home.folder, 'monitor.yaml');
  const [own = ''] = readFileSync(path, 'utf8').split('\nnotify:');
  writeFileSync(path, `${own}\n${policy.trim()}\n`, { mode: 0o600 });
};
const fire = async (name: string, severity: string, team: string) => {
  const alert = { name, status: 'firing', severity, labels: { team }, fingerprint: name };
  const { status } = await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) });
  expect(status).toBe(200);
};

test('routes, mute times and escalations of monitor.yaml decide who is told; a changed policy decides anew', async () => {
  configure(POLICY);
  hub = await home.serve();
  await fire('disk', 'critical', 'db');
  await eventually(() => expect(told['/pager']).toEqual(['firing disk']));
  await fire('slow query', 'warning', 'db');
  await fire('http errors', 'warning', 'web');
  await eventually(() => expect(told['/pager']).toEqual(['firing disk', 'firing http errors']));
  expect(told['/team']).toEqual(['firing http errors']);
  await hub.stop();
  configure(
    POLICY.replace(', mute: always', '').replace('    always: {times: 00:00-24:00}', '    never: {years: 2000}'),
  );
  hub = await home.serve();
  await eventually(() => expect(told['/team']).toEqual(['firing http errors', 'firing slow query']));
  expect(told['/pager']).toEqual(['firing disk', 'firing http errors']);
  expect(hub.lines()).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      msg: expect.stringMatching(/monitor\.yaml:\d+: notify\.intervals\.never: no route uses this interval/),
    }),
  );
});

test('a policy with faults keeps the hub from starting and from making a store, with every line that is wrong', async () => {
  configure(POLICY.replace('channels: pager}', 'channels: [pagr]}').replace('mute: always', 'mute: allways'));
  const { code, stderr } = await home.run(['serve']);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /monitor\.yaml:\d+: notify\.routes\[0\]\.channels\[0\]: there is no channel "pagr"; did you mean pager\?/,
  );
  expect(stderr).toMatch(/notify\.routes\[1\]\.mute: there is no interval "allways"; did you mean always\?/);
  expect(() => readFileSync(join(home.state, 'hub.db'))).toThrow();
});

test('a window, an inhibition and a dependency hold back, and nothing else', async () => {
  configure(`
notify:
  channels:
    team: {type: webhook, url: env:TEAM_URL}
  defaults: {group_wait: 0s}
  inhibit:
    - {source: 'alertname="cluster down"', target: alertname="node down", equal: team}
  depends_on:
    - {parent: alertname="router", child: alertname="host", equal: team, wait: 1s}
  windows:
    always: {matchers: team="patched", cron: '* * * * *', duration: 1h}
`);
  hub = await home.serve({ MONITOR_CHANNEL_PAGER_URL: '' });
  await fire('disk', 'critical', 'patched');
  await fire('cluster down', 'critical', 'a');
  await eventually(() => expect(told['/team']).toEqual(['firing cluster down']));
  await fire('node down', 'critical', 'a');
  // The child comes before its parent.
  await fire('host', 'critical', 'b');
  await fire('router', 'critical', 'b');
  await fire('node down 2', 'critical', 'a');
  await eventually(() =>
    expect(told['/team']?.toSorted()).toEqual(['firing cluster down', 'firing node down 2', 'firing router']),
  );
});

test('a channel that was renamed goes on where it was, and one that is new is told what is open', async () => {
  const policy = (channels: string) => `
notify:
  channels:
${channels}
  defaults: {group_wait: 0s}
`;
  configure(policy('    pager: {type: webhook}'));
  hub = await home.serve();
  await fire('disk', 'critical', 'db');
  await eventually(() => expect(told['/pager']).toEqual(['firing disk']));
  await hub.stop();
  configure(
    policy(
      '    duty: {type: webhook, url: env:DUTY_URL, renamed_from: pager}\n    team: {type: webhook, url: env:TEAM_URL}',
    ),
  );
  hub = await home.serve({ DUTY_URL: `${base}/pager`, MONITOR_CHANNEL_PAGER_URL: '' });
  await eventually(() => expect(told['/team']).toEqual(['firing disk']));
  const over = { name: 'disk', status: 'resolved', severity: 'critical', labels: { team: 'db' }, fingerprint: 'disk' };
  await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(over) });
  await eventually(() =>
    expect(told).toEqual({ '/pager': ['firing disk', 'resolved disk'], '/team': ['firing disk', 'resolved disk'] }),
  );
});

test('a route has templates of its own, which the channel sends', async () => {
  configure(`
notify:
  channels:
    pager: {type: discord, title: 'CHANNEL {{ incident.title }}'}
  defaults: {group_wait: 0s}
  routes:
    - matchers: team="db"
      templates: {title: 'DB {{ incident.title }}'}
`);
  const titles: string[] = [];
  receiver.removeAllListeners('request');
  receiver.on('request', (incoming, response) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    incoming.on('end', () => {
      titles.push(/(DB|CHANNEL) [a-z ]+/.exec(body)?.[0] ?? body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"1"}');
    });
  });
  hub = await home.serve({ TEAM_URL: '' });
  await fire('slow query', 'critical', 'db');
  await eventually(() => expect(titles).toEqual(['DB slow query']));
  await fire('http errors', 'critical', 'web');
  await eventually(() => expect(titles).toEqual(['DB slow query', 'CHANNEL http errors']));
});

test('routes say what is one incident, and a change of that holds for what begins after it', async () => {
  const grouped = (web: string) => `
notify:
  channels: {pager: {type: webhook}}
  defaults: {group_wait: 1h}
  routes:
    - {matchers: team="db", group_by: [team, severity]}
    - {matchers: team="web", group_by: ${web}}
`;
  configure(grouped("['...']"));
  hub = await home.serve();
  const sizes = async () => {
    const { json } = await request(`${hub.url}/api/v1/incidents?limit=100`, { method: 'GET' });
    const { items } = json as unknown as { items: { title: string; alert_count: number }[] };
    return items.map(({ title, alert_count }) => `${title}: ${alert_count}`).sort();
  };
  for (const name of ['a', 'b', 'c']) await fire(name, 'warning', 'db');
  await fire('d', 'critical', 'db');
  for (const name of ['e', 'f']) await fire(name, 'warning', 'web');
  const before = ['a (db, warning) and 2 more: 3', 'd (db, critical): 1', 'e: 1', 'f: 1'];
  expect(await sizes()).toEqual(before);

  configure(grouped('[team]'));
  hub.child.kill('SIGHUP');
  let number = 0;
  await eventually(async () => {
    number += 1;
    await fire(`g${number}`, 'warning', 'web');
    expect((await sizes()).some((line) => / \(web\)( and \d+ more)?: \d+$/.test(line))).toBe(true);
  });
  expect(await sizes()).toEqual(expect.arrayContaining(before));
});
