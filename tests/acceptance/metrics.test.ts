import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { items, request } from '../support/cluster-push.ts';
import { type HttpReceiver, startHttpReceiver } from '../support/http-receiver.ts';
import { eventually, type Hub, type HubHome, isInstalled, makeHubHome } from '../support/hub.ts';

let home: HubHome;
let receiver: HttpReceiver;
let hub: Hub;
beforeEach(async () => {
  receiver = await startHttpReceiver();
  home = makeHubHome({
    MONITOR_NOTIFY_URL: `${receiver.url}/hook ntfy+http://127.0.0.1:1/x`,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.1',
  });
});
afterEach(async () => {
  await home.remove();
  await receiver.close();
});

const figures = async (headers: Record<string, string> = {}) =>
  request(`${hub.url}/metrics`, { method: 'GET', headers });
const fire = (name: string, status = 'firing') =>
  request(`${hub.url}/alerts/webhook/generic/`, {
    body: JSON.stringify({ name, status, severity: 'critical', fingerprint: name }),
  });

test('the figures of a hub that tells people, in the text of Prometheus', async () => {
  hub = await home.serve();
  await fire('disk');
  await eventually(async () => {
    const { text } = await figures();
    expect(text).toMatch(/^monitor_notice_attempts_total\{channel="webhook",outcome="ok"\} 1$/m);
    expect(text).toMatch(/^monitor_notice_attempts_total\{channel="ntfy",outcome="network"\} \d+$/m);
    expect(text).toMatch(/^monitor_notices\{channel="ntfy",state="retry"\} 1$/m);
  });
  const { status, text, headers } = await figures();
  expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  expect(text).toMatch(/^monitor_requests_total\{source="generic",outcome="accepted"\} 1$/m);
  expect(text).toMatch(/^monitor_alerts_firing\{severity="critical"\} 1$/m);
  expect(text).toMatch(/^monitor_notice_handover_seconds_count\{severity="critical"\} 2$/m);
  expect(text).toMatch(/^monitor_follower_lag_events\{follower="notices"\} \d+$/m);
  expect(text).toMatch(/^monitor_ready 1$/m);
  expect(text).not.toContain('undefined');
  if (!(await isInstalled('promtool'))) return;
  const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  expect(`${checked.stdout}${checked.stderr}`).toBe('');
});

test('whoever may read the API may read them', async () => {
  hub = await home.serve({ MONITOR_API_TOKEN: 'a-token-of-thirty-two-characters' });
  expect((await figures()).status).toBe(401);
  expect((await figures({ authorization: 'Bearer a-token-of-thirty-two-characters' })).status).toBe(200);
});

test('a channel that fails for good raises an alert, which the other one tells; after a restart it ends', async () => {
  await home.remove();
  home = makeHubHome({
    MONITOR_NOTIFY_URL: `${receiver.url}/hook ${receiver.url}/other`,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.1',
  });
  hub = await home.serve();
  receiver.reply = ({ path }) => ({ status: path === '/hook' ? 404 : 200 });
  await fire('disk');
  const told = (status: string) =>
    receiver.requests.filter(
      ({ path, body }) =>
        path === '/other' && body.includes('Channel webhook fails') && body.includes(`"status":"${status}"`),
    );
  await eventually(() => expect(told('firing').length).toBeGreaterThan(0));
  expect(
    receiver.requests.filter(({ path, body }) => path === '/hook' && body.includes('Channel webhook fails')),
  ).toEqual([]);
  await hub.stop();
  receiver.reply = () => ({ status: 200 });
  hub = await home.serve();
  await fire('net');
  await eventually(async () => expect(await items(hub.url, 'alerts?source=monitor&status=firing')).toEqual([]));
  await eventually(() => expect(told('resolved').length).toBeGreaterThan(0));
});
