import type { RuleEntry } from '../config/rules/document.ts';
import { createRuleEngine, type RuleEngine, type Transition } from '../core/rule/engine.ts';
import type { SavedRule } from '../core/rule/groups.ts';
import { isUp } from '../core/rule/level.ts';
import { parseSeries } from '../core/rule/series.ts';
import { AHEAD_MS, JUDGED_AFTER_MS } from '../core/sample/event.ts';
import type { Submission } from '../core/submission.ts';
import type { Clock } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import { createRecent } from '../lib/recent.ts';
import { createRounds } from '../lib/rounds.ts';
import type { Changes, IngestStore, Transaction } from '../stores/contract/ingest.ts';
import type { Lease, Leases } from '../stores/contract/leases.ts';
import type { SampleReads, StoredSample } from '../stores/contract/samples.ts';
import { createLeaseHolder, unlessFenced } from '../stores/lease-holder.ts';
import { RULE_SOURCE, ruleAlert } from './alert.ts';
import { compileRules } from './compile.ts';

/** What the watch works on. */
export interface RuleWatchParts {
  readonly store: IngestStore & Leases & SampleReads;
  readonly rules: readonly RuleEntry[];
  /** How long samples are kept, in milliseconds; 0 for ever. */
  readonly keepMs: number;
  /** The stages of ingest: what alerts come to. */
  readonly plan: (tx: Transaction, submissions: readonly Submission[]) => Promise<{ readonly changes: Changes }>;
  readonly clock: Clock;
  /** Name of this process among all that share the store. */
  readonly holder: string;
  readonly onCommit: (seq: number | null) => void;
  readonly onFailure: (error: unknown) => void;
  /** Called when one rule begins to fail; the others go on. */
  readonly onRuleFailure: (rule: string, reason: string) => void;
}

/** What is remembered beside the rules. */
interface Head {
  /** Behind the last sample that was read. */
  readonly position: string;
  readonly judgedTo: number;
  /** When it was written. */
  readonly savedAt: number;
  /** Spans in which no hub judged. */
  readonly down: readonly (readonly [from: number, to: number])[];
}

const EVERY_MS = 5000;
const LEASE_MS = 6 * EVERY_MS;
const READ = 500;
// Nobody judged for longer: then nobody could be heard either.
const DOWN_MS = 30_000;
const DOWN_KEPT = 20;
const PRUNE_EVERY_MS = 600_000;
const PRUNED = 1000;
// No rule looks further back on what is read again after a start.
const LONGEST_BACK_MS = 25 * 3_600_000;
const HEAD = '';

/**
 * Judges the rules over the samples as they come, at one hub of all that share the store (the lease `rules`), and raises
 * and ends their alerts. What is remembered commits together with them, so that a restart repeats nothing and misses nothing.
 */
