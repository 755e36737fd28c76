import type { EventEmitter } from 'node:events';
import inspector from 'node:inspector';
import { stayAlive, systemClock } from '../lib/clock.ts';

/** Resolves with the first SIGINT or SIGTERM; a second one ends the process at once. */
export function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const hear = (signal: NodeJS.Signals) => {
      // With no listener left the next signal does what it does by default: it kills.
      process.off('SIGINT', hear).off('SIGTERM', hear);
      resolve(signal);
    };
    process.on('SIGINT', hear).on('SIGTERM', hear);
  });
}

/** Runs work that a signal calls off in good order. */
export async function untilSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

// Until when an inspector may open for a signal that came before.
const REOPENED_MS = 5000;
/** Waits `ms`, or until `signal` aborts. The process goes on meanwhile, which timers of the clock alone do not make it do. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const rest = stayAlive();
  await new Promise<void>((resolve) => {
    const cancel = systemClock.after(ms, resolve);
    signal.addEventListener(
      'abort',
      () => {
        cancel();
        resolve();
      },
      { once: true },
    );
  });
  rest();
}

/**
 * Node.js opens an inspector, through which anyone on this machine can run code as this user, for a SIGUSR1 that nobody
 * listens to. `--disable-sigusr1` is of later versions only; a listener, which bin/monitor adds first, keeps it closed on
 * all. One that was opened before, while Node.js itself started, is closed, unless it was asked for.
 */
export function keepInspectorClosed(): void {
  if (process.execArgv.some((word) => /^--inspect(?:-brk|-wait)?(?:=|$)/.test(word))) return;
  const close = () => {
    if (inspector.url() !== undefined) inspector.close();
  };
  close();
  // Later versions of Node.js open it only after that, for a signal that they had before.
  // Each delay counts from the last look: while a hub starts, timers are late, and all of them would fire before that.
  const lookAfter = (delay: number) => {
    const look = () => {
      close();
      if (delay < REOPENED_MS) lookAfter(2 * delay);
    };
    setTimeout(look, delay).unref();
  };
  lookAfter(1);
}

/** Calls `listen` on SIGHUP, which would otherwise end the process. */
export function onHangup(listen: () => void): void {
  process.on('SIGHUP', listen);
}

const PASSED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
// What a terminal sends to all programs in front of it, by itself.
const FROM_KEYS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/** The signals of this process, kept for a command that it runs. */
export interface SignalRelay {
  /** The first signal that came while nobody took them; null where none did. */
  readonly early: () => NodeJS.Signals | null;
  /** From now on `pass` is given each signal, and first those that came before. */
  readonly to: (pass: (signal: NodeJS.Signals) => void) => void;
  /** Signals do again what they do by default. */
  readonly stop: () => void;
}

/**
 * Hears what this process is sent for a command of its own, from before that is started: a signal in between would end
 * this process and leave behind what it had begun for the command. With a terminal before both, a command that runs has
 * what its keys send already, and must not have it twice.
 */
export function relaySignals(hasTerminal: boolean, source: Pick<EventEmitter, 'on' | 'off'> = process): SignalRelay {
  const waiting: NodeJS.Signals[] = [];
  let take: ((signal: NodeJS.Signals) => void) | null = null;
  const hear = (signal: NodeJS.Signals) => {
    if (take === null) waiting.push(signal);
    else if (!(hasTerminal && FROM_KEYS.includes(signal))) take(signal);
  };
  for (const signal of PASSED) source.on(signal, hear);
  return {
    early: () => waiting[0] ?? null,
    to: (pass) => {
      take = pass;
      for (const signal of waiting.splice(0)) pass(signal);
    },
    stop: () => {
      for (const signal of PASSED) source.off(signal, hear);
    },
  };
}
