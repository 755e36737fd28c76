// npm run bench -- profile [--sizes 1,10,100] [--seconds 5] [--signature v1]
// Processor time of a push by thread, and the share of garbage collection.
import { parseArgs } from 'node:util';
import { type ThreadCpu, threadsOf } from './cpu.ts';
import { count, printTable, reportInvalid } from './figures.ts';
import { type HubReport, startInstrumentedHub } from './instrument/hub.ts';
import { type Load, load } from './load/run.ts';

// Version 2 requests can be sent only once: prepare for this rate at one alert a push, and for less at more.
const MOST_PER_SECOND = 25_000;

/** Splits the cost of ingest by thread, at several sizes. */
export async function benchProfile(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string', default: '1,10,100' },
      seconds: { type: 'string', default: '5' },
      signature: { type: 'string', default: 'v1' },
    },
  });
  const seconds = Number(values.seconds);
  const signature = values.signature === 'v2' ? 'v2' : 'v1';
  console.log(`\n# profile: processor time of a push by thread, ${seconds} s of ingest signed by ${signature}\n`);
  for (const alertsPerPush of values.sizes.split(',').map(Number)) {
    await profile({ connections: 16, seconds, alertsPerPush, instances: 400, signature });
  }
}

async function profile(job: Load): Promise<void> {
  const hub = await startInstrumentedHub();
  const pid = hub.process.pid ?? 0;
  const push = (seconds: number, first: number) =>
    load(hub, {
      ...job,
      seconds,
      first,
      ...(job.signature === 'v2' && { requests: enough(seconds, job.alertsPerPush) }),
    });
  // Warm-up.
  await push(2, 0);
  const before = threadsOf(pid);
  hub.reset();
  const run = await push(job.seconds, 0);
  const after = threadsOf(pid);
  const inside = await hub.report();
  if (run.failed > 0) reportInvalid(`${count(run.failed)} pushes were not answered with 2xx`);
  report(job, run, spent(before, after), inside);
  await hub.stop();
}

function enough(seconds: number, alertsPerPush: number): number {
  return Math.ceil((seconds * MOST_PER_SECOND) / Math.sqrt(alertsPerPush));
}

function spent(before: readonly ThreadCpu[], after: readonly ThreadCpu[]): ThreadCpu[] {
  const earlier = new Map(before.map((thread) => [thread.tid, thread]));
  return after.map(({ tid, total, system }) => {
    const start = earlier.get(tid) ?? { total: 0, system: 0 };
    return { tid, total: total - start.total, system: system - start.system };
  });
}

function report(
  { alertsPerPush }: Load,
  run: { readonly requests: number; readonly seconds: number },
  threads: readonly ThreadCpu[],
  inside: HubReport,
): void {
  const known = new Map(inside.threads.map((thread) => [thread.tid, thread]));
  const nameOf = (tid: number) =>
    known.get(tid)?.name ?? (inside.pool.includes(tid) ? 'libuv pool' : 'V8 helpers (GC, compiler)');
  const rows = new Map<string, ThreadCpu[]>();
  for (const thread of threads) rows.set(nameOf(thread.tid), [...(rows.get(nameOf(thread.tid)) ?? []), thread]);
  const sum = (group: readonly ThreadCpu[], part: 'total' | 'system') => group.reduce((all, one) => all + one[part], 0);
  const pushUs = (cpuSeconds: number) => ((cpuSeconds * 1e6) / run.requests).toFixed(0);
  const row = (name: string, group: readonly ThreadCpu[]) => {
    const report = inside.threads.find((one) => one.name === name);
    const gc = (ms: number | undefined) => (ms === undefined ? '–' : pushUs(ms / 1000));
    return [
      ...[name, (sum(group, 'total') / run.seconds).toFixed(2), pushUs(sum(group, 'total'))],
      ...[pushUs(sum(group, 'system')), gc(report?.minorMs), gc(report?.majorMs)],
    ];
  };
  const rate = `${count(run.requests / run.seconds)} pushes/s of ${alertsPerPush}`;
  printTable(
    [rate, 'cores', 'µs a push', 'of it in kernel', 'minor GC pauses', 'major GC pauses'],
    [...[...rows].map(([name, group]) => row(name, group)), row('all', threads)],
  );
  console.log('');
}
