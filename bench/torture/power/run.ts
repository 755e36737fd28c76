import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadDriver } from '../../../src/stores/sqlite/driver.ts';
import { type Monitor, pause, SECRET, startMonitor } from '../process.ts';
import { type Random, randomOf } from '../random.ts';
import { PATH, sign } from '../requests.ts';
import { createDisk, type Disk } from './disk.ts';
import { readTrace, STRACE } from './trace.ts';

/** How a hub went through power cuts. */
export interface PowerResult {
  /** Power cuts tried, each right after an answer of 200. */
  readonly cuts: number;
  /** Pushes answered 200. */
  readonly pushes: number;
  /** Most changes of the log that were not synced at a cut: none of them may be needed. */
  readonly unsynced: number;
  /** Pages that checkpoints copied from the log into the database meanwhile. */
  readonly copied: number;
  readonly differences: readonly string[];
}

/** How much is pushed, and how many of the answers are followed by a power cut. */
export interface PowerOptions {
  readonly port: number;
  readonly seed: number;
  readonly connections: number;
  readonly pushes: number;
  readonly alerts: number;
  readonly cuts: number;
}

/** Whether strace is here and allowed to trace. */
export function canTrace(): boolean {
  return spawnSync('strace', ['--seccomp-bpf', '-f', '-e', 'trace=none', 'true']).status === 0;
}

/**
 * SIGKILL takes nothing from the kernel, a power cut does. A hub runs under strace; afterwards, for moments right after
 * a 200 went into a socket, its files are made anew from what had been synced by then (alone, or with some of what had
 * been written since), opened as after a restart, and must hold everything acknowledged up to that moment.
 */
export async function cutPower(options: PowerOptions): Promise<PowerResult> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-power-'));
  const trace = join(folder, 'trace');
  const state = join(folder, 'hub');
  const env = {
    CLUSTER_ENABLED: '1',
    WEBHOOK_SECRET_CLUSTER: SECRET,
    MONITOR_STATE_DIR: state,
    MONITOR_PORT: String(options.port),
    MONITOR_LOG_FORMAT: 'json',
    MONITOR_LIMITS_REQUESTS_PER_SECOND: '1000000',
    MONITOR_LIMITS_BURST: '1000000',
    MONITOR_LIMITS_FIRING_ALERTS: '10000000',
    MONITOR_LIMITS_NEW_INSTANCES: '1000000',
  };
  const hub = startMonitor(['serve'], folder, env, { through: ['strace', ...STRACE, '-o', trace] });
  try {
    const end = await whenStarted(hub);
    const sent = await pushAll(options);
    end();
    await hub.ended;
    return await replay(trace, join(state, 'monitor.db'), sent, options, folder);
  } finally {
    await hub.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Resolves once the hub serves; gives how to end it, for a signal to strace would not reach it. */
async function whenStarted(hub: Monitor): Promise<() => void> {
  for (let waited = 0; waited < 30_000; waited += 10) {
    const line = hub
      .log()
      .split('\n')
      .find((one) => one.includes('"msg":"started"'));
    if (line !== undefined) {
      const { pid } = JSON.parse(line) as { pid: number };
      return () => process.kill(pid, 'SIGTERM');
    }
    await pause(10);
  }
  throw new Error(`the hub does not start under strace: ${hub.log()}`);
}

/** By the port that the sender's connection has here: the number of its pushes. */
type Sent = ReadonlyMap<number, { readonly lane: number }>;

async function pushAll({ port, connections, pushes, alerts }: PowerOptions): Promise<Sent> {
  const sent = new Map<number, { lane: number }>();
  await Promise.all(
    Array.from({ length: connections }, async (_, lane) => {
      const socket = connect(port, '127.0.0.1');
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      sent.set(socket.localPort ?? 0, { lane });
      for (let push = 0; push < pushes; push += 1) await ask(socket, bodyOf(lane, push, alerts));
      socket.destroy();
    }),
  );
  return sent;
}

function bodyOf(lane: number, push: number, alerts: number): string {
  const list = Array.from({ length: alerts }, (_, index) => ({
    fingerprint: nameOf(lane, push, index),
    name: `Check ${index}`,
  }));
  // One alert that every push of the lane changes: rows written again and again must survive as well as new ones.
  const again = {
    fingerprint: `again-${lane}`,
    status: push % 2 === 0 ? 'firing' : 'resolved',
    annotations: { push: `${push}` },
  };
  return JSON.stringify({ source: 'cluster', instance_id: 'power', hostname: 'h', alerts: [...list, again] });
}

function nameOf(lane: number, push: number, index: number): string {
  return `${lane}-${push}-${index}`;
}

function ask(socket: Socket, body: string): Promise<void> {
  const head = Object.entries(sign(body, 2).headers).map(([name, value]) => `${name}: ${value}`);
  const lines = [`POST ${PATH} HTTP/1.1`, 'Host: 127.0.0.1', `Content-Length: ${Buffer.byteLength(body)}`, ...head];
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (error: Error) => reject(error);
    const read = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!/\r\n\r\n.*\}$/s.test(text)) return;
      socket.off('data', read).off('error', fail);
      if (text.startsWith('HTTP/1.1 200 ')) resolve();
      else reject(new Error(`a valid push was answered ${text}`));
    };
    socket.on('data', read).on('error', fail);
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  });
}

