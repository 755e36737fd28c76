// npm run bench -- loop [--seconds 5] [--rounds 1] [--only lock]
// Responsiveness of a busy hub: latency of /healthz, requested every 10 ms by a separate process, and event loop delay,
// measured inside the hub. An idle control server is requested at the same moments: its latency is that of the machine.
import { parseArgs } from 'node:util';
import { count, maximum, printTable, quantile, reportInvalid, verdict } from './figures.ts';
import { type InstrumentedHub, startInstrumentedHub } from './instrument/hub.ts';
import { type Probe, startProbe } from './loop/measure.ts';
import {
  concurrently,
  fill,
  idle,
  ingest,
  LISTED,
  largeCommits,
  lists,
  lock,
  type Measure,
  type Workload,
} from './loop/workloads.ts';

const BUDGET_MS = 20;

const SCENARIOS: readonly { readonly name: string; readonly workload: Workload }[] = [
  { name: 'idle', workload: idle },
  { name: `list of ${count(LISTED)}`, workload: lists },
  { name: 'list and ingest of 10', workload: concurrently(lists, ingest(10)) },
  { name: 'ingest of 1', workload: ingest(1) },
  { name: 'ingest of 10', workload: ingest(10) },
  { name: 'locked store', workload: lock },
  { name: 'ingest of 100', workload: ingest(100) },
  { name: 'commits of 2,000', workload: largeCommits },
];

/** Milliseconds, collected over all rounds of a scenario. */
interface Samples {
  readonly hub: number[];
  readonly control: number[];
  readonly loop: number[];
  readonly probe: number[];
  /** What the workload achieved, one a round. */
  readonly notes: string[];
}

/** Event loop delay and /healthz latency of a hub under several workloads. */
export async function benchLoop(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
    },
  });
  const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
  console.log(`\n# loop: /healthz and the event loop of a busy hub, ${rounds} × ${seconds} s per scenario\n`);
  const hub = await startInstrumentedHub();
  await fill(hub);
  const probe = await startProbe(hub.port);
  const priority = probe.hasPriority ? 'raised' : 'normal (raising it is not permitted)';
  console.log(
    `probe: requests /healthz every 10 ms at ${priority} priority; its own timer delay is shown, not counted`,
  );
  console.log('control: an idle server, requested at the same moments\n');
  const scenarios = SCENARIOS.filter(({ name }) => name.includes(values.only)).map((scenario) => ({
    ...scenario,
    samples: { hub: [], control: [], loop: [], probe: [], notes: [] } as Samples,
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, workload, samples } of scenarios) {
      // The table comes at the end: somebody may be waiting.
      console.error(`  round ${round + 1}: ${name}`);
      samples.notes.push(await workload(hub, seconds, measuringWith(hub, probe, samples)));
    }
  }
  probe.stop();
  await hub.stop();
  report(scenarios);
}

function measuringWith(hub: InstrumentedHub, probe: Probe, samples: Samples): Measure {
  return async (during) => {
    await probe.begin();
    hub.reset();
    const result = await during();
    const [inside, outside] = await Promise.all([hub.report(), probe.end()]);
    const [own, control] = outside.answers;
    samples.hub.push(...(own?.latencies ?? []));
    samples.control.push(...(control?.latencies ?? []));
    samples.probe.push(...outside.late);
    samples.loop.push(...(inside.threads.find(({ name }) => name === 'main')?.late ?? []));
    if (own?.failed)
      reportInvalid(
        `${count(own.failed)} of ${count(own.latencies.length)} /healthz requests were not answered with 200`,
      );
    return result;
  };
}

function report(scenarios: readonly { readonly name: string; readonly samples: Samples }[]): void {
  const ms = (figures: readonly number[], share: number) => quantile(figures, share).toFixed(1);
  printTable(
    [
      'milliseconds',
      '/healthz p50',
      'p99',
      'worst',
      'loop p99',
      'worst',
      'control p99',
      'worst',
      'probe p99',
      'worst',
      'while',
    ],
    scenarios.map(({ name, samples }) => [
      ...[name, ms(samples.hub, 0.5), ms(samples.hub, 0.99), ms(samples.hub, 1)],
      ...[samples.loop, samples.control, samples.probe].flatMap((figures) => [ms(figures, 0.99), ms(figures, 1)]),
      samples.notes.join(' | '),
    ]),
  );
  console.log('');
  for (const { name, samples } of scenarios) {
    const worst = maximum(samples.hub);
    const machine = maximum(samples.control);
    const note = worst > BUDGET_MS && machine > BUDGET_MS ? `; so did the control, ${machine.toFixed(1)} ms` : '';
    verdict(`/healthz, ${name}`, `worst ${worst.toFixed(1)} ms${note}`, worst <= BUDGET_MS, `≤ ${BUDGET_MS} ms`);
  }
}
