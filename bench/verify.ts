import { count, reportInvalid } from './figures.ts';
import type { LoadResult } from './load/run.ts';
import type { Peer } from './processes.ts';

const PAGE = 500;

/** What was sent to a server over several runs. */
export interface Sent {
  readonly alertsPerPush: number;
  readonly connections: number;
  readonly runs: readonly LoadResult[];
  /** Distinct alerts. */
  readonly alerts: number;
}

/**
 * Compares what a server holds with what it was sent: every alert, and one observation per alert of each answered push.
 * At the end of a run, each connection may leave one request that was accepted but whose answer was not awaited.
 */
export async function verifyStored(peer: Peer, { alertsPerPush, connections, runs, alerts }: Sent): Promise<void> {
  const name = peer.kind === 'monitor' ? 'the hub' : 'Alertmanager';
  const failed = runs.reduce((sum, run) => sum + run.failed, 0);
  const requests = runs.reduce((sum, run) => sum + run.requests, 0);
  if (failed > 0)
    reportInvalid(`${count(failed)} of ${count(requests)} requests to ${name} were not answered with 2xx`);
  const stored = await (peer.kind === 'monitor' ? storedByHub(peer.port) : storedByAlertmanager(peer.port));
  const least = (requests - failed) * alertsPerPush;
  const most = least + runs.length * connections * alertsPerPush;
  const isComplete = stored.alerts === alerts && stored.observations >= least && stored.observations <= most;
  const found = `${count(stored.alerts)} alerts, ${count(stored.observations)} observations`;
  if (!isComplete) reportInvalid(`${name} holds ${found}; it was sent ${count(alerts)} and at least ${count(least)}`);
  else console.log(`        ${name} holds all that was sent: ${found}`);
}

/** Firing alerts of a hub and the sum of their occurrences, read through its API. */
export async function storedByHub(port: number): Promise<{ alerts: number; observations: number }> {
  let [alerts, observations, cursor] = [0, 0, ''];
  do {
    const page = await fetch(`http://127.0.0.1:${port}/api/v1/alerts?status=firing&limit=${PAGE}${cursor}`);
    if (!page.ok) throw new Error(`the hub does not list its alerts: ${await page.text()}`);
    const { items, next_cursor } = (await page.json()) as {
      items: { occurrences: number }[];
      next_cursor: string | null;
    };
    alerts += items.length;
    observations += items.reduce((sum, item) => sum + item.occurrences, 0);
    cursor = next_cursor === null ? '' : `&cursor=${next_cursor}`;
  } while (cursor !== '');
  return { alerts, observations };
}

async function storedByAlertmanager(port: number): Promise<{ alerts: number; observations: number }> {
  // Its gauge of alerts counts only those that it has looked at since.
  const alerts = (await (await fetch(`http://127.0.0.1:${port}/api/v2/alerts`)).json()) as unknown[];
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const received = /^alertmanager_alerts_received_total\{status="firing",version="v2"\} (\S+)$/m.exec(metrics);
  return { alerts: alerts.length, observations: Number(received?.[1] ?? 0) };
}