async function replay(
  trace: string,
  database: string,
  sent: Sent,
  options: PowerOptions,
  folder: string,
): Promise<PowerResult> {
  const random = randomOf(options.seed);
  // A new store is made whole under another name, and then gets its own.
  const made = join(dirname(database), '.monitor.db.');
  const disk = createDisk((path) => isStore(path, database) || path.startsWith(made));
  const acknowledged = new Map<number, number>();
  const total = options.connections * options.pushes;
  const differences: string[] = [];
  let [cuts, pushes, unsynced, copied] = [0, 0, 0, 0];
  for await (const call of readTrace(trace)) {
    if (call.kind !== 'send') {
      disk.take(call);
      if (call.kind === 'write' && call.path === database && pushes > 0 && pushes < total) copied += 1;
      continue;
    }
    const lane = sent.get(call.port)?.lane;
    if (lane === undefined || !call.text.includes('HTTP/1.1 200 ')) continue;
    acknowledged.set(lane, (acknowledged.get(lane) ?? 0) + 1);
    pushes += 1;
    if (!random.chance(options.cuts / total) && pushes !== total) continue;
    unsynced = Math.max(unsynced, disk.pending(`${database}-wal`));
    for (const chance of [0, 0.5]) {
      cuts += 1;
      differences.push(...look(disk, random, chance, database, acknowledged, options, join(folder, 'after')));
    }
  }
  if (pushes !== total) differences.push(`the trace has ${pushes} answers of ${total}`);
  return { cuts, pushes, unsynced, copied, differences };
}

function isStore(path: string, database: string): boolean {
  return ['', '-wal', '-journal'].some((end) => path === `${database}${end}`);
}

/** Opens the files of one power cut and tells what is missing. */
function look(
  disk: Disk,
  random: Random,
  chance: number,
  database: string,
  acknowledged: ReadonlyMap<number, number>,
  { alerts }: PowerOptions,
  folder: string,
): string[] {
  mkdirSync(folder);
  const when = `power cut after ${[...acknowledged.values()]} answers, ${chance === 0 ? 'nothing' : 'some'} of what was not synced`;
  try {
    for (const [path, bytes] of [...disk.cut(random, chance)].filter(([path]) => isStore(path, database)))
      writeFileSync(join(folder, path.slice(database.length - 'monitor.db'.length)), bytes);
    const Database = loadDriver();
    const db = new Database(join(folder, 'monitor.db'));
    try {
      const problems: string[] = [];
      if (db.pragma('quick_check', { simple: true }) !== 'ok') problems.push(`${when}: the store is damaged`);
      const found = new Set(db.prepare('SELECT fingerprint FROM alerts').pluck().all());
      const lost = [...acknowledged].flatMap(([lane, pushes]) =>
        Array.from({ length: pushes * alerts }, (_, n) => nameOf(lane, Math.floor(n / alerts), n % alerts)).filter(
          (name) => !found.has(name),
        ),
      );
      if (lost.length > 0) problems.push(`lost: ${when}: ${lost.length} acknowledged alerts, first ${lost[0]}`);
      return problems;
    } finally {
      db.close();
    }
  } catch (error) {
    return [`${when}: ${String(error)}`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
