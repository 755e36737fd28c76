// npm run bench -- store [--alerts 1000000] [--events 2000000] [--rounds 5] [--seconds 3] [--connections 16] [--hubs 1,2,4]
// Pushes of 10 alerts a second: hubs that share one PostgreSQL, a hub with the embedded store, and Alertmanager, on one
// machine, in turn, each with so many alerts stored. While one is measured all the others stand still. Prints what the
// processors were busy with: who is at one core (a hub) or leaves no core free is what bounds the rate.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type PostgresServer, startPostgres } from '../tests/support/postgres.ts';
import { cpuOf, familyOf, idleSeconds, signal } from './cpu.ts';
import { maximum, median, reportInvalid } from './figures.ts';
import { type LoadResult, load } from './load/run.ts';
import { type Peer, startAlertmanager, startHub, temporaryFolder } from './processes.ts';
import { seed } from './seed.ts';
import { seedPostgres } from './store/seed.ts';

/** One thing that is measured: who takes the pushes, and whose processors count. */
interface Contender {
  readonly name: string;
  readonly hubs: readonly Peer[];
  readonly usesPostgres: boolean;
  readonly rounds: Figures[];
}

/** Of one round; processors in cores, log in megabytes (10^6) a second. */
interface Figures {
  readonly rate: number;
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
  readonly hubs: number;
  readonly busiest: number;
  readonly postgres: number;
  readonly idle: number;
  readonly wal: number;
  readonly commits: number;
}

const ALERTS_A_PUSH = 10;
const INSTANCES = 2000;

/** Measures with the arguments of its command line. */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      alerts: { type: 'string', default: '1000000' },
      events: { type: 'string', default: '2000000' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '16' },
      hubs: { type: 'string', default: '1,2,4' },
    },
  });
  const [alerts, events, rounds] = [Number(values.alerts), Number(values.events), Number(values.rounds)];
  const sizes = values.hubs.split(',').map(Number);
  const stop: (() => Promise<void>)[] = [];
  const server = await startPostgres('shared_buffers = 256MB\nmax_wal_size = 4GB');
  stop.push(() => server.remove());
  try {
    console.log(`\n# store: pushes of ${ALERTS_A_PUSH} alerts with ${alerts.toLocaleString('en')} alerts stored\n`);
    const url = await server.createDatabase();
    const shared: Peer[] = [];
    for (let n = 0; n < Math.max(...sizes); n += 1) {
      const hub = await startHub(temporaryFolder(), { DATABASE_URL: url, INSTANCE_ID: `hub-${n}` });
      stop.unshift(() => hub.stop());
      shared.push(hub);
    }
    await seedPostgres(server, url, alerts, events);
    const folder = temporaryFolder();
    await seed(folder, alerts, events);
    const embedded = await startHub(folder);
    stop.unshift(() => embedded.stop());
    const alertmanager = await startAlertmanager();
    if (alertmanager !== null) stop.unshift(() => alertmanager.stop());
    const contenders: Contender[] = [
      ...(alertmanager === null
        ? []
        : [{ name: 'Alertmanager (in memory)', hubs: [alertmanager], usesPostgres: false, rounds: [] }]),
      { name: 'SQLite, 1 hub', hubs: [embedded], usesPostgres: false, rounds: [] },
      ...sizes.map((size) => ({
        name: `PostgreSQL, ${size} ${size === 1 ? 'hub' : 'hubs'}`,
        hubs: shared.slice(0, size),
        usesPostgres: true,
        rounds: [],
      })),
    ];
    const all = [...shared, embedded, ...(alertmanager === null ? [] : [alertmanager])];
    const job = { seconds: Number(values.seconds), connections: Number(values.connections) };
    // The first round warms up: compiled code, pages in memory, alerts known.
    for (let round = 0; round <= rounds; round += 1) {
      for (const one of contenders) {
        const figures = await measure(one, all, server, url, job, round);
        if (round > 0) one.rounds.push(figures);
      }
    }
    report(contenders);
  } finally {
    for (const end of stop) await end();
  }
}

