import { join } from 'node:path';
import type { CheckResult, CheckStatus } from '../core/check.ts';
import { type PushBody, pushBody, type Sender } from '../core/cluster/payload.ts';
import type { SpoolEntry, SpoolLimits } from '../core/cluster/spool.ts';
import type { Clock } from '../lib/clock.ts';
import { makePrivateFolder, NotPrivate } from '../lib/files/folder.ts';
import { takeLock } from '../lib/files/lock.ts';
import { correctTimes } from './clock-step.ts';
import type { Receipt } from './receipt.ts';
import { type RefusedAlert, type SpoolResult, sendSpool } from './send-spool.ts';
import { type Findings, spoolResults } from './spool-results.ts';
import type { Clocks, RefusedEntry } from './state.ts';
import { type AgentLog, openStateFile, type StateFile } from './state-file.ts';

/** What a push is made of. */
export interface PushParts {
  readonly sender: Sender;
  readonly clock: Clock;
  /** Folder of the state and its lock; made when it is not there. */
  readonly stateDir: string;
  /** Whose results these are, and to whom they go, must not be mixed: the state is `<owner>.json`, the lock `<owner>.lock`. */
  readonly owner: 'agent' | 'local';
  readonly spool: SpoolLimits;
  /** How long another run on the same folder is waited for, in milliseconds. */
  readonly lockWaitMs: number;
  readonly log: AgentLog;
  /** The clock of the day and the one that nobody sets; left out, nothing is known of a clock that was wrong. */
  clocks?(): Promise<Clocks>;
  /** Runs the checks. */
  collect(remembered: Readonly<Record<string, unknown>>): Promise<Findings>;
  /** Hands one push over. */
  post(push: PushBody): Promise<Receipt>;
  /** Ends the run early: what was not found by then is discarded, what is not sent stays in the spool. */
  readonly signal?: AbortSignal;
}

/**
 * What a push came to. `delivered`: the hub has committed everything. `refused`: all but what it rejected, which
 * is set aside. `spooled`: the rest waits for the next run. `lost`: it could be neither sent nor saved. `locked`:
 * another run is at work. `stopped`: called off before anything was found.
 */
export type PushStatus = 'delivered' | 'refused' | 'spooled' | 'lost' | 'locked' | 'stopped';

/** The outcome of one run. */
export interface PushOutcome {
  readonly status: PushStatus;
  /** Why it is not `delivered`; null when it is. */
  readonly reason: string | null;
  /** Results of this run. */
  readonly results: readonly CheckResult[];
  /** The same by state. */
  readonly checks: Readonly<Record<CheckStatus, number>>;
  /** Alerts that waited from earlier runs when this one began. */
  readonly waiting: number;
  /** Alerts that the hub has committed, those of earlier runs among them. */
  readonly sent: number;
  /** Alerts that wait on disk now. */
  readonly spooled: number;
  /** Alerts folded away, for the spool was full. */
  readonly folded: number;
  readonly refused: readonly RefusedAlert[];
  /** The last answer of the hub and what its answers counted; null when it gave none. */
  readonly hub: (Pick<SpoolResult, 'counts'> & Partial<NonNullable<Receipt['answer']>>) | null;
}

/** How many refused alerts are kept for a person to look at. */
const REFUSED_KEPT = 50;
/** A hub that asks for more patience than this has made a mistake. */
const PATIENCE_MS = 10 * 60_000;

/**
 * One run of the agent: checks the machine, puts the results into the spool, and the spool on disk, before anything is
 * sent; then sends it, oldest first, and removes only what the hub has committed. Killed at any moment it loses
 * nothing. Never rejects for what the hub, the disk or another run does.
 */
export async function pushOnce(parts: PushParts): Promise<PushOutcome> {
  const lock = await lockFolder(parts);
  if (lock !== null && !lock.ok) return { ...NOTHING, status: 'locked', reason: lock.reason };
  try {
    return await push(parts, await openStateFile(join(parts.stateDir, `${parts.owner}.json`), parts.clock, parts.log));
  } finally {
    await lock?.release().catch((error) => parts.log.warn({ error }, 'the lock of this run could not be removed'));
  }
}

