import type { Labels } from '../alert/alert.ts';
import { isUp, type LevelState, QUIET, type Truth } from './level.ts';
import { createPoints, type Point, type Points, within } from './points.ts';
import type { Finding, Member, Rule } from './rule.ts';
import { labelsKey, labelsOf } from './series.ts';

/** A group of a rule as it is remembered. */
export interface SavedGroup {
  readonly labels: Labels;
  readonly levels: readonly LevelState[];
  readonly truth: Truth;
  /** When it last began to fire; null for never. */
  readonly firedAt: number | null;
  /** The series that belong to it, with the points that are older than `keptFrom` of the engine. */
  readonly members: readonly {
    readonly selector: number;
    readonly labels: Labels;
    readonly firstAt: number;
    readonly points: readonly Point[];
  }[];
}

/** What is remembered of a rule. */
export interface SavedRule {
  readonly identity: string;
  readonly beganAt: number;
  readonly groups: readonly SavedGroup[];
}

/** A group of a rule while it is judged. */
export interface Group {
  readonly labels: Labels;
  readonly members: Member[][];
  levels: readonly LevelState[];
  truth: Truth;
  firedAt: number | null;
  finding: Finding;
}

/** A rule with its groups, by the texts of their labels. */
export interface Running {
  readonly rule: Rule;
  readonly beganAt: number;
  readonly groups: Map<string, Group>;
  firing: number;
  /** Why it could not be judged at its last tick; null where it could. */
  failure: string | null;
}

type MutableMember = { -readonly [K in keyof Member]: Member[K] };

/** Where a sample of a series goes, and how long it is kept there. */
export interface Route {
  readonly member: MutableMember;
  readonly keepMs: number;
}

/** A rule comes after those that it refers to. Circles are a fault of the configuration, which is told there. */
export function inOrder(rules: readonly Rule[]): readonly Rule[] {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const ordered = new Set<Rule>();
  const visit = (rule: Rule, above: readonly Rule[]) => {
    if (ordered.has(rule) || above.includes(rule)) return;
    for (const name of rule.condition.refersTo) {
      const other = byName.get(name);
      if (other !== undefined) visit(other, [...above, rule]);
    }
    ordered.add(rule);
  };
  for (const rule of rules) visit(rule, []);
  return [...ordered];
}

function newGroup(rule: Rule, labels: Labels): Group {
  const { levels, selectors } = rule.condition;
  return {
    labels,
    members: selectors.map(() => []),
    levels: levels.map(() => QUIET),
    ...{ truth: null, firedAt: null, finding: { value: null } },
  };
}

/** The group of these labels, made where there is none. */
export function groupOf(one: Running, labels: Labels): Group {
  const key = labelsKey(labels);
  const group = one.groups.get(key) ?? newGroup(one.rule, labels);
  one.groups.set(key, group);
  return group;
}

/** A rule as it was remembered; anew where its condition has changed. */
export function restored(rule: Rule, from: number, saved: SavedRule | undefined): Running {
  const isSame = saved !== undefined && saved.identity === rule.identity;
  const one: Running = { rule, beganAt: isSame ? saved.beganAt : from, groups: new Map(), firing: 0, failure: null };
  for (const labels of rule.condition.expected) groupOf(one, labels);
  for (const known of isSame ? saved.groups : []) {
    const group = groupOf(one, known.labels);
    Object.assign(group, { levels: known.levels, truth: known.truth, firedAt: known.firedAt });
    for (const { selector, labels, firstAt, points } of known.members)
      group.members[selector]?.push({ labels, firstAt, points: createPoints(points) });
    one.firing += Number(group.levels.some(isUp));
  }
  return one;
}

/** A series that belongs to a rule; undefined for one that was not seen. */
export function knownMember(one: Running, selector: number, labels: Labels): Member | undefined {
  const { groupBy } = one.rule.condition;
  const group = one.groups.get(labelsKey(groupBy === null ? labels : labelsOf(labels, groupBy)));
  const key = labelsKey(labels);
  return group?.members[selector]?.find((member) => labelsKey(member.labels) === key);
}

