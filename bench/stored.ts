import { rmSync } from 'node:fs';
import { load, median, startHub, temporaryFolder, verdict } from './processes.ts';
import { seed } from './seed.ts';

const ALERTS = 1_000_000;
const EVENTS = 5_000_000;
const ROUNDS = 7;
const BUDGET = 0.8;

/** The rate with a full store against that with an empty one. */
export async function benchStored(): Promise<void> {
  console.log(
    `\n# stored: ${ALERTS.toLocaleString('en')} alerts and ${EVENTS.toLocaleString('en')} events against an empty store\n`,
  );
  const folder = temporaryFolder();
  await seed(folder, ALERTS, EVENTS);
  const full = await startHub(folder);
  const empty = await startHub();
  for (const [alertsPerPush, pushes] of [
    [1, 2000],
    [10, 2000],
    [100, 200],
  ] as const) {
    const job = { connections: 16, seconds: 2, alertsPerPush, pushes };
    const ratios: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const first = 100_000 * (round % 2);
      const a = await load(full, { ...job, first });
      const b = await load(empty, { ...job, first });
      if (round > 1) ratios.push(a.requests / a.seconds / (b.requests / b.seconds));
    }
    const ratio = median(ratios);
    verdict(`${alertsPerPush} a push`, `${ratio.toFixed(2)} × the empty rate`, ratio >= BUDGET, `≥ ${BUDGET} ×`);
  }
  console.log(`start to ready with the full store: ${(full.readyMs / 1000).toFixed(2)} s`);
  await full.stop();
  await empty.stop();
  rmSync(folder, { recursive: true, force: true });
}
