// npm run bench -- stored [--alerts 1000000] [--events 5000000] [--rounds 7] [--seconds 3]
import { parseArgs } from 'node:util';
import { signal } from './cpu.ts';
import { count, median, reportInvalid, verdict } from './figures.ts';
import { load } from './load/run.ts';
import { type Peer, startHub, temporaryFolder } from './processes.ts';
import { seed } from './seed.ts';

const BUDGET = 0.8;
const SIZES = [1, 10, 100];

/** The rate with a full store against that with an empty one. */
export async function benchStored(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      alerts: { type: 'string', default: '1000000' },
      events: { type: 'string', default: '5000000' },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '3' },
    },
  });
  const [alerts, events, rounds] = [Number(values.alerts), Number(values.events), Number(values.rounds)];
  console.log(`\n# stored: ${count(alerts)} alerts and ${count(events)} events against an empty store, in turn\n`);
  const folder = temporaryFolder();
  await seed(folder, alerts, events);
  const full = await startHub(folder);
  const empty = await startHub();
  for (const alertsPerPush of SIZES) {
    const job = { connections: 16, seconds: Number(values.seconds), alertsPerPush, instances: 400 };
    const rate = async (hub: Peer, other: Peer) => {
      signal([other.process.pid ?? 0], 'SIGSTOP');
      try {
        const run = await load(hub, job);
        if (run.failed > 0) reportInvalid(`${count(run.failed)} requests were not answered with 2xx`);
        return run.requests / run.seconds;
      } finally {
        signal([other.process.pid ?? 0], 'SIGCONT');
      }
    };
    const pairs: { readonly full: number; readonly empty: number }[] = [];
    // The first round warms up: compiled code, pages in memory, alerts known.
    for (let round = 0; round <= rounds; round += 1) {
      const early = round % 2 === 0 ? await rate(empty, full) : null;
      const ofFull = await rate(full, empty);
      pairs.push({ full: ofFull, empty: early ?? (await rate(empty, full)) });
    }
    const ratios = pairs.slice(1).map((pair) => pair.full / pair.empty);
    const rates = `${count(median(pairs.slice(1).map((pair) => pair.full)))} pushes/s`;
    const figure = `${rates}, ${median(ratios).toFixed(2)} × the empty rate, worst round ${Math.min(...ratios).toFixed(2)}`;
    verdict(`${alertsPerPush} a push`, figure, median(ratios) >= BUDGET, `≥ ${BUDGET} ×`);
  }
  console.log(`start to ready with the full store: ${(full.readyMs / 1000).toFixed(2)} s`);
  await full.stop();
  await empty.stop();
}
