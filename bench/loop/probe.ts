// Requests /healthz from the servers on these ports at a fixed rate, whether or not earlier answers have arrived, so that
// a server that stands still is charged for every request that was due meanwhile. Latency counts from the tick of this
// process's timer: its own delay is reported apart. Runs as a separate process.
import { setPriority } from 'node:os';
import { type Connection, open } from '../load/connection.ts';
import type { ProbeReport } from './measure.ts';

const STEP_MS = 10;
// Enough for a second without answers; only then do requests wait here for a free connection.
const CONNECTIONS = 100;
const PRIORITY = -10;
const REQUEST = Buffer.from('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: probe\r\n\r\n');

/** A server under observation. */
interface Target {
  readonly latencies: number[];
  failed: number;
  ask(): void;
  isIdle(): boolean;
  close(): void;
}

let targets: Target[] = [];
let late: number[] = [];
let due = performance.now() + STEP_MS;
setTimeout(tick, STEP_MS);

process.on('message', async (message) => {
  if (message === 'begin') {
    const asked = await Promise.all(process.argv.slice(2).map((port) => targetOf(Number(port))));
    [targets, late] = [asked, []];
    process.send?.('begun');
    return;
  }
  const asked = targets;
  targets = [];
  while (!asked.every((one) => one.isIdle())) await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  for (const one of asked) one.close();
  const answers = asked.map(({ latencies, failed }) => ({ latencies, failed }));
  process.send?.({ answers, late } satisfies ProbeReport);
});
process.on('disconnect', () => process.exit());
process.send?.(raisePriority());

function tick(): void {
  const now = performance.now();
  late.push(Math.max(0, now - due));
  for (const one of targets) one.ask();
  // Ticks that this process missed are skipped.
  due = Math.max(due + STEP_MS, now);
  setTimeout(tick, due - performance.now());
}

/** Raises the priority of this process, so that busy processors delay it less; returns whether that is permitted. */
function raisePriority(): boolean {
  try {
    setPriority(PRIORITY);
    return true;
  } catch {
    return false;
  }
}

async function targetOf(port: number): Promise<Target> {
  const all: Connection[] = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port)));
  const free = [...all];
  const waiting: number[] = [];
  const one: Target = {
    latencies: [],
    failed: 0,
    ask: () => {
      waiting.push(performance.now());
      next();
    },
    isIdle: () => waiting.length === 0 && free.length === all.length,
    close: () => {
      for (const connection of all) connection.close();
    },
  };
  const next = () => {
    const connection = waiting.length > 0 ? free.shift() : undefined;
    if (connection === undefined) return;
    const asked = waiting.shift() as number;
    void connection.ask(REQUEST).then((status) => {
      one.latencies.push(performance.now() - asked);
      if (status !== 200) one.failed += 1;
      free.push(connection);
      next();
    });
  };
  return one;
}
