import { compareSeverity, LIMITS } from '../alert/alert.ts';
import { isSameSender, type Sender, type WireAlert } from './payload.ts';

/** One alert that waits for the hub, with the name under which it was seen. */
export interface SpoolEntry extends Sender {
  /** Grows with every entry; entries are kept and sent in this order. */
  readonly seq: number;
  readonly alert: WireAlert;
}

/** Bounds of a spool; `maxBytes` counts the JSON of its entries. */
export interface SpoolLimits {
  readonly maxAlerts: number;
  readonly maxBytes: number;
}

/**
 * Adds entries. Of states that repeat themselves only the first and the latest are kept (of an ok that goes on only
 * the latest: it tells itself when the problem ended).
 */
export function append(spool: readonly SpoolEntry[], added: readonly SpoolEntry[]): SpoolEntry[] {
  const folded = new Set<SpoolEntry>();
  const latest = new Map<string, SpoolEntry[]>();
  for (const entry of [...spool, ...added]) {
    const key = keyOf(entry);
    const run = latest.get(key) ?? [];
    if (run[0] === undefined || stateOf(run[0]) !== stateOf(entry)) {
      latest.set(key, [entry]);
      continue;
    }
    const isFolded = run.length === 2 || entry.alert.status === 'resolved';
    const before = isFolded ? run.pop() : undefined;
    if (before !== undefined) folded.add(before);
    run.push(entry);
  }
  return [...spool, ...added].filter((entry) => !folded.has(entry));
}

/** What `bound` did. */
export interface Bounded {
  readonly spool: SpoolEntry[];
  /** Entries that had to go. */
  readonly folded: number;
  /** True when what is left cannot be done without, and is still over the bounds. */
  readonly isOver: boolean;
}

/**
 * Brings a spool within its bounds. Goes first what a reader misses least: repeats, then changes of severity that were
 * not the worst, then the worst, then whole outages in the middle, each with its end. What stays of every problem, come
 * what may: the end of an outage that the hub knows of, the first outage and its end, the first firing of the last one,
 * and the latest state. So the hub never learns of an end without its beginning, nor of a beginning without its end.
 */
export function bound(spool: readonly SpoolEntry[], limits: SpoolLimits): Bounded {
  let bytes = spool.reduce((sum, entry) => sum + sizeOf(entry), 0);
  let count = spool.length;
  const isOver = () => count > limits.maxAlerts || bytes > limits.maxBytes;
  const gone = new Set<SpoolEntry>();
  const drop = (group: readonly SpoolEntry[]) => {
    if (!isOver()) return;
    for (const entry of group) {
      gone.add(entry);
      count -= 1;
      bytes -= sizeOf(entry);
    }
  };
  for (const step of [repeats, changes, peaks, outages]) {
    if (!isOver()) break;
    const left = spool.filter((entry) => !gone.has(entry));
    for (const group of step(problemsOf(left))) drop(group);
  }
  return { spool: spool.filter((entry) => !gone.has(entry)), folded: gone.size, isOver: isOver() };
}

/** Bounds of one push: half of what a hub must take (`LIMITS`), so that a proxy's smaller limit is rarely met. */
export const BATCH = { alerts: LIMITS.alerts / 2, bytes: LIMITS.bodyBytes / 2 } as const;

/** The oldest entries that fit into one push: of one sender, and at least one. */
export function nextBatch(spool: readonly SpoolEntry[], maxAlerts: number = BATCH.alerts): SpoolEntry[] {
  const batch: SpoolEntry[] = [];
  let bytes = 0;
  for (const entry of spool) {
    bytes += sizeOf(entry);
    const [first] = batch;
    if (first !== undefined && (!isSameSender(first, entry) || batch.length >= maxAlerts || bytes > BATCH.bytes)) break;
    batch.push(entry);
  }
  return batch;
}

type Problem = readonly SpoolEntry[];
type Group = readonly SpoolEntry[];

function problemsOf(spool: readonly SpoolEntry[]): Problem[] {
  const problems = new Map<string, SpoolEntry[]>();
  for (const entry of spool) {
    const key = keyOf(entry);
    const entries = problems.get(key);
    if (entries === undefined) problems.set(key, [entry]);
    else entries.push(entry);
  }
  return [...problems.values()];
}

/** Firing entries inside a run of one state; never a problem's latest. */
function repeats(problems: readonly Problem[]): Group[] {
  return oldestFirst(
    problems.map((entries) =>
      entries.filter((entry, at) => {
        const before = entries[at - 1];
        return before !== undefined && at < entries.length - 1 && stateOf(before) === stateOf(entry);
      }),
    ),
  );
}

function changes(problems: readonly Problem[]): Group[] {
  return middles(problems, (outage, at) => !isPeak(outage, at));
}

function peaks(problems: readonly Problem[]): Group[] {
  return middles(problems, () => true);
}

/** Entries after an outage's first firing and before its end or latest state. */
function middles(problems: readonly Problem[], wanted: (outage: Group, at: number) => boolean): Group[] {
  return oldestFirst(
    problems.map((entries) =>
      outagesOf(entries).flatMap((outage) =>
        outage.filter((_, at) => at > 0 && at < outage.length - 1 && wanted(outage, at)),
      ),
    ),
  );
}

/** Worse than all that the outage saw before. */
function isPeak(outage: Group, at: number): boolean {
  const severity = outage[at]?.alert.severity ?? 'info';
  return outage.slice(0, at).every((entry) => compareSeverity(severity, entry.alert.severity) > 0);
}

/** Whole outages between the first and the last; of the problem that fills the spool most, and of the oldest, first. */
function outages(problems: readonly Problem[]): Group[] {
  return problems
    .toSorted((a, b) => b.length - a.length)
    .flatMap((entries) =>
      outagesOf(entries)
        .filter((outage) => outage[0]?.alert.status === 'firing')
        .slice(1, -1),
    );
}

/** Entries split into outages, each with its end; an end whose beginning the hub already has stands alone. */
function outagesOf(entries: Problem): SpoolEntry[][] {
  const found: SpoolEntry[][] = [];
  for (const [at, entry] of entries.entries()) {
    const isStart = at === 0 || entries[at - 1]?.alert.status === 'resolved';
    if (isStart) found.push([entry]);
    else found.at(-1)?.push(entry);
  }
  return found;
}

function oldestFirst(entries: readonly Group[]): Group[] {
  return entries
    .flat()
    .toSorted((a, b) => a.seq - b.seq)
    .map((entry) => [entry]);
}

function keyOf({ instanceId, alert }: SpoolEntry): string {
  return JSON.stringify([instanceId, alert.fingerprint]);
}

function stateOf({ alert }: SpoolEntry): string {
  return `${alert.status} ${alert.severity} ${alert.labels.check_status ?? ''}`;
}

function sizeOf(entry: SpoolEntry): number {
  return new TextEncoder().encode(JSON.stringify(entry)).length + 1;
}
