// npm run bench -- memory [--alerts 100000] [--starts 5] [--seconds 10]
import { cpSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { count, maximum, median, reportInvalid, verdict } from './figures.ts';
import { load } from './load/run.ts';
import { type Hub, residentMb, startHub, temporaryFolder } from './processes.ts';
import { storedByHub } from './verify.ts';

const ALERTS_A_PUSH = 10;
const MEMORY_MB = 250;
const START_S = 2;
const SAMPLE_MS = 100;

/** Memory and start-up time with 100,000 open alerts, all pushed over the wire. */
export async function benchMemory(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      alerts: { type: 'string', default: '100000' },
      starts: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '10' },
    },
  });
  const alerts = Number(values.alerts);
  console.log(`\n# memory: ${count(alerts)} open alerts\n`);
  const hub = await startHub();
  const job = { connections: 16, alertsPerPush: ALERTS_A_PUSH, instances: alerts / ALERTS_A_PUSH };
  await fill(hub, job, alerts);
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(residentMb(hub).now), SAMPLE_MS);
  const again = await load(hub, { ...job, seconds: Number(values.seconds) });
  clearInterval(sampling);
  if (again.failed > 0) reportInvalid(`${again.failed} requests were not answered with 2xx`);
  console.log(`then the same repeated for ${values.seconds} s, at ${count(again.requests / again.seconds)} pushes/s`);
  const peak = residentMb(hub).peak.toFixed(0);
  const figure = `${median(samples).toFixed(0)} MB, worst ${maximum(samples).toFixed(0)} MB`;
  verdict('resident memory under load', figure, maximum(samples) <= MEMORY_MB, `≤ ${MEMORY_MB} MB`);
  console.log(`        peak since its start, the filling included: ${peak} MB`);
  await benchStarts(hub, Number(values.starts));
}

async function fill(hub: Hub, job: Omit<Parameters<typeof load>[1], 'seconds'>, alerts: number): Promise<void> {
  const filled = await load(hub, { ...job, seconds: 600, once: true });
  const stored = await storedByHub(hub.port);
  if (filled.failed > 0 || stored.alerts !== alerts)
    reportInvalid(`the hub holds ${count(stored.alerts)} alerts, not ${count(alerts)}`);
  console.log(`${count(filled.requests)} pushes of ${ALERTS_A_PUSH} new alerts each in ${filled.seconds.toFixed(1)} s`);
}

/** Starts hubs on copies of the files of a killed hub. */
async function benchStarts(hub: Hub, starts: number): Promise<void> {
  const left = temporaryFolder();
  hub.process.kill('SIGSTOP');
  cpSync(hub.folder, left, { recursive: true });
  hub.process.kill('SIGKILL');
  rmSync(hub.folder, { recursive: true, force: true, maxRetries: 5 });
  const seconds: number[] = [];
  const resident: number[] = [];
  for (let start = 0; start < starts; start += 1) {
    const folder = temporaryFolder();
    cpSync(left, folder, { recursive: true });
    const again = await startHub(folder);
    seconds.push(again.readyMs / 1000);
    resident.push(residentMb(again).now);
    await again.stop();
  }
  rmSync(left, { recursive: true, force: true });
  const figure = `${median(seconds).toFixed(2)} s, worst of ${starts} starts ${maximum(seconds).toFixed(2)} s`;
  verdict('start to ready', figure, maximum(seconds) <= START_S, `≤ ${START_S} s`);
  console.log(`resident memory after a start: ${median(resident).toFixed(0)} MB`);
}
