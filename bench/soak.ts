// npm run bench -- soak [--minutes 30] [--rate 2000] [--alerts 10] [--connections 32] [--every 10]
// Drives a hub of its own at an even rate for long, with alerts that fire, repeat, change and resolve, every push signed
// by both versions, and looks at its memory, its answers and its files all the while. The verdict is bad when memory
// grows once the hub is warm, when any push is not answered 200, or when the rate cannot be kept.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPace, type Pace } from './soak/pace.ts';
import { createPushes } from './soak/pushes.ts';
import { judge, type Sample } from './soak/verdict.ts';
import { createHub, type Hub } from './torture/hub.ts';
import { freePort } from './torture/process.ts';

/** Runs a soak with the arguments of its command line; sets the exit code to 1 when the verdict is bad. */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '30' },
      rate: { type: 'string', default: '2000' },
      alerts: { type: 'string', default: '10' },
      connections: { type: 'string', default: '32' },
      every: { type: 'string', default: '10' },
    },
  });
  const [minutes, rate, every] = [Number(values.minutes), Number(values.rate), Number(values.every)];
  const folder = mkdtempSync(join(tmpdir(), 'monitor-soak-'));
  const hub = createHub(folder, await freePort(23_000));
  try {
    await hub.start();
    const next = createPushes(Number(values.alerts));
    const pace = createPace(hub.port, Number(values.connections), rate, next);
    console.log(
      `${rate} pushes a second of ${values.alerts} alerts for ${minutes} minutes, after a start at ${rssOf(hub)} MB`,
    );
    const samples = await watch(hub, pace, minutes * 60, every);
    await pace.stop();
    const stopped = await hub.stop();
    const { problems, text } = judge(samples, rate);
    console.log(text);
    if (stopped !== 0) problems.push(`the hub did not stop cleanly: exit code ${stopped}`);
    for (const line of hub.errors().slice(0, 10)) problems.push(`the hub says: ${line}`);
    for (const problem of problems) console.log(`    ${problem}`);
    console.log(problems.length === 0 ? 'soak: flat memory, no error' : `soak: ${problems.length} problems`);
    process.exitCode = problems.length === 0 ? 0 : 1;
  } finally {
    await hub.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function watch(hub: Hub, pace: Pace, seconds: number, every: number): Promise<Sample[]> {
  console.log('    time     pushes/s   errors   p50 ms   p99 ms   RSS MB   files MB');
  const samples: Sample[] = [];
  const started = performance.now();
  for (let look = 1; look * every <= seconds; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, started + look * every * 1000 - performance.now()));
    if (!hub.isUp()) throw new Error(`the hub is gone: ${hub.log()}`);
    const elapsed = (performance.now() - started) / 1000;
    const sample = { at: elapsed, rss: rssOf(hub), files: filesOf(hub), ...pace.take() };
    samples.push(sample);
    const figures = [sample.perSecond.toFixed(0), sample.errors, sample.p50.toFixed(1), sample.p99.toFixed(1)];
    const row = [`${elapsed.toFixed(0)} s`, ...figures, sample.rss, sample.files];
    console.log(row.map((cell, column) => String(cell).padStart(column === 0 ? 8 : 9)).join(''));
  }
  return samples;
}

function rssOf(hub: Hub): number {
  const kb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${hub.pid()}/status`, 'utf8'))?.[1] ?? 0);
  return Math.round(kb / 1024);
}

function filesOf(hub: Hub): number {
  const sizes = ['', '-wal'].map(
    (ending) => statSync(`${hub.database}${ending}`, { throwIfNoEntry: false })?.size ?? 0,
  );
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1024 / 1024);
}
