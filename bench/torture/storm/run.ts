import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Peer } from '../../../tests/support/peers.ts';
import { readFacts } from '../facts.ts';
import { createHub, type Hub } from '../hub.ts';
import { freePort, pause, SECRET } from '../process.ts';
import { PAIR, STORM, startAlertmanager, startMachines, startPrometheus } from './senders.ts';
import { judgeStorm } from './verdict.ts';

const TOKEN = 'torture-api-token-0123456789';

// How long what the pair watches is broken, and well: each longer than servers, their repeats and the Alertmanager take.
const PHASE_MS = 90_000;
// In which all must have arrived: an evaluation, a repeat by Prometheus, the wait of the Alertmanager's group.
const ARRIVAL_MS = 75_000;

/**
 * A storm of 5,000 alerts in one group, told for so many minutes by two real Prometheus servers with equal labels, to the
 * hub itself and by a real Alertmanager, while a hundred other alerts fire and end. Half way the hub is restarted, then one
 * of the servers. Gives what is lost, or went up and down by itself.
 */
export async function runStorm(minutes: number, tell: (text: string) => void): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-storm-'));
  const port = await freePort(24_000);
  const hub = createHub(folder, port, {
    MONITOR_API_TOKEN: TOKEN,
    WEBHOOK_SECRET_ALERTMANAGER: SECRET,
    WEBHOOK_SECRET_PROMETHEUS: SECRET,
    // As they are by default: they are part of what is tried.
    MONITOR_LIMITS_REQUESTS_PER_SECOND: '100',
    MONITOR_LIMITS_BURST: '200',
    MONITOR_LIMITS_FIRING_ALERTS: '20000',
    MONITOR_LIMITS_NEW_INSTANCES: '1000',
  });
  const machines = await startMachines();
  const peers: Peer[] = [];
  const wrong: string[] = [];
  try {
    await hub.start();
    const alertmanager = await startAlertmanager(`127.0.0.1:${port}`, SECRET);
    peers.push(alertmanager);
    const targets = { hub: `127.0.0.1:${port}`, alertmanager: new URL(alertmanager.url).host };
    const start = async () => {
      const peer = await startPrometheus(machines, targets, SECRET);
      peers.push(peer);
      return peer;
    };
    await start();
    // The two do not look at the same moments.
    await pause(2000);
    const second = await start();
    machines.state.storm = true;
    const rounds = Math.max(1, Math.floor((minutes * 60_000) / (2 * PHASE_MS)));
    for (let round = 0; round < rounds; round += 1) {
      for (const isBroken of [true, false]) {
        machines.state.pair = isBroken;
        await pause(ARRIVAL_MS);
        const expected = STORM + (isBroken ? PAIR : 0);
        for (const source of ['prometheus', 'alertmanager']) {
          const firing = await countFiring(hub, source);
          tell(`round ${round + 1} of ${rounds}: ${source}: ${firing} of ${expected} fire`);
          if (firing !== expected) wrong.push(`round ${round + 1}: ${source}: ${firing} of ${expected} fire`);
        }
        if (round === Math.floor(rounds / 2) && isBroken) {
          tell(`the hub is restarted${(await hub.stop()) === 0 ? '' : ', and did not stop cleanly'}`);
          await hub.start();
        }
        if (round === Math.floor(rounds / 2) && !isBroken) {
          tell('one of the pair is replaced');
          await second.remove();
          await start();
        }
        await pause(PHASE_MS - ARRIVAL_MS);
      }
    }
    machines.state.storm = false;
    await pause(ARRIVAL_MS);
    if ((await hub.stop()) !== 0) wrong.push(`the hub did not stop cleanly: ${hub.log().slice(-1000)}`);
    for (const line of new Set(hub.errors())) wrong.push(`an error on the log: ${line}`);
    return [...wrong, ...judgeStorm(readFacts(hub.database), { rounds })];
  } finally {
    for (const peer of peers) await peer.remove();
    machines.close();
    await hub.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function countFiring(hub: Hub, source: string): Promise<number> {
  const url = `http://127.0.0.1:${hub.port}/api/v1/alerts?source=${source}&status=firing&count=true&limit=1`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` } });
  return ((await answer.json()) as { total?: number }).total ?? -1;
}
