import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent, type TorturedAgent } from './agent.ts';
import { createHub, type Hub } from './hub.ts';
import type { Extras, KillAt } from './process.ts';
import { judge, type Verdict } from './verdict.ts';

/** Agents that end themselves at one write, all pushing to one hub. */
export interface AgentInjection {
  /** One course of runs; false when the run that should have been killed was not. */
  play(killAt: KillAt): Promise<boolean>;
  /** Ends the hub and holds it against what the agents promised. */
  end(): Promise<Verdict>;
}

/** Nothing listens there. */
const AWAY = 1;

/**
 * Three runs: one while the hub is away, whose results wait; one that is killed, with other results; one to its end. The
 * results of the first and the last must arrive in any case, those of the killed run when they were on disk. `extras` are
 * what the agents' processes are started with.
 */
export async function startAgentInjection(port: number, extras: Extras = {}): Promise<AgentInjection> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-torture-'));
  const hub: Hub = createHub(folder, port);
  await hub.start();
  const agents: TorturedAgent[] = [];
  return {
    async play(killAt) {
      const name = `${killAt.point}-${killAt.when}-${killAt.nth}`;
      const agent = createAgent(join(folder, name), name, 2, extras);
      agents.push(agent);
      agent.set([2, 1]);
      await agent.run({ hubPort: AWAY });
      agent.set([0, 2]);
      const { killed } = await agent.run({ hubPort: port, killAt });
      agent.set([1, 2]);
      for (let tries = 0; tries < 3; tries += 1) {
        const { code, spooled } = await agent.run({ hubPort: port });
        if (code === 0 && spooled === 0) return killed;
      }
      throw new Error(`${name}: the agent does not get rid of its spool though the hub is there`);
    },
    async end() {
      try {
        await hub.stop();
        return judge(
          hub.database,
          [],
          agents.flatMap((agent) => agent.alerts),
        );
      } finally {
        await hub.kill();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
