import type { PostgresServer } from '../../../tests/support/postgres.ts';
import type { Hub } from '../hub.ts';
import { pause } from '../process.ts';
import type { Random } from '../random.ts';

/** What was done to hubs and database. */
export interface Blows {
  kills: number;
  pauses: number;
  restarts: number;
  crashes: number;
}

/**
 * Kills and pauses hubs and restarts their database at random moments until `over`; resolves when all of them are up
 * again. What it does follows from `random`, when it does it from how fast the machine is.
 */
export async function strike(
  hubs: readonly Hub[],
  server: Pick<PostgresServer, 'up' | 'down'>,
  random: Random,
  over: () => boolean,
): Promise<Blows> {
  const blows: Blows = { kills: 0, pauses: 0, restarts: 0, crashes: 0 };
  const busy = new Map<unknown, Promise<void>>();
  const strikeAt = (target: unknown, work: () => Promise<void>) => {
    if (busy.has(target)) return;
    busy.set(
      target,
      work().finally(() => busy.delete(target)),
    );
    // A failure is told at the end.
    busy.get(target)?.catch(() => {});
  };
  const failures: unknown[] = [];
  const safely = (work: () => Promise<void>) => async () => work().catch((error: unknown) => void failures.push(error));
  while (!over()) {
    const choices = random.fork();
    const [kind, wait, ms] = [choices.int(10), choices.between(100, 1500), choices.between(20, 3000)];
    const hub = choices.pick(hubs);
    // A hub that is paused for longer than its lease and its transactions may last, now and then.
    const long = choices.chance(0.3) ? 4000 : 0;
    const how = choices.chance(0.5) ? 'immediate' : 'fast';
    if (kind < 4) {
      strikeAt(
        hub,
        safely(async () => {
          blows.kills += 1;
          await hub.kill();
          await pause(ms / 4);
          await startUntilUp(hub);
        }),
      );
    } else if (kind < 8) {
      strikeAt(
        hub,
        safely(async () => {
          blows.pauses += 1;
          const pid = hub.pid();
          process.kill(pid, 'SIGSTOP');
          await pause(ms + long);
          process.kill(pid, 'SIGCONT');
        }),
      );
    } else {
      strikeAt(
        server,
        safely(async () => {
          if (how === 'fast') blows.restarts += 1;
          else blows.crashes += 1;
          await server.down(how);
          await pause(ms / 3);
          await server.up();
        }),
      );
    }
    await pause(wait);
  }
  await Promise.all(busy.values());
  if (failures.length > 0) throw failures[0];
  return blows;
}

/** Starts a hub again and again, as whoever runs it would, for it ends by itself while the database is away. */
export async function startUntilUp(hub: Hub): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await hub.start()) return;
    await pause(200);
  }
  throw new Error(`the hub does not start: ${hub.log()}`);
}
