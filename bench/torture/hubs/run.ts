import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDriver } from '../../../src/stores/sqlite/driver.ts';
import { startPostgres } from '../../../tests/support/postgres.ts';
import { factsOf, type Rows, rowsOf } from '../facts.ts';
import { createHub, type Hub } from '../hub.ts';
import { freePort } from '../process.ts';
import { randomOf } from '../random.ts';
import { connections, sign } from '../requests.ts';
import { createSender, type Sender, type Tally } from '../sender.ts';
import { judgeFacts, type Verdict } from '../verdict.ts';
import { startUntilUp, strike } from './chaos.ts';
import { startProxy } from './proxy.ts';
import { differencesOf, linesOf, readPostgres } from './state.ts';

/** What a run is made of; the rest follows from its seed. */
export interface HubsOptions {
  readonly seed: number;
  readonly hubs: number;
  /** Of load and blows; what has to be sent again after that takes as long as it takes. */
  readonly seconds: number;
  /** Where free ports are looked for. */
  readonly firstPort: number;
}

/** How a run went. */
export interface HubsResult extends Verdict {
  /** What it did, in one line. */
  readonly text: string;
}

const SENDERS = 6;
const PATIENCE_MS = 120_000;

/**
 * Hubs on one PostgreSQL behind a proxy, under load, killed, paused and with their database restarted at random moments.
 * When it is over, everything acknowledged must be there once, and all of it must be what one hub with its embedded
 * store makes of the same pushes in order.
 */
export async function runHubs({ seed, hubs: count, seconds, firstPort }: HubsOptions): Promise<HubsResult> {
  const random = randomOf(seed);
  const folder = mkdtempSync(join(tmpdir(), 'monitor-hubs-'));
  const hubs: Hub[] = [];
  const clean = () => {
    // A hub that still lives would write into what is being removed.
    for (const hub of hubs) void hub.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', clean);
  let close = async () => {};
  const server = await startPostgres();
  try {
    const url = await server.createDatabase();
    const ports: number[] = [];
    for (let n = 0; n < count; n += 1) {
      // Behind those that are taken already, though nobody listens there yet.
      const port = await freePort(firstPort + ((ports.at(-1) ?? -1) + 1 - (ports[0] ?? 0)));
      ports.push(port);
      mkdirSync(join(folder, String(n)));
      hubs.push(createHub(join(folder, String(n)), port, { DATABASE_URL: url, INSTANCE_ID: `hub-${n}` }));
    }
    // All at once, on a database without a schema.
    await Promise.all(hubs.map((hub) => hub.start()));
    const proxy = await startProxy(ports);
    close = proxy.close;
    const tally: Tally = { pushes: 0, alerts: 0, retries: 0, replays: 0, given_up: 0 };
    const senders = Array.from({ length: SENDERS }, (_, index) =>
      createSender('faithful', `sender-${index}`, proxy.port, random.fork(), tally),
    );
    let over = false;
    const work = Promise.all(senders.map((sender) => sender.run(() => over)));
    work.catch(() => {});
    const timer = setTimeout(() => {
      over = true;
    }, seconds * 1000);
    const blows = await strike(hubs, server, random.fork(), () => over);
    clearTimeout(timer);
    await within(work, 'the senders do not get rid of what they have');
    const stopped = await Promise.all(hubs.map((hub) => hub.stop()));
    const problems = stopped.flatMap((code, n) =>
      code === 0 ? [] : [`hub ${n} did not stop cleanly: exit code ${code}`],
    );
    const rows = await readPostgres(url);
    const verdict = judgeFacts(
      factsOf(rows),
      senders.flatMap((sender) => sender.alerts),
      [],
    );
    const one = await toldToOne(senders, folder, await freePort(firstPort));
    const differences = [...verdict.differences, ...problems, ...differencesOf(linesOf(rows), linesOf(one))];
    const { kills, pauses, restarts, crashes } = blows;
    const text =
      `${kills} kills and ${pauses} pauses of ${count} hubs, ${restarts} restarts and ${crashes} crashes of the database, ` +
      `${tally.pushes} pushes of ${tally.alerts} states acknowledged (${proxy.answered().join(' + ')} answers), ` +
      `${tally.retries} retries, ${tally.replays} late copies, ${rows.events.length} events`;
    return { ...verdict, differences, text };
  } finally {
    await close();
    await Promise.all(hubs.map((hub) => hub.kill()));
    await server.remove();
    process.off('exit', clean);
    clean();
  }
}

/** What one hub with an embedded store holds after the same pushes, each sender's in order. */
async function toldToOne(senders: readonly Sender[], folder: string, port: number): Promise<Rows> {
  mkdirSync(join(folder, 'one'));
  const hub = createHub(join(folder, 'one'), port);
  try {
    await startUntilUp(hub);
    const lane = connections(port);
    await Promise.all(
      senders.map(async ({ bodies }) => {
        for (const body of bodies) {
          const answer = await lane.post(sign(body, 2));
          if (answer?.status !== 200) throw new Error(`the one hub answers ${answer?.status}: ${answer?.body}`);
        }
      }),
    );
    lane.close();
    await hub.stop();
  } finally {
    await hub.kill();
  }
  const Database = loadDriver();
  const db = new Database(hub.database, { readonly: true });
  try {
    return rowsOf((query) => db.prepare(query).all());
  } finally {
    db.close();
  }
}

async function within(work: Promise<unknown>, what: string): Promise<void> {
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`${what} within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  await Promise.race([work, tooLate]).finally(() => clearTimeout(late));
}
