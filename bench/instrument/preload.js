// Preloaded into a hub under measurement (`NODE_OPTIONS=--import`, see hub.ts), never part of the program. Records event
// loop delay, garbage collection and thread ids. Runs in every JavaScript thread of the process; the main thread reports
// for all of them over the IPC channel to its parent.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants, PerformanceObserver, performance } from 'node:perf_hooks';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const STEP_MS = 2;
// Describes the thread that opens it; with the promise API that is a thread of the libuv pool.
const OWN_STAT = '/proc/thread-self/stat';
const WAIT_FOR_WORKERS_MS = 500;

const tidOf = (stat) => Number(stat.split(' ')[0]);
const seen = { name: isMainThread ? 'main' : `worker ${threadId}`, tid: tidOf(readFileSync(OWN_STAT, 'utf8')) };
let late = [];
let gc = { minorMs: 0, majorMs: 0 };

new PerformanceObserver((list) => {
  for (const { detail, duration } of list.getEntries()) {
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) gc.minorMs += duration;
    else gc.majorMs += duration;
  }
}).observe({ entryTypes: ['gc'] });

// A timer that fires late also stands for those that would have been due meanwhile, each a step less late. So a share
// of the samples is a share of the time, and a long stall is not one sample among hundreds.
let due = performance.now() + STEP_MS;
const look = () => {
  const now = performance.now();
  for (let by = Math.max(0, now - due); by >= 0; by -= STEP_MS) late.push(by);
  due = now + STEP_MS;
  setTimeout(look, STEP_MS).unref();
};
setTimeout(look, STEP_MS).unref();

const reset = () => {
  late = [];
  gc = { minorMs: 0, majorMs: 0 };
};
const report = () => ({ ...seen, ...gc, late });

const workers = new BroadcastChannel('bench');
workers.unref();
if (!isMainThread) {
  workers.onmessage = ({ data }) => {
    if (data === 'reset') reset();
    else if (data === 'report') workers.postMessage({ report: report() });
  };
} else if (process.channel) {
  let answers = [];
  workers.onmessage = ({ data }) => {
    if (data.report) answers.push(data.report);
  };
  process.on('message', async (asked) => {
    workers.postMessage(asked);
    if (asked === 'reset') return reset();
    const own = report();
    answers = [];
    const pool = await poolTids();
    await new Promise((resolve) => setTimeout(resolve, WAIT_FOR_WORKERS_MS));
    process.send({ threads: [own, ...answers], pool });
  });
  process.channel.unref();
}

/** Threads of the libuv pool, found by keeping all of them busy. */
async function poolTids() {
  const tids = new Set();
  for (let tries = 0; tries < 20; tries += 1) {
    const read = await Promise.all(Array.from({ length: 16 }, () => readFile(OWN_STAT, 'utf8')));
    for (const stat of read) tids.add(tidOf(stat));
  }
  return [...tids];
}