export function createRuleWatch(parts: RuleWatchParts): Part {
  const { store, rules, clock, holder, onFailure } = parts;
  const leaseHolder = createLeaseHolder({ store, work: 'rules', holder, ttlMs: LEASE_MS });
  const entries = new Map(rules.map((entry) => [entry.name, entry]));
  const series = createRecent<ReturnType<typeof parseSeries>>(50_000);
  let running: Running | null = null;
  let number: number | null = null;
  let prunedAt = clock.now();
  const give = (sample: StoredSample, to: (one: Parameters<RuleEngine['add']>[0]) => unknown) =>
    sample.names.forEach((name, index) => {
      const known = series.get(name) ?? parseSeries(name);
      const value = sample.values[index];
      if (known === null || value === undefined) return;
      series.set(name, known);
      to({ metric: known.metric, labels: { ...known.labels, instance_id: sample.instanceId }, at: sample.at, value });
    });

  const takeOver = async (lease: Lease): Promise<Running> => {
    const now = clock.now();
    const memories = new Map((await store.ruleMemories()).map(({ name, state }) => [name, state]));
    const known = memories.get(HEAD);
    const head: Head =
      known === undefined
        ? { position: '', judgedTo: now - JUDGED_AFTER_MS, savedAt: now, down: [] }
        : (JSON.parse(known) as Head);
    memories.delete(HEAD);
    const saved = new Map([...memories].map(([name, state]) => [name, JSON.parse(state) as SavedRule]));
    const compiled = compileRules(rules);
    const engine = createRuleEngine(compiled, head.judgedTo, saved, parts.onRuleFailure);
    const backMs = Math.min(
      LONGEST_BACK_MS,
      Math.max(0, ...compiled.map(({ condition, everyMs }) => condition.lookbackMs + 12 * everyMs)),
    );
    const keptFrom = head.judgedTo - backMs;
    // What was read by the one before and was not judged yet is only in the store.
    for (let before: number | null = null; ; ) {
      const page: Awaited<ReturnType<SampleReads['latestSamples']>> = await store.latestSamples(before, READ);
      for (const sample of page) {
        if (sample.at < keptFrom) continue;
        if (sample.at <= head.judgedTo) give(sample, engine.recall);
        else give(sample, engine.add);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < READ || last.receivedAt < keptFrom - AHEAD_MS) break;
      before = last.ref;
    }
    const wasDown = now - head.savedAt > DOWN_MS ? [[head.savedAt, now] as const] : [];
    return {
      engine,
      backMs,
      ...{
        lease,
        position: head.position,
        down: [...head.down, ...wasDown].slice(-DOWN_KEPT),
        since: known === undefined ? now - JUDGED_AFTER_MS : now,
      },
      ended: [...saved].flatMap(([name, one]) =>
        endsOf(name, one, compiled.find((rule) => rule.name === name)?.identity, head.judgedTo),
      ),
    };
  };

  const round = async () => {
    const lease = await leaseHolder.hold();
    if (lease === undefined) {
      running = null;
      return;
    }
    // Most hubs have no rules, and nothing to remember of any.
    if (rules.length === 0 && running === null && (await store.ruleMemories()).length === 0) return prune(lease);
    if (running === null || number !== lease.number) {
      running = await takeOver(lease);
      number = lease.number;
    }
    await judge(running, lease);
    await prune(lease);
  };

  const judge = async (one: Running, lease: Lease) => {
    for (;;) {
      const page = await store.samplesAfter(one.position, READ);
      for (const sample of page) give(sample, one.engine.add);
      one.position = page.at(-1)?.position ?? one.position;
      if (page.length < READ) break;
    }
    const now = clock.now();
    // After a start, what was kept elsewhere meanwhile comes first.
    if (now - one.since < JUDGED_AFTER_MS) return;
    const before = one.engine.judgedTo;
    const downMs = (from: number, to: number) =>
      one.down.reduce((sum, [begin, end]) => sum + Math.max(0, Math.min(to, end) - Math.max(from, begin)), 0);
    const transitions = [...one.ended, ...one.engine.advance(now - JUDGED_AFTER_MS, downMs)];
    if (one.engine.judgedTo === before && one.ended.length === 0) return;
    try {
      await commit(one, transitions, now, lease);
      one.ended = [];
    } catch (error) {
      // What was judged is not committed: it is judged again from what is remembered.
      running = null;
      throw error;
    }
  };

  const commit = async (one: Running, transitions: readonly Transition[], now: number, lease: Lease) => {
    const head: Head = { position: one.position, judgedTo: one.engine.judgedTo, savedAt: now, down: one.down };
    const saved = one.engine.saved(head.judgedTo - one.backMs);
    const told = transitions.filter(({ rule }) => entries.get(rule)?.isShadow !== true);
    const submissions = told.map((transition) =>
      submissionOf(ruleAlert(entries.get(transition.rule), transition), now),
    );
    const seq = await store.transaction(async (tx) => {
      const highest = submissions.length === 0 ? null : await tx.save((await parts.plan(tx, submissions)).changes);
      await tx.saveRules([
        { name: HEAD, state: JSON.stringify(head) },
        ...Array.from(saved, ([name, rule]) => ({ name, state: JSON.stringify(rule) })),
      ]);
      return highest;
    }, lease);
    parts.onCommit(seq);
  };

  const prune = async (lease: Lease) => {
    if (parts.keepMs === 0 || clock.now() - prunedAt < PRUNE_EVERY_MS) return;
    const before = clock.now() - parts.keepMs;
    while (!rounds.ended && (await store.transaction((tx) => tx.pruneSamples(before, PRUNED), lease)) >= PRUNED);
    prunedAt = clock.now();
  };

  const rounds = createRounds({ clock, everyMs: EVERY_MS, round: () => unlessFenced(round), onFailure });
  return {
    name: 'rules',
    start: async () => rounds.begin(),
    stop: async () => {
      await rounds.end();
      await leaseHolder.release().catch(onFailure);
    },
  };
}

interface Running {
  readonly engine: RuleEngine;
  readonly lease: Lease;
  readonly backMs: number;
  readonly down: readonly (readonly [from: number, to: number])[];
  readonly since: number;
  position: string;
  /** Ends of what fired by rules that are not there any more, or whose condition is another one. */
  ended: readonly Transition[];
}

function endsOf(name: string, saved: SavedRule, identity: string | undefined, at: number): readonly Transition[] {
  if (identity === saved.identity) return [];
  const reason = identity === undefined ? 'rule_removed' : 'rule_changed';
  return saved.groups.flatMap(({ labels, levels }) => {
    const up = levels.filter(isUp);
    if (up.length === 0) return [];
    const since = Math.min(...up.map((level) => level.since));
    return [
      {
        rule: name,
        labels,
        at,
        kind: 'resolved',
        severity: 'warning',
        since,
        finding: { value: null },
        reason,
      } as const,
    ];
  });
}

function submissionOf(alert: Submission['alerts'][number], receivedAt: number): Submission {
  return {
    ...{ source: RULE_SOURCE, origin: '', actor: RULE_SOURCE, receivedAt },
    ...{ alerts: [alert], errors: [], replay: null, instance: null },
  };
}
