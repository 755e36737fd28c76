import type { Labels, Severity } from '../alert/alert.ts';
import {
  agree,
  forget,
  type Group,
  hasBegun,
  inOrder,
  isGone,
  joinGroups,
  knownMember,
  type Route,
  type Running,
  restored,
  routesOf,
  type SavedRule,
  savedRule,
} from './groups.ts';
import { isUp, type LevelState, letterOf, nextLevel, QUIET } from './level.ts';
import type { Finding, Rule, Scope } from './rule.ts';
import { labelsKey } from './series.ts';

/** A figure of a series as the engine takes it. */
export interface Sample {
  readonly metric: string;
  readonly labels: Labels;
  /** When it was true, UTC milliseconds. */
  readonly at: number;
  readonly value: number;
}

/** What people are to know of a rule for a group has changed. */
export interface Transition {
  readonly rule: string;
  readonly labels: Labels;
  /** The tick, UTC milliseconds. */
  readonly at: number;
  /** Begins to fire, fires with another severity, nothing is known any more, something is known again, or it ends. */
  readonly kind: 'fired' | 'severity' | 'unknown' | 'known' | 'resolved';
  readonly severity: Severity;
  /** When it began to hold. */
  readonly since: number;
  readonly finding: Finding;
  /** Of an end, why: it does not hold any more, or one of the others. */
  readonly reason: 'condition' | 'too_few' | 'forgotten' | 'rule_removed' | 'rule_changed';
}

/** A group as it stands, for people. */
export interface GroupView {
  readonly rule: string;
  readonly labels: Labels;
  readonly letter: string;
  readonly severity: Severity | null;
  readonly finding: Finding;
  readonly since: number;
}

/** Judges rules over samples, tick by tick. */
export interface RuleEngine {
  /** All ticks up to this one are judged, UTC milliseconds. */
  readonly judgedTo: number;
  /** Samples that came for ticks that were judged already; they count for the ticks to come. */
  readonly late: number;
  /** Groups that were kept from firing, for their rule fires for too many. */
  readonly capped: number;
  /** Takes a sample; gives whether a rule reads it. */
  add(sample: Sample): boolean;
  /** Takes a sample again that was judged before what is remembered was saved: only a series that is known then has it. */
  recall(sample: Sample): void;
  /** Judges all ticks up to `to`, and gives what changed, in order. `downMs` is how long of (from, to] no hub was up. */
  advance(to: number, downMs?: Scope['downMs'], onTick?: (view: GroupView, at: number) => void): readonly Transition[];
  groups(): readonly GroupView[];
  /** What is remembered of each rule by its name; points from `keptFrom` on are left out: they are given again. */
  saved(keptFrom: number): ReadonlyMap<string, SavedRule>;
}

// One faulty rule must not raise an alert for everything there is.
const MOST_FIRING = 1000;
const NEVER_DOWN = () => 0;
const LONGEST_FAILURE = 200;

/**
 * An engine over rules, from the time `from` on (UTC milliseconds). `saved` is what was remembered of them up to then.
 * Whatever is given in whatever order within what is not judged yet comes to the same. A rule that throws where it is
 * judged finds nothing, as one without data, and holds up no other; `onFailure` is told when that begins.
 */
