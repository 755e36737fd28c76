import { setMaxListeners } from 'node:events';
import type { CheckResult, ItemResult, Metrics, MetricValue } from '../core/check.ts';
import { type Clock, stayAlive } from '../lib/clock.ts';
import { sha256 } from '../lib/crypto/digest.ts';
import type { Exec } from '../lib/exec.ts';
import type { Check, Finding, Item, World } from './contract.ts';

/** A check, and whether somebody asked for it: by name, or by configuring it. */
export interface SelectedCheck {
  readonly check: Check;
  readonly asked: boolean;
}

/** What a run needs; `platform`, `proc`, `sys` and `root` are this machine's unless a test says otherwise. */
export interface RunOptions {
  readonly checks: readonly SelectedCheck[];
  readonly clock: Clock;
  readonly exec: Exec;
  /** By check name, what the last run returned as `remember`; empty at the first. */
  readonly remembered: Readonly<Record<string, unknown>>;
  /** Ends the run early: checks that have not answered by then are `unknown`. */
  readonly signal?: AbortSignal;
  readonly platform?: NodeJS.Platform;
  readonly proc?: string;
  readonly sys?: string;
  readonly root?: string;
}

/** What a run gives back. */
export interface RunOutcome {
  /** In the order of the checks, without those that this machine lacks and nobody asked for. */
  readonly results: CheckResult[];
  /** To be kept and passed to the next run as `remembered`. */
  readonly remember: Record<string, unknown>;
}

/**
 * Runs the checks side by side, each within its own time. Never rejects: what a check throws, and what comes too late,
 * is an `unknown` result with the reason.
 */
export async function runChecks(options: RunOptions): Promise<RunOutcome> {
  const release = stayAlive();
  // Every check listens to the one signal of the run: many checks are no leak.
  if (options.signal !== undefined) setMaxListeners(0, options.signal);
  try {
    const answers = await Promise.all(options.checks.map((selected) => runOne(selected, options)));
    const remember = { ...options.remembered };
    for (const answer of answers) {
      if (answer?.remember !== undefined) remember[answer.result.checker] = answer.remember;
    }
    return { results: answers.flatMap((answer) => (answer === null ? [] : [answer.result])), remember };
  } finally {
    release();
  }
}

/** For each check's name, null when this machine can be looked at so, else why not. */
export async function availability(options: RunOptions): Promise<Map<string, string | null>> {
  const never = new AbortController().signal;
  const entries = options.checks.map(async ({ check }) => {
    return [check.name, await check.available(worldOf(check, options, never)).catch(textOf)] as const;
  });
  return new Map(await Promise.all(entries));
}

interface Answer {
  readonly result: CheckResult;
  readonly remember: unknown;
}

async function runOne({ check, asked }: SelectedCheck, options: RunOptions): Promise<Answer | null> {
  const { clock } = options;
  const begun = clock.monotonic();
  const controller = new AbortController();
  // One check may ask many things at once, and each listens.
  setMaxListeners(0, controller.signal);
  const stop = () => controller.abort(new Error('stopped before it had an answer'));
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener('abort', stop, { once: true });
  const late = new Promise<never>((_, reject) => {
    const { signal } = controller;
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const cancel = clock.after(check.timeoutMs, () =>
    controller.abort(new Error(`no answer within ${check.timeoutMs / 1000} s`)),
  );
  const finding = await Promise.race([look(check, asked, worldOf(check, options, controller.signal)), late]).catch(
    (error: unknown): Finding => ({ status: 'unknown', message: textOf(error), metrics: {} }),
  );
  cancel();
  options.signal?.removeEventListener('abort', stop);
  if (finding === null) return null;
  return {
    remember: finding.remember,
    result: {
      checker: check.name,
      status: finding.status,
      message: oneLine(finding.message),
      metrics: plain(finding.metrics) as Metrics,
      ...(finding.items !== undefined && { items: itemsOf(check.name, finding.items) }),
      ...(finding.details !== undefined && { details: finding.details.toWellFormed() }),
      checkedAt: clock.now(),
      durationMs: Math.round(clock.monotonic() - begun),
    },
  };
}

/** Nobody reads of more things than this; the worst are kept. */
const MOST_ITEMS = 500;
/** What an identity may be long, with room for the name of the instance. */
const MOST_NAME = 120;

function itemsOf(check: string, items: readonly Item[]): ItemResult[] {
  const byName = new Map<string, ItemResult>();
  for (const item of items) {
    const whole = `${check}:${oneLine(item.name)}`;
    const name =
      whole.length <= MOST_NAME
        ? whole
        : `${whole.slice(0, MOST_NAME - 20).toWellFormed()}~${sha256(whole).slice(0, 16)}`;
    if (byName.has(name)) continue;
    const [title, message] = [oneLine(item.title), oneLine(item.message)];
    byName.set(name, { ...item, name, title, message, metrics: plain(item.metrics) as Metrics });
  }
  const all = [...byName.values()];
  if (all.length <= MOST_ITEMS) return all;
  return all.toSorted((a, b) => Number(a.status === 'ok') - Number(b.status === 'ok')).slice(0, MOST_ITEMS);
}

async function look(check: Check, asked: boolean, world: World): Promise<Finding | null> {
  const lacking = await check.available(world);
  if (lacking === null) return check.run(world);
  return asked ? { status: 'unknown', message: `not available here: ${lacking}`, metrics: {} } : null;
}

function worldOf(check: Check, options: RunOptions, signal: AbortSignal): World {
  const { clock, exec, remembered } = options;
  return {
    clock,
    exec,
    signal,
    platform: options.platform ?? process.platform,
    proc: options.proc ?? '/proc',
    sys: options.sys ?? '/sys',
    root: options.root ?? '/',
    remembered: Object.hasOwn(remembered, check.name) ? remembered[check.name] : null,
  };
}

function textOf(error: unknown): string {
  const { message } = Object(error) as { message?: unknown };
  const text = typeof message === 'string' ? message : String(error);
  return text.trim() === '' ? 'failed without saying why' : text;
}

const MESSAGE_LIMIT = 1000;

function oneLine(text: string): string {
  // Cut first: an expression over megabytes of a file that holds no text runs out of stack.
  const start = text.trimStart().slice(0, MESSAGE_LIMIT * 8);
  const line = start.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length <= MESSAGE_LIMIT ? line : `${line.slice(0, MESSAGE_LIMIT - 1)}…`.toWellFormed();
}

/** Only what JSON can carry: a figure that is not finite becomes null, and -0 becomes 0. */
function plain(value: MetricValue): MetricValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
