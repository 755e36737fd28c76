import { startAgentInjection } from './inject-agent.ts';
import { createSilence, life, type Scenario } from './inject-hub.ts';
import type { Extras, KillAt } from './process.ts';
import type { Verdict } from './verdict.ts';

/** All kills at one kind of write. */
export interface Injection extends Verdict {
  readonly name: string;
  readonly kills: number;
}

/** More writes than any scenario makes; reaching it means that the end was not seen. */
const MOST = 1000;
const WHEN = ['before', 'after'] as const;

/** Kills a hub, then agents, at every write of fixed scenarios. `ports` are free; as many scenarios run side by side. */
export async function injectEverywhere(
  ports: readonly number[],
  tell: (injection: Injection) => void,
  which: { readonly hub: boolean; readonly agent: boolean },
): Promise<void> {
  const silence = createSilence();
  const tasks: ((port: number) => Promise<Injection>)[] = [];
  const hubPoints = ['sql', 'sync', 'send'] as const;
  const agentPoints = ['file', 'sync', 'rename', 'unlink', 'send', 'receive'] as const;
  for (const when of WHEN) {
    for (const point of which.hub ? hubPoints : []) tasks.push((port) => injectHub(life, point, when, port));
    if (which.hub) tasks.push((port) => injectHub(silence, 'sql', when, port));
    for (const point of which.agent ? agentPoints : []) {
      tasks.push((port) => injectAgent(point, when, port, 'agent', {}));
    }
    const ahead = { imports: ['clock-ahead.js'] };
    if (which.agent) tasks.push((port) => injectAgent('receive', when, port, 'agent with a clock ahead', ahead));
  }
  for (const scenario of which.hub ? [life, silence] : []) {
    tasks.push((port) => injectHub(scenario, 'sql', 'fails', port));
  }
  try {
    await Promise.all(
      ports.map(async (port) => {
        for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) tell(await task(port));
      }),
    );
  } finally {
    silence.remove();
  }
}

async function injectHub(
  scenario: Scenario,
  point: KillAt['point'],
  when: KillAt['when'],
  port: number,
): Promise<Injection> {
  const sum = { alertsLost: 0, eventsDoubled: 0, resultsLost: 0, differences: [] as string[] };
  const name = `hub ${scenario.name}, ${when === 'fails' ? 'a full disk at' : when} each ${point}`;
  for (let nth = 1; nth < MOST; nth += 1) {
    const one = await scenario.play({ point, when, nth }, port).catch((error: Error) => error);
    if (one instanceof Error) {
      sum.differences.push(`${nth}: ${one.message}`);
      return { ...sum, name, kills: nth - 1 };
    }
    sum.alertsLost += one.alertsLost;
    sum.eventsDoubled += one.eventsDoubled;
    sum.differences.push(...one.differences.map((text) => `${nth}: ${text}`));
    if (!one.killed) return { ...sum, name, kills: nth - 1 };
  }
  return { ...sum, differences: [...sum.differences, 'there is no end of it'], name, kills: MOST };
}

async function injectAgent(
  point: KillAt['point'],
  when: KillAt['when'],
  port: number,
  who: string,
  extras: Extras,
): Promise<Injection> {
  const name = `${who}, ${when} each ${point}`;
  const injection = await startAgentInjection(port, extras);
  const failures: string[] = [];
  let kills = 0;
  const play = (nth: number) =>
    injection.play({ point, when, nth }).catch((error: Error) => {
      failures.push(`${nth}: ${error.message}`);
      return false;
    });
  while (kills < MOST && (await play(kills + 1))) kills += 1;
  const verdict = await injection.end();
  return { ...verdict, differences: [...failures, ...verdict.differences], name, kills };
}