const NOTHING: PushOutcome = {
  status: 'stopped',
  reason: 'called off',
  results: [],
  checks: { ok: 0, warning: 0, critical: 0, unknown: 0 },
  waiting: 0,
  sent: 0,
  spooled: 0,
  folded: 0,
  refused: [],
  hub: null,
};

/** The lock, or null where the folder takes none: a full or read-only disk must not keep an alarm from the hub. */
async function lockFolder({ stateDir, owner, lockWaitMs, clock, log, signal }: PushParts) {
  try {
    makePrivateFolder(stateDir);
    return await takeLock(stateDir, `${owner}.lock`, lockWaitMs, clock, signal);
  } catch (error) {
    if (error instanceof NotPrivate) throw error;
    log.warn({ folder: stateDir, error }, 'the state folder cannot be written: this run goes on without a lock');
    return null;
  }
}

async function push(parts: PushParts, store: StateFile): Promise<PushOutcome> {
  const { state } = store;
  const waiting = state.spool.length;
  if (parts.clocks !== undefined) correctTimes(state, await parts.clocks());
  const found = await parts.collect(state.remembered);
  if (parts.signal?.aborted) return { ...NOTHING, waiting, spooled: waiting };
  const { folded, isOver } = spoolResults(state, found, parts);
  if (folded > 0) parts.log.warn({ folded }, 'the spool is full: past states were merged');
  if (isOver) parts.log.warn({ entries: state.spool.length }, 'the spool exceeds its limits, and all of it is needed');
  const isSaved = await store.save();
  const facts = { results: found.results, checks: countsOf(found.results), waiting, folded };

  const now = parts.clock.now();
  if (state.notBefore > now && state.notBefore - now <= PATIENCE_MS) {
    const reason = `the hub asked to retry after ${new Date(state.notBefore).toISOString()}`;
    const [status, spooled] = isSaved ? (['spooled', state.spool.length] as const) : (['lost', waiting] as const);
    return { ...NOTHING, ...facts, status, reason, spooled };
  }
  const before = state.refused;
  const done = await sendSpool(state.spool, {
    sender: parts.sender,
    post: (entries) => parts.post(pushBodyOf(entries)),
    progress: async (left, refused) => {
      Object.assign(state, { spool: left, refused: newest([...before, ...dated(refused, now)]) });
      // The last one is saved with what follows.
      if (left.length > 0) await store.save();
    },
  });
  state.spool = done.left;
  state.refused = newest([...before, ...dated(done.refused, now)]);
  state.notBefore = patienceUntil(done, parts.clock.now());
  const isKept = await store.save();
  const outcome = judge(done);
  if (outcome.status !== 'spooled' || isSaved || isKept) return { ...facts, ...outcome };
  return { ...facts, ...outcome, status: 'lost', spooled: waiting };
}

function pushBodyOf(entries: readonly SpoolEntry[]): PushBody {
  const [first] = entries;
  if (first === undefined) throw new Error('a push needs an alert');
  const alerts = entries.map((entry) => entry.alert);
  return pushBody(first, alerts);
}

function patienceUntil({ failure }: SpoolResult, now: number): number {
  const asked = failure?.status === 429 ? (failure.retryAfterMs ?? 0) : 0;
  return asked === 0 ? 0 : now + Math.min(asked, PATIENCE_MS);
}

function dated(refused: readonly RefusedAlert[], at: number): RefusedEntry[] {
  return refused.map((one) => ({ at, ...one }));
}

function newest(refused: readonly RefusedEntry[]): RefusedEntry[] {
  return refused.slice(-REFUSED_KEPT);
}

function judge(done: SpoolResult) {
  const { left, sent, refused, counts, failure, last } = done;
  const wasHeard = last !== null && (last.answer !== undefined || last.failure === null);
  const hub = wasHeard ? { ...last.answer, counts } : null;
  const shared = { sent, spooled: left.length, refused, hub };
  if (failure !== null) return { ...shared, status: 'spooled' as const, reason: failure.reason };
  if (refused.length === 0) return { ...shared, status: 'delivered' as const, reason: null };
  return { ...shared, status: 'refused' as const, reason: `the hub rejected ${refused.length} alerts` };
}

function countsOf(results: readonly CheckResult[]): Record<CheckStatus, number> {
  const counts = { ok: 0, warning: 0, critical: 0, unknown: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}
