import { fork } from 'node:child_process';
import { get } from 'node:http';
import { join } from 'node:path';
import { count, median, reportInvalid } from '../figures.ts';
import { type Load, load } from '../load/run.ts';
import type { Hub } from '../processes.ts';

/** Firing alerts while they are listed: as many as one list holds. */
export const LISTED = 10_000;

const INSTANCES = 400;
const FEW = 10;
const MANY = 100;
/** As many as a push may hold; a commit takes two of these. */
const FULL = 1000;

/** Measures the hub while `during` runs. */
export type Measure = <Result>(during: () => Promise<Result>) => Promise<Result>;

/** Keeps a hub busy for `seconds`, measured in the part that counts; resolves with what it achieved. */
export type Workload = (hub: Hub, seconds: number, measure: Measure) => Promise<string>;

const ingestOf = (alertsPerPush: number): Load => ({
  connections: 16,
  seconds: 1,
  alertsPerPush,
  instances: INSTANCES,
});

/** Makes 10,000 alerts fire, among them those of the ingest workload at 10 a push. */
export async function fill(hub: Hub): Promise<void> {
  const rest = (LISTED - INSTANCES * FEW) / MANY;
  await load(hub, { ...ingestOf(FEW), seconds: 60, once: true });
  await load(hub, { ...ingestOf(MANY), seconds: 60, once: true, instances: rest, first: INSTANCES });
  const { alerts } = await list(hub.port);
  if (alerts !== LISTED) reportInvalid(`${count(alerts)} alerts are listed, not ${count(LISTED)}`);
}

/** No load. */
export const idle: Workload = async (_, seconds, measure) => {
  await measure(() => pause(seconds));
  return '';
};

/** Pushes as fast as the hub answers them. */
export function ingest(alertsPerPush: number): Workload {
  return async (hub, seconds, measure) => {
    const run = await measure(() => load(hub, { ...ingestOf(alertsPerPush), seconds }));
    if (run.failed > 0) reportInvalid(`${count(run.failed)} pushes were not answered with 2xx`);
    return `${count(run.requests / run.seconds)} pushes/s`;
  };
}

/** `GET /api/v2/alerts` over one connection, one after another. */
export const lists: Workload = async (hub, seconds, measure) => {
  const took: number[] = [];
  await measure(async () => {
    for (const until = performance.now() + seconds * 1000; performance.now() < until; ) {
      const begun = performance.now();
      await read(hub.port);
      took.push(performance.now() - begun);
    }
  });
  return `${took.length} lists, ${median(took).toFixed(0)} ms each`;
};

/** Two workloads at once; the first is measured. */
export function concurrently(one: Workload, other: Workload): Workload {
  return async (hub, seconds, measure) => {
    const both = [one(hub, seconds, measure), other(hub, seconds, (during) => during())];
    return (await Promise.all(both)).join('; ');
  };
}

/** Another process holds the write lock of the store while pushes arrive; refusing these is right, blocking is not. */
export const lock: Workload = async (hub, seconds, measure) => {
  const holder = fork(join(import.meta.dirname, 'lock.ts'), [join(hub.folder, 'monitor.db'), String(seconds)], {
    execArgv: ['--import', 'tsx'],
  });
  const over = new Promise<void>((resolve, reject) =>
    holder.once('exit', (code) => (code === 0 ? resolve() : reject(new Error('the store could not be locked')))),
  );
  await Promise.race([over, new Promise((resolve) => holder.once('message', resolve))]);
  const run = await measure(async () => {
    const pushes = load(hub, { ...ingestOf(FEW), seconds: seconds + 2 });
    await over;
    // Requests that were blocked are answered now.
    await pause(0.5);
    return { pushes };
  }).then(({ pushes }) => pushes);
  if (run.failed === run.requests) reportInvalid('no push was answered with 2xx after the lock was released');
  return `${count(run.requests)} pushes answered, ${count(run.failed)} refused or timed out`;
};

/** Commits of 2,000 alerts, the most that one takes, every one with a change of severity. */
export const largeCommits: Workload = async (hub, seconds, measure) => {
  const job = { ...ingestOf(FULL), connections: 4, instances: 8, first: 2 * INSTANCES, changing: true };
  const run = await measure(() => load(hub, { ...job, seconds }));
  if (run.failed > 0) reportInvalid(`${count(run.failed)} pushes were not answered with 2xx`);
  return `${count((run.requests * FULL) / run.seconds)} changed alerts/s`;
};

async function list(port: number): Promise<{ alerts: number }> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`);
  return { alerts: ((await response.json()) as unknown[]).length };
}

/** Reads a list and discards it. */
function read(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path: '/api/v2/alerts' }, (response) => {
      if (response.statusCode !== 200) reportInvalid(`the list was answered with ${response.statusCode}`);
      response.resume().on('end', resolve).on('error', reject);
    });
    request.on('error', reject);
  });
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
