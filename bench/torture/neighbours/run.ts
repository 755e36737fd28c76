import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { maximum, quantile } from '../../figures.ts';
import { createHub, type Hub } from '../hub.ts';
import { freePort, pause, SECRET, startMonitor } from '../process.ts';
import { type Fares, instanceOf, type Key, runAgents } from './agents.ts';
import type { Attack, Loot } from './attacks.ts';

/** What good agents may feel of a bad neighbour, and what that may cost. */
export const BOUNDS = {
  p50Ms: 100,
  p99Ms: 1000,
  healthMs: 500,
  memoryMb: 500,
  /** That the state folder grows by in one attack. */
  diskMb: 200,
} as const;

/** What was seen while one attack went on. */
export interface Seen {
  readonly name: string;
  readonly who: string;
  readonly pushes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly healthMs: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  /** What is beyond its bound, in words. */
  readonly broken: readonly string[];
}

const TOKEN = 'torture-api-token-0123456789';
const GOOD = 10;

/** What a run does. */
export interface NeighbourRun {
  readonly attacks: readonly Attack[];
  /** Of each attack. */
  readonly seconds: number;
  /** Flags of the hub's Node.js. */
  readonly flags: readonly string[];
  /** Called after each attack. */
  readonly tell: (seen: Seen) => void;
}

/** Attacks a hub of its own while ten good agents push; gives the bounds that were broken. */
export async function runNeighbours({ attacks, seconds, flags, tell }: NeighbourRun): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-neighbours-'));
  const port = await freePort(23_000);
  const env = {
    MONITOR_API_TOKEN: TOKEN,
    WEBHOOK_SECRET_GENERIC: SECRET,
    // As they are by default: they are part of what is tried.
    MONITOR_LIMITS_REQUESTS_PER_SECOND: '100',
    MONITOR_LIMITS_BURST: '200',
  };
  const hub = createHub(folder, port, env, { flags });
  try {
    await hub.start();
    const key = (instance: string) => createKey(folder, instance);
    const keys: Key[] = [];
    for (let index = 0; index < GOOD; index += 1) keys.push(await key(instanceOf(index)));
    const loot: Loot = { port, key: await key('evil'), secret: SECRET, token: TOKEN };
    const broken: string[] = [];
    for (const attack of [null, ...attacks]) {
      const seen = await attackOnce(attack?.name ?? null, attack?.who ?? '', { hub, folder, keys, loot, seconds });
      tell(seen);
      broken.push(...seen.broken.map((text) => `${seen.name}: ${text}`));
      if (!hub.isUp()) return [...broken, `the hub is gone: ${hub.log().slice(-2000)}`];
    }
    if ((await hub.stop()) !== 0) broken.push(`the hub did not stop cleanly: ${hub.log().slice(-2000)}`);
    return broken;
  } finally {
    await hub.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Scene {
  readonly hub: Hub;
  readonly folder: string;
  readonly keys: readonly Key[];
  readonly loot: Loot;
  readonly seconds: number;
}

async function attackOnce(name: string | null, who: string, scene: Scene): Promise<Seen> {
  const { hub, folder, keys, loot, seconds } = scene;
  const attacker = name === null ? null : startAttacker(name, loot);
  // It takes a moment to make its bodies.
  if (attacker !== null) await attacker.begun;
  const before = sizeOf(join(folder, 'hub'));
  let isOver = false;
  const over = () => isOver || !hub.isUp();
  const watching = watch(hub, over);
  const agents = runAgents(hub.port, keys, over);
  await pause(seconds * 1000);
  isOver = true;
  const [fares, { memoryMb, healths }] = await Promise.all([agents, watching]);
  await attacker?.end();
  const diskMb = (sizeOf(join(folder, 'hub')) - before) / 1024 ** 2;
  // What is still on its way is of the attack before, not of the next.
  await pause(500);
  return judge({ name: name ?? 'nobody attacks', who, memoryMb, diskMb, healthMs: quantile(healths, 0.99) }, fares);
}

function judge(seen: Omit<Seen, 'broken' | 'pushes' | 'p50Ms' | 'p99Ms'>, { latencies, failures }: Fares): Seen {
  const whole = {
    ...seen,
    pushes: latencies.length,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
  const failed = Object.entries(failures).map(
    ([status, times]) => `${times} pushes of good agents were answered ${status}`,
  );
  const beyond = (Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]).flatMap((what) =>
    whole[what] <= BOUNDS[what] ? [] : `${what} ${whole[what].toFixed(0)} > ${BOUNDS[what]}`,
  );
  return { ...whole, broken: [...failed, ...beyond] };
}

/** Memory of the hub at its most, and how long it takes to say that it lives. */
async function watch(hub: Hub, over: () => boolean): Promise<{ memoryMb: number; healths: readonly number[] }> {
  const memories: number[] = [0];
  const healths: number[] = [];
  while (!over()) {
    const began = performance.now();
    await fetch(`http://127.0.0.1:${hub.port}/healthz`).then(
      (answer) => answer.text(),
      () => {},
    );
    healths.push(performance.now() - began);
    memories.push(memoryOf(hub.pid()));
    await pause(50);
  }
  return { memoryMb: maximum(memories), healths };
}

function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

function startAttacker(name: string, loot: Loot) {
  const file = join(import.meta.dirname, 'attacker.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', file, name, JSON.stringify(loot)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const orphan = () => child.kill('SIGKILL');
  process.once('exit', orphan);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    begun: Promise.race([new Promise<void>((resolve) => child.stdout.once('data', () => resolve())), ended]),
    end: async () => {
      child.kill('SIGKILL');
      await ended;
      process.off('exit', orphan);
    },
  };
}

async function createKey(folder: string, instance: string): Promise<Key> {
  const { ended } = startMonitor(['keys', 'create', instance], folder, {
    MONITOR_STATE_DIR: join(folder, 'hub'),
    CLUSTER_ENABLED: '1',
  });
  const { code, out } = await ended;
  const [id, secret] = out.trim().split('.');
  if (code !== 0 || id === undefined || secret === undefined) throw new Error(`no key for ${instance}: ${out}`);
  return { id, secret };
}
