import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Peer, startPeer } from '../../../tests/support/peers.ts';

/** Series of the storm, each an alert. */
export const STORM = 5000;
/** Series that break and recover meanwhile. */
export const PAIR = 100;

/** What both servers of the pair measure. */
export interface Machines {
  readonly address: string;
  /** Whether what the storm is about is broken, and what the pair watches. */
  readonly state: { storm: boolean; pair: boolean };
  close(): void;
}

/** Machines that answer a scrape. */
export async function startMachines(): Promise<Machines> {
  const state = { storm: false, pair: false };
  const lines = (name: string, count: number, isBroken: boolean) =>
    Array.from({ length: count }, (_, index) => `${name}{i="${index}"} ${isBroken ? 1 : 0}\n`).join('');
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(lines('storm', STORM, state.storm) + lines('pair', PAIR, state.pair));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const rule = (name: string, metric: string) => ({
  alert: name,
  expr: `${metric} == 1`,
  labels: { severity: 'critical' },
  annotations: { summary: `Machine {{ $labels.i }} is broken` },
});

/** One of a pair of servers with equal labels: it tells the hub and an Alertmanager. */
export function startPrometheus(machines: Machines, targets: { hub: string; alertmanager: string }, secret: string) {
  const to = (host: string, credentials?: string) => ({
    ...(credentials !== undefined && { authorization: { credentials } }),
    static_configs: [{ targets: [host] }],
  });
  return startPeer('prometheus', {
    'prometheus.yml': JSON.stringify({
      global: { scrape_interval: '5s', evaluation_interval: '5s', external_labels: { cluster: 'one' } },
      rule_files: ['rules.yml'],
      scrape_configs: [{ job_name: 'machines', static_configs: [{ targets: [machines.address] }] }],
      alerting: { alertmanagers: [to(targets.hub, secret), to(targets.alertmanager)] },
    }),
    'rules.yml': JSON.stringify({
      groups: [{ name: 'machines', rules: [rule('Storm', 'storm'), rule('Pair', 'pair')] }],
    }),
  });
}

/** An Alertmanager that tells the hub of all that has one name in one message, and again every minute. */
export function startAlertmanager(hub: string, secret: string): Promise<Peer> {
  const webhook = {
    url: `http://${hub}/alerts/webhook/alertmanager/`,
    http_config: { authorization: { credentials: secret } },
  };
  const route = { receiver: 'hub', group_by: ['alertname'], group_wait: '5s', group_interval: '10s' };
  return startPeer('prometheus-alertmanager', {
    'alertmanager.yml': JSON.stringify({
      route: { ...route, repeat_interval: '1m' },
      receivers: [{ name: 'hub', webhook_configs: [webhook] }],
    }),
  });
}
