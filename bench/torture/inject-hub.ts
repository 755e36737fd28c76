import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHub, type Hub } from './hub.ts';
import type { ModelAlert, Observation } from './model.ts';
import { type KillAt, pause } from './process.ts';
import { type Connections, connections, sign } from './requests.ts';
import { judge, type Verdict } from './verdict.ts';

/** What a killed run of a scenario came to; `killed` is false when the scenario ended before the n-th write. */
export interface Injected extends Verdict {
  readonly killed: boolean;
}

/** A fixed course of events, played against a hub that ends itself at one write. */
export interface Scenario {
  readonly name: string;
  play(killAt: KillAt, port: number): Promise<Injected>;
}

/** `[fingerprint, status, severity]` of what one instance pushes at once. */
type Step = readonly (readonly [string, Observation['status'], Observation['severity']])[];
/** Pushes that are sent at the same time, by instance. */
type Turn = Readonly<Record<string, Step>>;

const LIFE: readonly Turn[] = [
  {
    web: [
      ['a', 'firing', 'critical'],
      ['b', 'firing', 'warning'],
      ['c', 'firing', 'info'],
    ],
  },
  {
    web: [
      ['a', 'firing', 'warning'],
      ['b', 'firing', 'warning'],
    ],
  },
  {
    db: [['a', 'firing', 'critical']],
    mail: [
      ['a', 'firing', 'critical'],
      ['a', 'resolved', 'info'],
      ['a', 'firing', 'warning'],
    ],
    web: [
      ['a', 'resolved', 'info'],
      ['c', 'firing', 'critical'],
    ],
  },
  { web: [['a', 'firing', 'critical']], db: [['a', 'resolved', 'info']] },
  {
    web: [
      ['a', 'resolved', 'info'],
      ['b', 'resolved', 'info'],
      ['c', 'resolved', 'info'],
    ],
    mail: [['b', 'resolved', 'info']],
  },
];

/** The life of alerts on a new store: schema, open, update, a burst, resolve, refire, the end of incidents. */
export const life: Scenario = {
  name: 'life',
  play: (killAt, port) =>
    inFolder(async (folder) => {
      const hub = createHub(folder, port);
      const course = createCourse(hub, killAt, []);
      await course.start();
      for (const turn of LIFE) await course.turn(turn);
      return course.end([]);
    }),
};

