import { signal } from './cpu.ts';
import { count, median, printTable, verdict } from './figures.ts';
import { type LoadResult, load } from './load/run.ts';
import { type Peer, startHub } from './processes.ts';

/** What a round is made of. */
export interface FollowerLoad {
  readonly rounds: number;
  readonly seconds: number;
  /** Machines that are new in each round: so many incidents open while they push. */
  readonly instances: number;
}

// Of what a hub takes that tells nobody.
const LEAST = 0.75;

/** Pushes a second that a hub takes while it tells people of what they say, beside one that tells nobody, in turn. */
export async function benchFollowers(url: string, { rounds, seconds, instances }: FollowerLoad): Promise<void> {
  console.log(
    `\n${rounds} rounds of ${seconds} s in turn, ${instances} new machines in each: ingest with and without followers\n`,
  );
  const telling = await startHub(undefined, { MONITOR_NOTIFY_URL: url, MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8' });
  const silent = await startHub();
  const runs: Record<'telling' | 'silent', LoadResult[]> = { telling: [], silent: [] };
  // The first round warms both up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    const job = { connections: 16, seconds, alertsPerPush: 1, instances, first: round * instances };
    const order = round % 2 === 0 ? (['silent', 'telling'] as const) : (['telling', 'silent'] as const);
    for (const name of order) {
      const [one, other] = name === 'telling' ? [telling, silent] : [silent, telling];
      const result = await without(other, () => load(one, job));
      if (round > 0) runs[name].push(result);
    }
  }
  const rateOf = ({ requests, failed, seconds: lasted }: LoadResult) => (requests - failed) / lasted;
  const row = (name: string, results: readonly LoadResult[]) => [
    ...[name, count(median(results.map(rateOf))), count(Math.min(...results.map(rateOf)))],
    ...[median(results.map(({ p50Ms }) => p50Ms)), median(results.map(({ p99Ms }) => p99Ms))].map((ms) =>
      ms.toFixed(1),
    ),
  ];
  printTable(
    ['', 'pushes/s', 'worst', 'p50 ms', 'p99 ms'],
    [row('tells nobody', runs.silent), row('tells people', runs.telling)],
  );
  const ratio = median(runs.telling.map((one, index) => rateOf(one) / rateOf(runs.silent[index] ?? one)));
  verdict('ingest with followers', `${ratio.toFixed(2)} × without`, ratio >= LEAST, `≥ ${LEAST} ×`);
  await telling.stop();
  await silent.stop();
}

async function without<T>(other: Peer, work: () => Promise<T>): Promise<T> {
  const paused = [other.process.pid ?? []].flat();
  signal(paused, 'SIGSTOP');
  try {
    return await work();
  } finally {
    signal(paused, 'SIGCONT');
  }
}