async function measure(
  { hubs, usesPostgres }: Contender,
  all: readonly Peer[],
  server: PostgresServer,
  url: string,
  { seconds, connections }: { readonly seconds: number; readonly connections: number },
  round: number,
): Promise<Figures> {
  const postgres = familyOf(Number(readFileSync(join(server.data, 'postmaster.pid'), 'utf8').split('\n')[0]));
  const others = all.filter((one) => !hubs.includes(one)).map((one) => one.process.pid ?? 0);
  const still = usesPostgres ? others : [...others, ...postgres];
  const pids = hubs.map((hub) => hub.process.pid ?? 0);
  const before = usesPostgres ? await activity(server, url) : null;
  signal(still, 'SIGSTOP');
  try {
    const used = () => ({ hubs: pids.map((pid) => cpuOf([pid])), postgres: cpuOf(postgres), idle: idleSeconds() });
    const start = used();
    const begun = performance.now();
    // Every hub gets its share of the connections; which hub takes which instances changes from round to round.
    const results: LoadResult[] = await Promise.all(
      hubs.map((hub, index) =>
        load(hub, {
          seconds,
          connections: Math.max(1, Math.round(connections / hubs.length)),
          alertsPerPush: ALERTS_A_PUSH,
          instances: Math.ceil(INSTANCES / hubs.length),
          first: Math.ceil(INSTANCES / hubs.length) * ((index + round) % hubs.length),
        }),
      ),
    );
    const whole = (performance.now() - begun) / 1000;
    const end = used();
    const after = before === null ? null : await activity(server, url);
    const each = end.hubs.map((cpu, index) => (cpu - (start.hubs[index] ?? 0)) / seconds);
    return {
      rate: results.reduce((sum, one) => sum + one.requests / one.seconds, 0),
      failed: results.reduce((sum, one) => sum + one.failed, 0),
      p50: median(results.map((one) => one.p50Ms)),
      p99: maximum(results.map((one) => one.p99Ms)),
      hubs: each.reduce((sum, cores) => sum + cores, 0),
      busiest: maximum(each),
      postgres: usesPostgres ? (end.postgres - start.postgres) / seconds : 0,
      // The load generators start in this time too, so this errs towards idle.
      idle: (end.idle - start.idle) / whole,
      wal: before && after ? (after.wal - before.wal) / 1e6 / seconds : 0,
      commits: before && after ? (after.commits - before.commits) / seconds : 0,
    };
  } finally {
    signal(still, 'SIGCONT');
  }
}

/** Bytes of write-ahead log and transactions so far. */
async function activity(server: PostgresServer, url: string): Promise<{ wal: number; commits: number }> {
  const [row] = await server.query<{ wal: string; commits: string }>(
    `SELECT pg_current_wal_lsn() - '0/0' AS wal,
       (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS commits`,
    url,
  );
  return { wal: Number(row?.wal), commits: Number(row?.commits) };
}

function report(contenders: readonly Contender[]): void {
  const of = (one: Contender | undefined, figure: keyof Figures) => median((one?.rounds ?? []).map((r) => r[figure]));
  const sqlite = contenders.find((one) => one.name.startsWith('SQLite'));
  const peer = contenders.find((one) => one.name.startsWith('Alertmanager'));
  const head = ['', 'pushes/s', '× SQLite', '× Alertm.', 'p50 ms', 'p99 ms', 'hub cores', 'postgres', 'idle cores'];
  const row = (cells: readonly string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(26) : cell.padStart(11))).join('');
  console.log(row([...head, 'WAL MB/s', 'commits/s']));
  for (const one of contenders) {
    const ratio = (other: Contender | undefined) =>
      other === undefined ? '–' : (of(one, 'rate') / of(other, 'rate')).toFixed(2);
    const log = one.usesPostgres ? [of(one, 'wal').toFixed(1), of(one, 'commits').toFixed(0)] : ['–', '–'];
    console.log(
      row([
        ...[one.name, Math.round(of(one, 'rate')).toLocaleString('en'), ratio(sqlite), ratio(peer)],
        ...[of(one, 'p50').toFixed(1), of(one, 'p99').toFixed(1), of(one, 'hubs').toFixed(2)],
        ...[one.usesPostgres ? of(one, 'postgres').toFixed(2) : '–', of(one, 'idle').toFixed(2), ...log],
      ]),
    );
  }
  for (const one of contenders.filter((c) => c.usesPostgres)) console.log(`${one.name}: ${boundOf(one, of)}`);
  const failed = contenders.reduce((sum, one) => sum + one.rounds.reduce((s, r) => s + r.failed, 0), 0);
  if (failed > 0) reportInvalid(`${failed} requests were not answered with 2xx`);
}

/** What bounds a rate, as far as the processors tell. */
function boundOf(one: Contender, of: (one: Contender, figure: keyof Figures) => number): string {
  if (of(one, 'busiest') > 0.9)
    return `bound by the hubs: the busiest has ${of(one, 'busiest').toFixed(2)} cores, and runs on one`;
  if (of(one, 'idle') < 0.3) {
    const [hubs, postgres] = [of(one, 'hubs').toFixed(2), of(one, 'postgres').toFixed(2)];
    return `bound by the processors of this machine: hubs ${hubs}, PostgreSQL ${postgres}, the rest is the load and what else runs`;
  }
  return 'bound by waiting, for the disk of the write-ahead log or for locks: processors are idle and no hub is busy';
}