/** An instance falls silent, the hub says so by itself, and the instance comes back. */
export function createSilence(): Scenario & { remove(): void } {
  const prepared = mkdtempSync(join(tmpdir(), 'monitor-torture-'));
  const env = { MONITOR_CLUSTER_STALE_AFTER: '1s' };
  const first: Turn = { quiet: [['a', 'firing', 'warning']] };
  const back: Turn = { quiet: [['a', 'resolved', 'info']] };
  let ready: Promise<readonly ModelAlert[]> | null = null;
  const prepare = async (port: number) => {
    const hub = createHub(prepared, port, env);
    await hub.start();
    const course = createCourse(hub, null, []);
    await course.turn(first);
    await hub.kill();
    return course.alerts();
  };
  return {
    name: 'silence',
    remove: () => rmSync(prepared, { recursive: true, force: true }),
    play: (killAt, port) =>
      inFolder(async (folder) => {
        ready ??= prepare(port);
        const known = await ready;
        cpSync(prepared, folder, { recursive: true });
        const hub = createHub(folder, port, env);
        const course = createCourse(hub, killAt, known);
        await course.start();
        await course.until(async () => (await alertsOf(port, 'source=monitor&status=firing')).length > 0);
        await course.turn(back);
        const own = { source: 'monitor', origin: 'quiet', fingerprint: 'instance-silent', timed: false };
        const fired: Observation = { at: 1, status: 'firing', severity: 'critical', acknowledged: true };
        const heard: Observation = { at: 2, status: 'resolved', severity: 'critical', acknowledged: true };
        return course.end([{ ...own, observations: [fired, heard] }]);
      }),
  };
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-torture-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function alertsOf(port: number, query: string): Promise<unknown[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/alerts?${query}`);
  return ((await answer.json()) as { items: unknown[] }).items;
}

/** Plays turns until all is acknowledged; starts the hub again, without the kill, when it has ended itself. */
function createCourse(hub: Hub, killAt: KillAt | null, known: readonly ModelAlert[]) {
  const copies = known.map((alert) => ({ ...alert, observations: [...alert.observations] }));
  const alerts = new Map(copies.map((alert) => [`${alert.origin} ${alert.fingerprint}`, alert]));
  // Behind the hub's clock, and ahead of what is known.
  const base = Date.now() - 3_600_000;
  let now = base;
  let killed = false;
  let lane: Connections = connections(hub.port);

  const fails = killAt?.when === 'fails';
  const hasFailed = () => hub.log().includes('torture: the write has failed');
  const revive = async () => {
    const ended = await hub.ended();
    if (!(ended.killed || (fails && hasFailed())) || killed)
      throw new Error(`the hub ended by itself with ${ended.code}: ${hub.log()}`);
    killed = true;
    lane.close();
    lane = connections(hub.port);
    if (!(await hub.start())) throw new Error(`the hub does not start again: ${hub.log()}`);
  };
  let reviving: Promise<void> | null = null;
  const revived = () => {
    reviving ??= revive();
    return reviving;
  };
  const observe = (instance: string, [fingerprint, status, severity]: Step[number]) => {
    const key = `${instance} ${fingerprint}`;
    const alert = alerts.get(key) ?? {
      source: 'cluster',
      origin: instance,
      fingerprint,
      timed: true,
      observations: [],
    };
    alerts.set(key, alert);
    now += 7;
    const observation: Observation = { at: now, status, severity, acknowledged: true };
    alert.observations.push(observation);
    const [observed_at, started_at] = [now, base].map((time) => new Date(time).toISOString());
    return { fingerprint, name: fingerprint, status, severity, observed_at, started_at };
  };
  const push = async (instance: string, step: Step) => {
    const wire = step.map((one) => observe(instance, one));
    const body = JSON.stringify({ source: 'cluster', instance_id: instance, hostname: 'h', alerts: wire });
    const first = sign(body, 2);
    for (let tries = 0; ; tries += 1) {
      // After a lost answer: the very same request, or by turns one signed anew.
      const answer = await lane.post(tries === 0 || (killAt?.nth ?? 0) % 2 === 0 ? first : sign(body, 2));
      if (answer?.status === 200) return;
      if (answer?.status === 503 && fails) continue;
      if (answer !== null) throw new Error(`a valid push was answered ${answer.status}: ${answer.body}`);
      await revived();
    }
  };
  return {
    alerts: () => [...alerts.values()],
    start: async () => {
      if (!(await hub.start(killAt ?? undefined))) await revived();
    },
    turn: async (turn: Turn) => {
      await Promise.all(Object.entries(turn).map(([instance, step]) => push(instance, step)));
    },
    until: async (isSo: () => Promise<boolean>) => {
      for (let tries = 0; tries < 400; tries += 1) {
        try {
          if (await isSo()) return;
          await pause(25);
        } catch {
          await revived();
        }
      }
      throw new Error('what the hub should do by itself did not come');
    },
    end: async (own: readonly ModelAlert[]): Promise<Injected> => {
      lane.close();
      // A write at the very end of the scenario, or while it stops.
      const code = await hub.stop();
      const killedNow = (await hub.ended()).killed || (fails && hasFailed());
      if (code !== 0 && !killedNow) throw new Error(`the hub did not stop cleanly: ${hub.log()}`);
      const verdict = judge(hub.database, [...alerts.values(), ...own], []);
      // A hub whose disk is full is right to say so.
      const errors = (fails ? [] : hub.errors()).map((line) => `the hub says: ${line}`);
      return { ...verdict, differences: [...verdict.differences, ...errors], killed: killed || killedNow };
    },
  };
}