/** Where a series belongs that is seen for the first time. */
export function routesOf(
  readers: readonly { readonly one: Running; readonly selector: number }[],
  labels: Labels,
  at: number,
) {
  return readers.flatMap(({ one, selector }): Route[] => {
    const { condition, everyMs } = one.rule;
    if (condition.selectors[selector]?.matches(labels) !== true) return [];
    const group = groupOf(one, condition.groupBy === null ? labels : labelsOf(labels, condition.groupBy));
    const known = knownMember(one, selector, labels);
    const member = known ?? { labels, points: createPoints(), firstAt: at };
    if (known === undefined) group.members[selector]?.push(member);
    return [{ member, keepMs: condition.lookbackMs + everyMs }];
  });
}

/** The groups of the rules that it refers to, those with the most labels: what has fewer applies to all of them. */
export function joinGroups(one: Running, byName: ReadonlyMap<string, Running>, at: number): void {
  const all = one.rule.condition.refersTo.flatMap((name) => {
    const other = byName.get(name);
    return other === undefined ? [] : [...other.groups.values()].filter((group) => hasBegun(other, group, at));
  });
  const names = all.map(({ labels }) => new Set(Object.keys(labels)));
  const shapes = [...new Map(names.map((set) => [[...set].sort().join('\0'), set])).values()];
  const largest = shapes.filter(
    (shape) => !shapes.some((other) => other.size > shape.size && [...shape].every((name) => other.has(name))),
  );
  for (const { labels } of all)
    if (
      largest.some(
        (shape) => shape.size === Object.keys(labels).length && Object.keys(labels).every((name) => shape.has(name)),
      )
    )
      groupOf(one, labels);
}

/** Whether labels that both have are equal. */
export function agree(a: Labels, b: Labels): boolean {
  return Object.keys(a).every((name) => !Object.hasOwn(b, name) || a[name] === b[name]);
}

/** Forgets a group; of its series it keeps what came before its tick. */
export function forget(one: Running, key: string, group: Group, at: number): void {
  one.groups.delete(key);
  const later = group.members.map((list) =>
    list.flatMap(({ labels, points }) => {
      const left = within(points, at, Number.POSITIVE_INFINITY);
      return left[0] === undefined ? [] : [{ labels, firstAt: left[0][0], points: createPoints(left) }];
    }),
  );
  if (later.every((list) => list.length === 0)) return;
  one.groups.set(key, { ...newGroup(one.rule, group.labels), members: later });
}

function isExpectedOf({ condition }: Rule, { labels }: Group): boolean {
  return condition.expected.length > 0 && condition.expected.some((one) => labelsKey(one) === labelsKey(labels));
}

/** Whether anything was known of a group at a tick: samples may come before the tick that they are for. */
export function hasBegun({ rule }: Running, group: Group, at: number): boolean {
  const { selectors } = rule.condition;
  return (
    selectors.length === 0 ||
    group.members.some((list) => list.some(({ firstAt }) => firstAt <= at)) ||
    isExpectedOf(rule, group)
  );
}

/** Whether nothing was heard of a group for so long that nothing more is said of it. */
export function isGone({ rule, groups: _, beganAt }: Running, group: Group, at: number): boolean {
  if (rule.condition.selectors.length === 0) return false;
  const isExpected = isExpectedOf(rule, group);
  const last = Math.max(
    beganAt * Number(isExpected),
    ...group.members.flat().map(({ points }) => points.at[points.indexAt(at)] ?? 0),
  );
  return last > 0 && at - last >= rule.forgetMs;
}

/** What is remembered of a rule; points from `keptFrom` on are left out. */
export function savedRule({ rule, beganAt, groups }: Running, keptFrom: number): SavedRule {
  const older = ({ at, values }: Points): Point[] =>
    at.flatMap((time, index) => (time < keptFrom ? [[time, values[index] as number] as const] : []));
  return {
    identity: rule.identity,
    beganAt,
    groups: Array.from(groups.values(), ({ labels, levels, truth, firedAt, members }) => ({
      ...{ labels, levels, truth, firedAt },
      members: members.flatMap((list, selector) =>
        list.map((member) => ({
          selector,
          labels: member.labels,
          firstAt: member.firstAt,
          points: older(member.points).slice(-12),
        })),
      ),
    })),
  };
}
