import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent, type TorturedAgent } from './agent.ts';
import { createHub, type Hub } from './hub.ts';
import { pause } from './process.ts';
import { type Random, randomOf } from './random.ts';
import { createSender, type Tally } from './sender.ts';
import { judge, type Verdict } from './verdict.ts';

/** What a round is made of; the rest follows from its seed. */
export interface RoundOptions {
  readonly seed: number;
  /** Free, and kept for the whole round. */
  readonly port: number;
  /** Whether senders push, and whether agents run. */
  readonly senders: boolean;
  readonly agents: boolean;
}

/** How a round went. */
export interface RoundResult extends Verdict {
  /** What it did, in one line. */
  readonly text: string;
}

/**
 * A hub under load, killed with SIGKILL at random moments (also while it starts) and started again on its files; agents
 * that are killed as well. When it is over, all that was acknowledged or spooled must be in the hub's store, once.
 */
export async function runRound({ seed, port, senders, agents }: RoundOptions): Promise<RoundResult> {
  const random = randomOf(seed);
  const folder = mkdtempSync(join(tmpdir(), 'monitor-torture-'));
  const hub = createHub(folder, port, random.chance(0.3) ? { MONITOR_CLUSTER_STALE_AFTER: '1s' } : {});
  try {
    const tally: Tally = { pushes: 0, alerts: 0, retries: 0, replays: 0, given_up: 0 };
    const pushing = Array.from({ length: senders ? random.between(2, 4) : 0 }, (_, index) => {
      const kind = random.chance(0.75) ? 'timed' : 'plain';
      return createSender(kind, `sender-${index}`, port, random.fork(), tally);
    });
    const machines = Array.from({ length: agents ? random.between(1, senders ? 2 : 3) : 0 }, (_, index) => {
      return createAgent(join(folder, `agent-${index}`), `agent-${index}`, random.between(1, 3));
    });
    let over = false;
    let agentRuns = 0;
    let agentKills = 0;
    await hub.start();
    const work = Promise.all([
      ...pushing.map((sender) => sender.run(() => over)),
      ...machines.map(async (agent) => {
        const choices = random.fork();
        while (!over) {
          agentRuns += 1;
          if (await runAgent(agent, hub, choices)) agentKills += 1;
        }
      }),
    ]);
    // A failure of a sender is told when the round is over, not before.
    work.catch(() => {});
    const kills = await killHub(hub, random, random.between(1, 4));
    over = true;
    await Promise.race([work, failWhenDown(hub)]);
    for (const agent of machines) await empty(agent, hub);
    // The end of a hub that is asked to go must keep as much as that of one that is killed.
    if (random.chance(0.5)) await hub.kill();
    else if ((await hub.stop()) !== 0) throw new Error(`the hub did not stop cleanly: ${hub.log()}`);
    const sent = pushing.flatMap((sender) => sender.alerts);
    const verdict = judge(
      hub.database,
      sent,
      machines.flatMap((agent) => agent.alerts),
    );
    const errors = hub.errors().map((line) => `the hub says: ${line}`);
    const text =
      `${kills} hub kills, ${agentKills} agent kills in ${agentRuns} runs, ${tally.pushes} pushes of ${tally.alerts} states ` +
      `acknowledged, ${tally.retries} retries, ${tally.replays} late copies, ${tally.given_up} given up`;
    return { ...verdict, differences: [...verdict.differences, ...errors], text };
  } finally {
    await hub.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function killHub(hub: Hub, random: Random, times: number): Promise<number> {
  for (let kill = 0; kill < times; kill += 1) {
    await pause(random.between(10, 450));
    await hub.kill();
    await pause(random.between(0, 120));
    if (random.chance(0.25)) {
      // Killed while it starts: migrations, the first heartbeat, listening.
      const started = hub.start();
      await pause(random.between(60, 300));
      await hub.kill();
      await started;
    }
    await hub.start();
  }
  await pause(random.between(50, 300));
  return times;
}

/** One run; true when it was killed. */
async function runAgent(agent: TorturedAgent, hub: Hub, random: Random): Promise<boolean> {
  agent.set(agent.alerts.map(() => random.pick([0, 0, 1, 2, 2, 3])));
  const hubPort = random.chance(0.2) ? 1 : hub.port;
  const run = await agent.run({ hubPort, ...(random.chance(0.4) ? { killAfterMs: random.between(40, 260) } : {}) });
  return run.killed;
}

async function empty(agent: TorturedAgent, hub: Hub): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    const { code, spooled } = await agent.run({ hubPort: hub.port });
    if (code === 0 && spooled === 0) return;
  }
  throw new Error('the agent does not get rid of its spool though the hub is there');
}

async function failWhenDown(hub: Hub): Promise<never> {
  const { code } = await hub.ended();
  throw new Error(`the hub ended by itself with ${code}: ${hub.log()}`);
}
