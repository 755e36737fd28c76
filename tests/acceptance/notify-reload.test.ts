import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
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
let told: string[];
/** Resolves what a path is answered; at once unless a test holds it. */
let held: Record<string, Promise<void>>;

beforeEach(async () => {
  told = [];
  held = {};
  receiver = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', async () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      for (const { labels } of body.alerts) told.push(`${incoming.url} ${body.status} ${labels.alertname}`);
      await held[incoming.url ?? ''];
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  home = makeHubHome({ MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8', A_URL: `${base}/a`, B_URL: `${base}/b` });
});
afterEach(async () => {
  await home.remove();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const A = '    a: {type: webhook, url: env:A_URL}\n';
const B = '    b: {type: webhook, url: env:B_URL}\n';
const GOOD = 'configuration read again: people are told by it from now on';
const BAD = 'configuration not used: the last good one goes on';

const configure = (notify: string) => {
  const path = join(home.folder, 'monitor.yaml');
  const [own = ''] = readFileSync(path, 'utf8').split('\nnotify:');
  writeFileSync(path, `${own}${notify === '' ? '' : `\nnotify:\n${notify}`}`, { mode: 0o600 });
};
const reload = async (msg: string) => {
  const count = () => hub.lines().filter((line) => line.msg === msg).length;
  const before = count();
  hub.child.kill('SIGHUP');
  await eventually(() => expect(count()).toBe(before + 1));
};
const fire = async (name: string, severity = 'critical', status = 'firing') => {
  const alert = { name, status, severity, fingerprint: name };
  const { status: code } = await request(`${hub.url}/alerts/webhook/generic/`, { body: JSON.stringify(alert) });
  expect(code).toBe(200);
};

test('SIGHUP: what is open goes to whom a new route names, nothing is told again, and ends go to who heard', async () => {
  configure(`  channels:\n${A}`);
  hub = await home.serve();
  await fire('disk');
  await eventually(() => expect(told).toEqual(['/a firing disk']));
  configure(`  channels:\n${A}${B}  catch_all: b\n`);
  await reload(GOOD);
  await eventually(() => expect(told).toEqual(['/a firing disk', '/b firing disk']));
  await fire('memory');
  await eventually(() => expect(told.slice(2)).toEqual(['/b firing memory']));
  await fire('disk', 'critical', 'resolved');
  await eventually(() => expect(told.slice(3).toSorted()).toEqual(['/a resolved disk', '/b resolved disk']));
});

test('a configuration with faults is named with each line, and the last good one goes on', async () => {
  configure(`  channels:\n${A}`);
  hub = await home.serve();
  configure(`  channels:\n${A}  catch_all: ghost\n  routes:\n    - {matchers: 'x=~"("', channels: a}\n`);
  await reload(BAD);
  const { problems } = await hub.line(BAD);
  expect(problems).toEqual([
    expect.stringMatching(/monitor\.yaml:\d+: notify\.catch_all.*ghost/),
    expect.stringMatching(/monitor\.yaml:\d+: notify\.routes\[0\]\.matchers/),
  ]);
  await fire('disk');
  await eventually(() => expect(told).toEqual(['/a firing disk']));
  configure(`  channels:\n${A}   nonsense: [`);
  await reload(BAD);
  await fire('memory');
  await eventually(() => expect(told).toEqual(['/a firing disk', '/a firing memory']));
});

test('a hub that told nobody begins to tell, ceases, and begins again', async () => {
  hub = await home.serve();
  await fire('disk');
  configure(`  channels:\n${A}`);
  await reload(GOOD);
  await fire('memory');
  await eventually(() => expect(told).toContain('/a firing memory'));
  configure('');
  await reload(GOOD);
  const before = [...told];
  await fire('quiet');
  configure(`  channels:\n${A}`);
  await reload(GOOD);
  // What was open in between is told now, and nothing a second time.
  await eventually(() => expect(told.slice(before.length)).toEqual(['/a firing quiet']));
  expect((await hub.stop()).code).toBe(0);
});

test('what is under way ends as it began, told once, while others are told by the new configuration', async () => {
  let answer = () => {};
  held['/a'] = new Promise((resolve) => {
    answer = resolve;
  });
  configure(`  channels:\n${A}`);
  hub = await home.serve();
  await fire('disk');
  await eventually(() => expect(told).toEqual(['/a firing disk']));
  configure(`  channels:\n${A}${B}  catch_all: b\n  routes:\n    - {matchers: alertname="disk", channels: a}\n`);
  await reload(GOOD);
  await fire('memory');
  await eventually(() => expect(told).toEqual(['/a firing disk', '/b firing memory']));
  answer();
  await fire('disk', 'critical', 'resolved');
  await eventually(() => expect(told.slice(2)).toEqual(['/a resolved disk']));
});

test('rules by which alerts hold back others count for lists, too', async () => {
  configure(`  channels:\n${A}`);
  hub = await home.serve();
  await fire('power');
  await fire('lamp', 'warning');
  const suppressed = async () => {
    const { text } = await request(`${hub.url}/api/v2/alerts`);
    const alerts = JSON.parse(text) as { labels: { alertname: string }; status: { state: string } }[];
    return alerts.filter(({ status }) => status.state === 'suppressed').map(({ labels }) => labels.alertname);
  };
  expect(await suppressed()).toEqual([]);
  configure(`  channels:\n${A}  inhibit:\n    - {source: alertname="power", target: alertname="lamp"}\n`);
  await reload(GOOD);
  expect(await suppressed()).toEqual(['lamp']);
});

test('alerts that come while it is read again and again are told once each', async () => {
  configure(`  channels:\n${A}  flood: {burst: 500, per_minute: 6000}\n`);
  hub = await home.serve();
  const names = Array.from({ length: 60 }, (_, n) => `alert ${n}`);
  for (const [n, name] of names.entries()) {
    if (n % 6 === 0) hub.child.kill('SIGHUP');
    await fire(name);
  }
  await eventually(() => expect(new Set(told).size).toBe(names.length));
  await reload(GOOD);
  expect(told.toSorted()).toEqual(names.map((name) => `/a firing ${name}`).toSorted());
});

test('config diff shows what would change and whose incident it would become; config apply has the hub go by it', async () => {
  configure(`  channels:\n${A}${B}  routes:\n    - channels: [a]\n`);
  hub = await home.serve();
  await fire('disk');
  await eventually(() => expect(told).toEqual(['/a firing disk']));
  const config = (...args: string[]) => home.run(['config', ...args], { MONITOR_URL: hub.url });
  expect(await config('diff')).toMatchObject({ code: 0, stdout: 'Nothing would change.\n' });
  configure(
    `  zone: Asia/Tokyo\n  channels:\n${A.replace('k,', 'k, timeout: 5s,')}${B}  routes:\n    - channels: [b]\n`,
  );
  const endpoint = 'endpoints: [{name: web, url: "http://127.0.0.1:1/", conditions: ["[STATUS] == 200"]}]\n';
  appendFileSync(join(home.folder, 'monitor.yaml'), endpoint);
  const shown = await config('diff');
  const lines = shown.stdout.split('\n');
  expect(lines.slice(0, 10)).toEqual([
    ...['endpoints', '+ web', 'notify.zone', '  not set → Asia/Tokyo', 'notify.channels', '  a: timeout not set → 5s'],
    'Routes',
    '- everything  → a',
    '+ everything  → b',
    'Open incidents that would change hands',
  ]);
  expect(lines[10]).toMatch(/^ {2}[\w-]{36} {2}disk: a → b$/);
  const unsure = await config('apply');
  expect([unsure.code, unsure.stdout]).toEqual([2, shown.stdout]);
  expect((await config('apply', '--yes')).stdout).toBe(`${shown.stdout}Applied.\n`);
  expect((await config('diff')).stdout).toBe('Nothing would change.\n');
  await fire('cpu');
  await eventually(() => expect(told).toContain('/b firing cpu'));
  configure(`  channels:\n${A}  routes:\n    - channels: [gone]\n`);
  const broken = await config('apply', '--yes');
  expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('notify.routes[0].channels')]);
});

test('what counts only from the next start on is told, and a broken file is told by the API', async () => {
  configure(`  channels:\n${A}  routes:\n    - channels: [a]\n`);
  hub = await home.serve();
  const path = join(home.folder, 'monitor.yaml');
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, `${before}\nretention: {history: 10d}\ndrivers: {zabbix: {}}\n`, { mode: 0o600 });
  const reload = async () =>
    request(`${hub.url}/api/v1/config/reload`, { body: '{}', headers: { 'content-type': 'application/json' } });
  const done = await reload();
  expect([done.status, JSON.parse(done.text).waiting]).toEqual([200, ['retention.history', 'drivers']]);
  writeFileSync(path, `${before}\nretention: {history: never}\n`, { mode: 0o600 });
  const refused = await reload();
  expect([refused.status, JSON.parse(refused.text)]).toMatchObject([
    422,
    { problems: [expect.stringContaining('retention.history')] },
  ]);
  const { failed } = JSON.parse((await request(`${hub.url}/api/v1/config`)).text);
  expect(failed.problems).toEqual([expect.stringContaining('retention.history')]);
});