export function createRuleEngine(
  rules: readonly Rule[],
  from: number,
  saved: ReadonlyMap<string, SavedRule> = new Map(),
  onFailure: (rule: string, reason: string) => void = () => {},
): RuleEngine {
  const running = inOrder(rules).map((rule) => restored(rule, from, saved.get(rule.name)));
  const byName = new Map(running.map((one) => [one.rule.name, one]));
  const routes = new Map<string, readonly Route[]>();
  const readers = new Map<string, { readonly one: Running; readonly selector: number }[]>();
  for (const one of running)
    one.rule.condition.selectors.forEach(({ metric }, selector) => {
      readers.set(metric, [...(readers.get(metric) ?? []), { one, selector }]);
    });
  let judgedTo = from;
  let [late, capped] = [0, 0];
  const tickOf = (one: Running, at: number) => at % one.rule.everyMs === 0;

  const truthFor = (group: Labels) => (name: string) => {
    const other = byName.get(name);
    if (other === undefined) return null;
    const found = [...other.groups.values()].filter(
      (part) => agree(part.labels, group) && hasBegun(other, part, judgedTo),
    );
    if (found.length === 0) return null;
    const truths = found.map(({ levels, truth }) => (levels.some(isUp) ? true : truth === null ? null : false));
    return truths.includes(true) ? true : truths.includes(null) ? null : false;
  };

  const judge = (one: Running, at: number, downMs: Scope['downMs'], transitions: Transition[]) => {
    const { rule } = one;
    let failure: string | null = null;
    if (rule.condition.refersTo.length > 0) joinGroups(one, byName, at);
    for (const [key, group] of one.groups) {
      if (!hasBegun(one, group, at)) continue;
      const scope: Scope = {
        ...{ at, everyMs: rule.everyMs, members: group.members, beganAt: one.beganAt, downMs },
        truthOf: truthFor(group.labels),
      };
      const isForgotten = isGone(one, group, at);
      const before = group.levels;
      const { finding, held, truth } = isForgotten ? FORGOTTEN : found(one, scope, before);
      const isFailed = finding.failure !== undefined;
      failure ??= finding.failure ?? null;
      group.finding = finding;
      const notBefore = Math.max(
        group.firedAt === null ? 0 : group.firedAt + rule.suppressMs,
        one.firing >= MOST_FIRING && !before.some(isUp) ? Number.POSITIVE_INFINITY : 0,
      );
      const { unknownEndsMs } = rule.condition;
      // A fault is no word of what is watched: nothing begins by it, and nothing ends.
      const timing = isFailed
        ? ({ ...rule.timing, onMissing: 'keep', unknownEndsMs: null } as const)
        : { ...rule.timing, unknownEndsMs };
      group.levels = before.map((level, index) =>
        isForgotten ? QUIET : nextLevel(level, held?.[index] ?? null, at, timing, notBefore),
      );
      group.truth = truth;
      if (notBefore === Number.POSITIVE_INFINITY && group.levels.some(({ phase }) => phase === 'pending')) capped += 1;
      const wasUp = before.some(isUp);
      const nowUp = group.levels.some(isUp);
      if (nowUp && !wasUp) group.firedAt = at;
      one.firing += Number(nowUp) - Number(wasUp);
      const change = changeOf(rule, before, group, at, isForgotten);
      if (change !== null) transitions.push(change);
      if (isForgotten) {
        forget(one, key, group, at);
        routes.clear();
      }
    }
    if (failure !== null && failure !== one.failure) onFailure(rule.name, failure);
    one.failure = failure;
  };

  return {
    get judgedTo() {
      return judgedTo;
    },
    get late() {
      return late;
    },
    get capped() {
      return capped;
    },
    add: ({ metric, labels, at, value }) => {
      if (!readers.has(metric)) return false;
      const key = `${metric} ${labelsKey(labels)}`;
      const found = routes.get(key) ?? routesOf(readers.get(metric) ?? [], labels, at);
      routes.set(key, found);
      if (at <= judgedTo && found.length > 0) late += 1;
      for (const { member, keepMs } of found) {
        member.points.add(at, value);
        member.firstAt = Math.min(member.firstAt, at);
        member.points.prune(judgedTo - keepMs);
      }
      return found.length > 0;
    },
    recall: ({ metric, labels, at, value }) => {
      for (const { one, selector } of readers.get(metric) ?? []) {
        const member = knownMember(one, selector, labels);
        if (member !== undefined && at >= member.firstAt) member.points.add(at, value);
      }
    },
    advance: (to, downMs = NEVER_DOWN, onTick) => {
      const transitions: Transition[] = [];
      if (running.length === 0) judgedTo = Math.max(judgedTo, to);
      const steps = [...new Set(running.map(({ rule }) => rule.everyMs))];
      while (running.length > 0) {
        const at = Math.min(...steps.map((step) => (Math.floor(judgedTo / step) + 1) * step));
        if (at > to) break;
        judgedTo = at;
        for (const one of running) {
          if (!tickOf(one, at)) continue;
          judge(one, at, downMs, transitions);
          if (onTick !== undefined)
            for (const group of one.groups.values()) if (hasBegun(one, group, at)) onTick(viewOf(one.rule, group), at);
        }
      }
      return transitions;
    },
    groups: () => running.flatMap(({ rule, groups }) => [...groups.values()].map((group) => viewOf(rule, group))),
    saved: (keptFrom) => new Map(running.map((one) => [one.rule.name, savedRule(one, keptFrom)])),
  };
}

/** What was found of a group: a figure or none, whether each of its levels holds of it, and whether the rule does. */
interface Found {
  readonly finding: Finding;
  /** null where nothing is known. */
  readonly held: readonly boolean[] | null;
  readonly truth: boolean | null;
}

const FORGOTTEN: Found = {
  ...{ held: null, truth: null },
  finding: { value: null, reason: 'nothing was heard of it for long' },
};

function found({ rule: { condition } }: Running, scope: Scope, before: readonly LevelState[]): Found {
  try {
    const finding = condition.look(scope);
    const { value } = finding;
    if (value === null || Number.isNaN(value)) return { finding, held: null, truth: null };
    const held = before.map(({ phase }, index) => condition.holds(value, index, phase === 'firing'));
    return { finding, held, truth: condition.levels.some((_, index) => condition.holds(value, index, false)) };
  } catch (error) {
    const failure = (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_FAILURE);
    return { finding: { value: null, reason: `cannot be judged: ${failure}`, failure }, held: null, truth: null };
  }
}

function worstUp(rule: Rule, levels: readonly LevelState[]): { severity: Severity; level: LevelState } | null {
  const index = levels.findIndex(isUp);
  const level = levels[index];
  return level === undefined ? null : { severity: rule.condition.levels[index] ?? rule.severity, level };
}

function changeOf(
  rule: Rule,
  before: readonly LevelState[],
  group: Group,
  at: number,
  isForgotten: boolean,
): Transition | null {
  const [was, is] = [worstUp(rule, before), worstUp(rule, group.levels)];
  if (was === null && is === null) return null;
  const common = { rule: rule.name, labels: group.labels, at, finding: group.finding, reason: 'condition' } as const;
  const since = Math.min(...[...before, ...group.levels].filter(isUp).map((level) => level.since));
  if (is === null) {
    const reason = isForgotten
      ? 'forgotten'
      : group.truth === null && was?.level.unknownSince !== null
        ? 'too_few'
        : 'condition';
    return { ...common, kind: 'resolved', severity: was?.severity ?? rule.severity, since, reason };
  }
  const kind =
    was === null
      ? 'fired'
      : was.severity !== is.severity
        ? 'severity'
        : (was.level.unknownSince === null) === (is.level.unknownSince === null)
          ? null
          : is.level.unknownSince === null
            ? 'known'
            : 'unknown';
  return kind === null ? null : { ...common, kind, severity: is.severity, since };
}

function viewOf(rule: Rule, { labels, levels, finding }: Group): GroupView {
  const up = worstUp(rule, levels);
  const shown = up?.level ?? levels.find(({ phase }) => phase !== 'ok') ?? levels[0] ?? QUIET;
  return {
    rule: rule.name,
    labels,
    letter: letterOf(shown),
    severity: up?.severity ?? null,
    finding,
    since: shown.since,
  };
}
