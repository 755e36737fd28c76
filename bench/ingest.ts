// npm run bench -- ingest [--sizes 1,10,100] [--rounds 7] [--seconds 3] [--connections 16] [--instances 400]
import { parseArgs } from 'node:util';
import { signal } from './cpu.ts';
import { count, median, printTable, verdict } from './figures.ts';
import { type Load, type LoadResult, load } from './load/run.ts';
import { type Peer, startAlertmanager, startHub } from './processes.ts';
import { verifyStored } from './verify.ts';

const BUDGETS = new Map([
  [1, 1],
  [10, 1.3],
  [100, 1.3],
]);
// Each version 2 request can be sent only once; prepare this many times what the rate of version 1 would use.
const HEADROOM = 1.5;
// In the warm-up version 1 comes first, on a program that nothing has compiled yet.
const COLD_HEADROOM = 4;

/** One round: Alertmanager, and the hub with each signature version. */
interface Round {
  readonly peer: LoadResult | null;
  readonly v1: LoadResult;
  readonly v2: LoadResult;
}

/** Signed, durable pushes a second, compared with Alertmanager's `POST /api/v2/alerts` for the same alerts. */
export async function benchIngest(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string', default: '1,10,100' },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '16' },
      instances: { type: 'string', default: '400' },
    },
  });
  const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
  const [connections, instances] = [Number(values.connections), Number(values.instances)];
  console.log(
    `\n# ingest: ${connections} connections, ${instances} instances, ${rounds} rounds of ${seconds} s in turn\n`,
  );
  console.log(
    'v1: one body per instance, signed with version 1 and repeated. v2: headers of our own agent, every request unique.',
  );
  for (const alertsPerPush of values.sizes.split(',').map(Number)) {
    await measure({ connections, seconds, alertsPerPush, instances }, rounds);
  }
}

async function measure(job: Load, rounds: number): Promise<void> {
  const hub = await startHub();
  const alertmanager = await startAlertmanager();
  const all: Round[] = [];
  // The first round is a warm-up and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    const ofPeer = async () => (alertmanager === null ? null : await exclusively(alertmanager, hub, job));
    // Alternate the order, so that a machine that slows down over a round favours neither.
    const before = round % 2 === 0 ? await ofPeer() : null;
    const v1 = await exclusively(hub, alertmanager, job);
    const headroom = round === 0 ? COLD_HEADROOM : HEADROOM;
    const requests = Math.ceil((v1.requests / v1.seconds) * job.seconds * headroom) + job.instances;
    // Separate instances: these observations predate the run, so after v1 pushes of the same alerts they would be stale.
    const v2 = await exclusively(hub, alertmanager, { ...job, signature: 'v2', requests, first: job.instances });
    all.push({ peer: before ?? (await ofPeer()), v1, v2 });
  }
  report(job, all.slice(1));
  const sent = { alertsPerPush: job.alertsPerPush, connections: job.connections };
  const alerts = job.instances * job.alertsPerPush;
  await verifyStored(hub, { ...sent, alerts: 2 * alerts, runs: all.flatMap(({ v1, v2 }) => [v1, v2]) });
  if (alertmanager !== null)
    await verifyStored(alertmanager, { ...sent, alerts, runs: all.flatMap(({ peer }) => peer ?? []) });
  await hub.stop();
  await alertmanager?.stop();
}

/** Loads one server while the other is stopped, so that background work of the other does not count. */
async function exclusively(one: Peer, other: Peer | null, job: Load): Promise<LoadResult> {
  const paused = [other?.process.pid ?? []].flat();
  signal(paused, 'SIGSTOP');
  try {
    return await load(one, job);
  } finally {
    signal(paused, 'SIGCONT');
  }
}

const rateOf = ({ requests, failed, seconds }: LoadResult) => (requests - failed) / seconds;

function report({ alertsPerPush }: Load, rounds: readonly Round[]): void {
  const peers = rounds.flatMap(({ peer }) => peer ?? []);
  const row = (name: string, runs: readonly LoadResult[]) => {
    const of = (figure: (run: LoadResult) => number) => median(runs.map(figure));
    return [
      ...[name, count(of(rateOf)), count(Math.min(...runs.map(rateOf)))],
      ...[of((run) => run.cores).toFixed(2), of((run) => run.generatorCores).toFixed(2)],
      ...[of((run) => run.p50Ms).toFixed(1), of((run) => run.p99Ms).toFixed(1)],
    ];
  };
  console.log('');
  printTable(
    [`${alertsPerPush} a push`, 'pushes/s', 'worst', 'cores used', 'generator', 'p50 ms', 'p99 ms'],
    [
      ...(peers.length === 0 ? [] : [row('Alertmanager', peers)]),
      row(
        'monitor v1',
        rounds.map(({ v1 }) => v1),
      ),
      row(
        'monitor v2',
        rounds.map(({ v2 }) => v2),
      ),
    ],
  );
  if (peers.length === 0) console.log('        prometheus-alertmanager is not installed: no comparison');
  else for (const signature of ['v1', 'v2'] as const) judge(alertsPerPush, signature, rounds);
}

function judge(alertsPerPush: number, signature: 'v1' | 'v2', rounds: readonly Round[]): void {
  const ratios = rounds.flatMap((round) => (round.peer === null ? [] : rateOf(round[signature]) / rateOf(round.peer)));
  const budget = BUDGETS.get(alertsPerPush);
  const figure = `${median(ratios).toFixed(2)} × Alertmanager, worst round ${Math.min(...ratios).toFixed(2)}`;
  if (budget === undefined) console.log(`        ${alertsPerPush} a push, ${signature}: ${figure}`);
  else verdict(`${alertsPerPush} a push, ${signature}`, figure, median(ratios) >= budget, `≥ ${budget.toFixed(1)} ×`);
}
