// npm run bench -- endpoints [--endpoints 10000] [--interval 60] [--seconds 120] [--only probe|results]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuOf } from './cpu.ts';
import { homeOf, TOKEN } from './endpoints/home.ts';
import { benchResults } from './endpoints/results.ts';
import { deviations, startTarget, type Target } from './endpoints/target.ts';
import { count, maximum, printTable, quantile, reportInvalid, verdict } from './figures.ts';
import { freePort, MONITOR, type Program, residentMb, startHub, startProgram, temporaryFolder } from './processes.ts';

const CORES = 0.5;
const MEMORY_MB = 300;
const LATE_S = 1;
const RESULTS_S = 10;

/** One probe, beside blackbox_exporter scraped for the same endpoints in the same run; then the results that a hub takes. */
export async function benchEndpoints(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      endpoints: { type: 'string', default: '10000' },
      interval: { type: 'string', default: '60' },
      seconds: { type: 'string', default: '120' },
      only: { type: 'string', default: 'all' },
    },
  });
  const plan = {
    endpoints: Number(values.endpoints),
    intervalS: Number(values.interval),
    seconds: Number(values.seconds),
  };
  if (values.only !== 'results') await benchProbe(plan);
  if (values.only !== 'probe') await benchResults(RESULTS_S);
}

interface Plan {
  readonly endpoints: number;
  readonly intervalS: number;
  readonly seconds: number;
}

async function benchProbe(plan: Plan): Promise<void> {
  const { endpoints, intervalS, seconds } = plan;
  console.log(
    `\n# probe: ${count(endpoints)} endpoints every ${intervalS} s, measured for ${seconds} s after the first round\n`,
  );
  const target = await startTarget();
  const ours = await measureOurs(plan, target);
  const theirs = await measureTheirs(plan, target);
  await target.close();
  const measured = [ours, ...(theirs === null ? [] : [theirs])];
  printTable(
    ['', 'looks', 'of plan', 'cores', 'ms a look', 'other cores', 'late p99', 'late most', 'memory'],
    measured.map((one) => [
      ...[one.name, count(one.looks), `${((100 * one.looks) / ((endpoints * seconds) / intervalS)).toFixed(1)} %`],
      ...[one.cores.toFixed(2), ((1000 * one.cores * seconds) / one.looks).toFixed(2), one.others.toFixed(2)],
      ...[
        `${quantile(one.late, 0.99).toFixed(0)} ms`,
        `${maximum(one.late).toFixed(0)} ms`,
        `${one.memoryMb.toFixed(0)} MB`,
      ],
    ]),
  );
  if (theirs === null) console.log('prometheus-blackbox-exporter or prometheus is not installed: nothing beside it');
  if (ours.looks < 0.9 * ((endpoints * seconds) / intervalS)) reportInvalid('the probe looked less often than planned');
  verdict('cores of the probe', ours.cores.toFixed(2), ours.cores <= CORES, `≤ ${CORES}`);
  const most = maximum(ours.late);
  verdict('start times off the plan', `${most.toFixed(0)} ms at most`, most <= 1000 * LATE_S, `≤ ${LATE_S} s`);
  verdict('memory of the probe', `${ours.memoryMb.toFixed(0)} MB`, ours.memoryMb <= MEMORY_MB, `≤ ${MEMORY_MB} MB`);
}

interface Measured {
  readonly name: string;
  readonly looks: number;
  readonly cores: number;
  /** Of the program that it reports to. */
  readonly others: number;
  readonly late: readonly number[];
  readonly memoryMb: number;
}

async function measureOurs(plan: Plan, target: Target): Promise<Measured> {
  const hub = await startHub(homeOf({ ...plan, port: target.port, probes: ['p1'] }));
  const port = await freePort();
  const env = {
    ...{ MONITOR_MODE: 'probe', MONITOR_PEER_URL: `http://127.0.0.1:${hub.port}`, MONITOR_NODE_ID: 'p1' },
    ...{ MONITOR_PROBE_TOKEN: TOKEN, MONITOR_PROBE_PORT: String(port), MONITOR_STATE_DIR: hub.folder },
  };
  const probe = await startProgram(process.execPath, [MONITOR, 'serve'], {
    url: `http://127.0.0.1:${port}/readyz`,
    env,
  });
  if (probe === null) throw new Error('the probe did not start');
  const measured = await measure('monitor probe', probe, hub, plan, target);
  await probe.stop();
  await hub.stop();
  return measured;
}

async function measureTheirs(plan: Plan, target: Target): Promise<Measured | null> {
  const [port, ownPort] = [await freePort(), await freePort()];
  const listen = `--web.listen-address=127.0.0.1:${port}`;
  const config = '--config.file=/etc/prometheus/blackbox.yml';
  const url = `http://127.0.0.1:${port}/-/healthy`;
  const exporter = await startProgram('prometheus-blackbox-exporter', [listen, config], { url });
  if (exporter === null) return null;
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'prometheus.yml'), scrapeConfig(plan, target.port, port));
  const flags = [
    '--config.file=prometheus.yml',
    '--storage.tsdb.path=data',
    `--web.listen-address=127.0.0.1:${ownPort}`,
  ];
  const prometheus = await startProgram('prometheus', flags, { url: `http://127.0.0.1:${ownPort}/-/ready`, folder });
  const measured = prometheus && (await measure('blackbox_exporter', exporter, prometheus, plan, target));
  await prometheus?.stop();
  await exporter.stop();
  return measured;
}

function scrapeConfig({ endpoints, intervalS }: Plan, target: number, exporter: number): string {
  const targets = Array.from({ length: endpoints }, (_, at) => `http://127.0.0.1:${target}/e${at}`);
  const job = {
    ...{ job_name: 'endpoints', metrics_path: '/probe', params: { module: ['http_2xx'] } },
    ...{
      scrape_interval: `${intervalS}s`,
      scrape_timeout: `${Math.min(10, intervalS)}s`,
      static_configs: [{ targets }],
    },
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: `127.0.0.1:${exporter}` },
    ],
  };
  return JSON.stringify({ scrape_configs: [job] });
}

/** Waits until every endpoint has been looked at, and measures then. */
async function measure(
  name: string,
  program: Program,
  other: Pick<Program, 'process'>,
  { endpoints, intervalS, seconds }: Plan,
  target: Target,
): Promise<Measured> {
  target.forget();
  const until = performance.now() + 3000 * intervalS;
  while (target.arrivals.size < endpoints && performance.now() < until) await sleep(200);
  if (target.arrivals.size < endpoints) reportInvalid(`${name} looked at ${count(target.arrivals.size)} endpoints`);
  target.forget();
  const cpu = () => [program, other].map((one) => cpuOf([one.process.pid ?? 0]));
  const [begun, before] = [performance.now(), cpu()];
  await sleep(1000 * seconds);
  const [passed, after] = [(performance.now() - begun) / 1000, cpu()];
  const [cores = 0, others = 0] = after.map((one, at) => (one - (before[at] ?? 0)) / passed);
  const looks = [...target.arrivals.values()].reduce((sum, times) => sum + times.length, 0);
  const late = deviations(target.arrivals, 1000 * intervalS);
  return { name, looks, cores, others, late, memoryMb: residentMb(program).now };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
