import { type LoadResult, load, median, type Peer, startAlertmanager, startHub, verdict } from './processes.ts';

const SIZES = [
  { alertsPerPush: 1, pushes: 2000, budget: 0.8 },
  { alertsPerPush: 10, pushes: 2000, budget: 1.2 },
  { alertsPerPush: 100, pushes: 200, budget: 1.3 },
];
const ROUNDS = 7;
const SECONDS = 2;

/** Pushes a second, durable and signed, beside Alertmanager's `POST /api/v2/alerts` with the same alerts. */
export async function benchIngest(): Promise<void> {
  console.log('\n# ingest: 16 connections, the same alerts to both, in turn\n');
  for (const { alertsPerPush, pushes, budget } of SIZES) {
    const job = { connections: 16, seconds: SECONDS, alertsPerPush, pushes };
    const hub = await startHub();
    const alertmanager = await startAlertmanager();
    const rates: { hub: number; peer: number }[] = [];
    // The first round warms both up: compiled code, alerts known.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const peer = alertmanager === null ? 0 : rateOf(await exclusive(alertmanager, hub, job));
      const own = rateOf(alertmanager === null ? await load(hub, job) : await exclusive(hub, alertmanager, job));
      if (round > 0) rates.push({ hub: own, peer });
    }
    const v2 = rateOf(await load(hub, { ...job, v2: true, once: true, first: 1_000_000 }));
    const hubRate = median(rates.map((rate) => rate.hub));
    const tell = (rate: number) => `${Math.round(rate).toLocaleString('en')} pushes/s`;
    console.log(`${alertsPerPush} a push: monitor ${tell(hubRate)} (with version 2, new alerts first: ${tell(v2)})`);
    if (alertmanager === null) console.log('  prometheus-alertmanager is not installed: no comparison');
    else {
      const ratio = median(rates.map((rate) => rate.hub / rate.peer));
      console.log(`  Alertmanager ${tell(median(rates.map((rate) => rate.peer)))}`);
      verdict(`  ${alertsPerPush} a push`, `${ratio.toFixed(2)} × Alertmanager`, ratio >= budget, `≥ ${budget} ×`);
    }
    await hub.stop();
    await alertmanager?.stop();
  }
}

/** Load on one server while the other one is held, so that its own upkeep costs the measured one nothing. */
async function exclusive(one: Peer, other: Peer, job: Parameters<typeof load>[1]): Promise<LoadResult> {
  other.process.kill('SIGSTOP');
  try {
    return await load(one, job);
  } finally {
    other.process.kill('SIGCONT');
  }
}

function rateOf(result: LoadResult): number {
  if (result.failed > 0) console.log(`  ${result.failed} of ${result.requests} requests FAILED`);
  return result.requests / result.seconds;
}
