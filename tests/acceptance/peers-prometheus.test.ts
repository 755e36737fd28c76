import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ask, items } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { leftOut, type Peer, startPeer } from '../support/peers.ts';

// A real Prometheus that takes the hub for its Alertmanager, over a metric of this test; and amtool reading the hub.
const SECRET = 'prometheus-shows-this-secret-000';
const missing = await leftOut('prometheus', 'amtool');
const only = missing === '' ? test : test.skip;

let depth = 0;
const target = createServer((_, response) => response.end(`queue_depth ${depth}\n`));
let home: HubHome;
let hub: Hub;
let peer: Peer;

function configuration(): Record<string, string> {
  const rule = {
    alert: 'QueueIsLong',
    expr: 'queue_depth > 100',
    labels: { severity: 'page', team: 'ops' },
    annotations: { summary: 'The queue of {{ $labels.job }} is long' },
  };
  const port = (url: string) => new URL(url).host;
  return {
    'prometheus.yml': JSON.stringify({
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yml'],
      scrape_configs: [
        { job_name: 'mail', static_configs: [{ targets: [`127.0.0.1:${(target.address() as AddressInfo).port}`] }] },
      ],
      alerting: {
        alertmanagers: [{ authorization: { credentials: SECRET }, static_configs: [{ targets: [port(hub.url)] }] }],
      },
    }),
    'rules.yml': JSON.stringify({ groups: [{ name: 'queues', rules: [rule] }] }),
  };
}

function becomes(fields: Record<string, unknown>): Promise<Record<string, unknown>> {
  return eventually(async () => {
    const found = await items(hub.url, 'alerts?name=QueueIsLong');
    expect(found).toMatchObject([fields]);
    return found[0] ?? {};
  });
}

beforeAll(async () => {
  if (missing !== '') return;
  home = makeHubHome({ WEBHOOK_SECRET_PROMETHEUS: SECRET });
  hub = await home.serve();
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  peer = await startPeer('prometheus', configuration(), ['--rules.alert.resend-delay=1s']);
});
afterAll(async () => {
  await peer?.remove();
  await home?.remove();
  target.closeAllConnections();
  target.close();
});

describe(`Prometheus → hub by Alertmanager's API${missing}`, () => {
  only('an alert fires, ends, fires again, and ends by itself once Prometheus is gone', async () => {
    depth = 900;
    const alert = await becomes({ status: 'firing' });
    expect(alert).toMatchObject({
      source: 'prometheus',
      severity: 'critical',
      labels: { alertname: 'QueueIsLong', job: 'mail', severity: 'page', team: 'ops' },
      annotations: { summary: 'The queue of mail is long', original_severity: 'page' },
    });
    const amtool = async (...args: string[]) =>
      (await promisify(execFile)('amtool', [`--alertmanager.url=${hub.url}`, 'alert', 'query', ...args])).stdout;
    expect(await amtool()).toMatch(/QueueIsLong.*The queue of mail is long/);
    expect(JSON.parse(await amtool('-o', 'json'))).toMatchObject([
      { labels: { alertname: 'QueueIsLong', job: 'mail' } },
    ]);
    expect(await amtool('team=ops')).toContain('QueueIsLong');
    expect(await amtool('team=dev')).not.toContain('QueueIsLong');
    depth = 1;
    await becomes({ id: alert.id, status: 'resolved', severity: 'critical' });
    depth = 900;
    await becomes({ id: alert.id, status: 'firing', incident_id: alert.incident_id });
    await peer.kill();
    await becomes({ id: alert.id, status: 'resolved' });
    const { events } = (await ask(hub.url, `alerts/${alert.id}`)) as { events: Record<string, unknown>[] };
    expect(events.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['opened', 'new'],
      ['resolved', 'resolved'],
      ['opened', 'refired'],
      ['resolved', 'expired'],
    ]);
  });
});
