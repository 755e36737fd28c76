import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresServer } from '../../../tests/support/postgres.ts';
import { createHub, type Hub } from '../hub.ts';
import { startUntilUp, strike } from '../hubs/chaos.ts';
import { pause } from '../process.ts';
import { type Random, randomOf } from '../random.ts';
import { faultsOf, isKnown, toldOf } from './judge.ts';
import { createLife, type Life } from './lives.ts';
import { MOODS, type Receiver, startReceiver } from './receiver.ts';

/** What a round is made of; the rest follows from its seed. */
export interface NotifyOptions {
  readonly seed: number;
  /** A free port for each hub. */
  readonly ports: readonly number[];
  /** What the hubs share; the embedded store of the one hub without it. */
  readonly server?: PostgresServer | undefined;
}

/** How a round went. */
export interface NotifyResult {
  readonly text: string;
  /** What was told wrong, one fault a line. */
  readonly faults: readonly string[];
}

// A channel that failed is closed for some seconds, and a message that failed waits up to half a minute.
const PATIENCE_MS = 180_000;
const NO_DATABASE: Pick<PostgresServer, 'up' | 'down'> = { up: async () => {}, down: async () => {} };

/**
 * Hubs that are killed and paused, and a database that is restarted, while machines break and recover and the one
 * receiver of notices goes up and down in every way. When it is over and the receiver accepts, people must know how each
 * life ended, must have heard nothing older after something newer, and nothing twice under two keys.
 */
export async function runNotifyRound({ seed, ports, server }: NotifyOptions): Promise<NotifyResult> {
  const random = randomOf(seed);
  const folder = mkdtempSync(join(tmpdir(), 'monitor-torture-'));
  const receiver = await startReceiver();
  const url = await server?.createDatabase();
  const env = {
    MONITOR_NOTIFY_URL: receiver.url,
    MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
    ...(url === undefined ? {} : { DATABASE_URL: url }),
  };
  const hubs = ports.map((port, n) => {
    mkdirSync(join(folder, String(n)));
    return createHub(join(folder, String(n)), port, { ...env, INSTANCE_ID: `hub-${n}` });
  });
  try {
    await Promise.all(hubs.map(startUntilUp));
    const lives = Array.from({ length: random.between(2, 6) }, (_, n) => createLife(`host-${n}`, ports, random.fork()));
    let over = false;
    const work = Promise.all(lives.map((life) => life.run())).finally(() => {
      over = true;
    });
    work.catch(() => {});
    const turning = turn(receiver, random.fork(), () => over);
    const blows = await strike(hubs, server ?? NO_DATABASE, random.fork(), () => over);
    await work;
    await turning;
    receiver.set('accept');
    await untilKnown(lives, receiver, hubs);
    const outbox = await outboxOf(hubs);
    const codes = await Promise.all(hubs.map((hub) => hub.stop()));
    const faults = lives.flatMap((life) => faultsOf(life, receiver.arrivals));
    faults.push(...codes.flatMap((code, n) => (code === 0 ? [] : [`hub ${n} ended with ${code}: ${hubs[n]?.log()}`])));
    if (faults.length > 0)
      faults.push(...outbox, ...hubs.map((hub, n) => `hub ${n} said last: ${hub.log().slice(-4000)}`));
    const keys = new Set(receiver.arrivals.map(({ key }) => key)).size;
    const text =
      `${hubs.length} hub${hubs.length === 1 ? '' : 's'}, ${blows.kills} kills, ${blows.pauses} pauses, ` +
      `${server === undefined ? '' : `${blows.restarts + blows.crashes} restarts of the database, `}` +
      `${lives.length} lives, ${receiver.arrivals.length} arrivals of ${keys} messages`;
    return { text, faults };
  } finally {
    await Promise.all(hubs.map((hub) => hub.kill()));
    await receiver.close();
    if (url !== undefined) await server?.dropDatabase(url);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function turn(receiver: Receiver, random: Random, over: () => boolean): Promise<void> {
  while (!over()) {
    receiver.set(random.pick(MOODS));
    await pause(random.between(50, 1500));
  }
}

/** What the hubs say of what is to be told, for people who look into a fault. */
async function outboxOf(hubs: readonly Hub[]): Promise<readonly string[]> {
  return Promise.all(
    hubs.map(async ({ port }, n) => {
      const ask = (query: string) =>
        fetch(`http://127.0.0.1:${port}/api/v1/notices?limit=100${query}`).then(
          (response) => response.text(),
          (error: unknown) => String(error),
        );
      const told = `the outbox of hub ${n}: ${await ask('')}; at rest: ${await ask('&state=rest')}`;
      return [told, ...(await explanationsOf(port))];
    }),
  ).then((lines) => lines.flat());
}

/** The life of each incident, as a hub tells it. */
async function explanationsOf(port: number): Promise<readonly string[]> {
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}/api/v1/${path}`)).json();
  try {
    const { items } = (await ask('incidents?limit=100')) as { items: { id: string }[] };
    return await Promise.all(items.map(async ({ id }) => JSON.stringify(await ask(`explanations/${id}`))));
  } catch (error) {
    return [String(error)];
  }
}

async function untilKnown(lives: readonly Life[], { arrivals }: Receiver, hubs: readonly Hub[]): Promise<void> {
  for (const hub of hubs) if (!hub.isUp()) await startUntilUp(hub);
  const isOver = () => lives.every((life) => isKnown(life, toldOf(arrivals, life.instance)));
  for (let waited = 0; waited < PATIENCE_MS && !isOver(); waited += 100) await pause(100);
  // What should not be told, is told now or never.
  await pause(1500);
}
