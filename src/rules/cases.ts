import type { RuleEntry } from '../config/rules/document.ts';
import type { Labels, Severity } from '../core/alert/alert.ts';
import { createRuleEngine, type Sample, type Transition } from '../core/rule/engine.ts';
import { labelsKey, seriesText } from '../core/rule/series.ts';
import { compileRules } from './compile.ts';

/** An alert that a case expects; times are milliseconds since the start of the case. */
export interface ExpectedAlert {
  readonly rule: string;
  readonly labels: Labels;
  readonly severity?: Severity | undefined;
  readonly fromMs: number;
  /** null where it still fires at the end. */
  readonly toMs: number | null;
}

/** How a rule stands for a group, tick by tick, one letter each. */
export interface ExpectedStates {
  readonly rule: string;
  readonly labels: Labels;
  readonly states: string;
}

/** What is given, and what is to come of it. Times are milliseconds. */
export interface RuleCase {
  readonly name: string;
  /** Where it stands in its file, for people. */
  readonly place: string;
  /** The clock at the first value, UTC milliseconds. */
  readonly start: number;
  readonly stepMs: number;
  /** How many steps are judged; null for as many as there are values. */
  readonly steps: number | null;
  /** Spans, since the start, in which no hub was up. */
  readonly down: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly series: readonly {
    readonly metric: string;
    readonly labels: Labels;
    readonly values: readonly (number | null)[];
  }[];
  readonly states: readonly ExpectedStates[];
  /** null where nothing is said of alerts; else all that there may be of the rules that it names. */
  readonly alerts: readonly ExpectedAlert[] | null;
}

/** What a case came to. */
export interface CaseResult {
  readonly name: string;
  readonly place: string;
  /** What differs from what was expected, a line each; empty where nothing does. */
  readonly differences: readonly string[];
}

/** An alert as it was raised. */
export interface RaisedAlert extends ExpectedAlert {
  readonly severity: Severity;
}

/** Gives the samples of a case to its rules by the clock of the case, and compares what comes of them. */
export function runCase(rules: readonly RuleEntry[], given: RuleCase): CaseResult {
  const { start, stepMs } = given;
  const steps =
    given.steps ??
    Math.max(0, ...given.series.map(({ values }) => values.length), ...given.states.map(({ states }) => states.length));
  const engine = createRuleEngine(compileRules(rules), start - 1, new Map(), (rule, reason) => {
    throw new Error(`rule ${rule} cannot be judged: ${reason}`);
  });
  const letters = new Map<string, string[]>();
  const raised: Transition[] = [];
  const downMs = (from: number, to: number) =>
    given.down.reduce(
      (sum, one) => sum + Math.max(0, Math.min(to, start + one.toMs) - Math.max(from, start + one.fromMs)),
      0,
    );
  for (let step = 0; step < steps; step += 1) {
    const at = start + step * stepMs;
    for (const sample of samplesAt(given, step, at)) engine.add(sample);
    const transitions = engine.advance(at, downMs, (view, tick) => {
      const key = keyOf(view.rule, view.labels);
      const line = letters.get(key) ?? [];
      line[Math.round((tick - start) / stepMs)] = view.letter;
      letters.set(key, line);
    });
    raised.push(...transitions);
  }
  const names = rules.map(({ name }) => name);
  const differences = [
    ...given.states.flatMap((one) => statesDiffer(one, names, letters.get(keyOf(one.rule, one.labels)) ?? [])),
    ...(given.alerts === null ? [] : alertsDiffer(given.alerts, names, alertsOf(raised, start))),
  ];
  return { name: given.name, place: given.place, differences };
}

function* samplesAt({ series }: RuleCase, step: number, at: number): Iterable<Sample> {
  for (const { metric, labels, values } of series) {
    const value = values[step];
    if (value !== undefined && value !== null) yield { metric, labels, at, value };
  }
}

const keyOf = (rule: string, labels: Labels) => `${rule} ${labelsKey(labels)}`;

function statesDiffer(
  { rule, labels, states }: ExpectedStates,
  names: readonly string[],
  got: readonly string[],
): readonly string[] {
  if (!names.includes(rule)) return [noRule(rule, names)];
  const line = Array.from({ length: Math.max(states.length, got.length) }, (_, index) => got[index] ?? '.').join('');
  return line === states.padEnd(line.length, '.')
    ? []
    : [`${seriesText({ metric: rule, labels })}: expected ${states}, got ${line}`];
}

/** What fired, from when to when, out of what changed. */
export function alertsOf(transitions: readonly Transition[], start: number): readonly RaisedAlert[] {
  const alerts: { rule: string; labels: Labels; severity: Severity; fromMs: number; toMs: number | null }[] = [];
  const open = new Map<string, (typeof alerts)[number]>();
  for (const { kind, rule, labels, at, severity } of transitions) {
    const key = keyOf(rule, labels);
    const known = open.get(key);
    if (kind === 'fired') {
      const alert = { rule, labels, severity, fromMs: at - start, toMs: null };
      alerts.push(alert);
      open.set(key, alert);
    } else if (kind === 'resolved' && known !== undefined) {
      known.toMs = at - start;
      open.delete(key);
    } else if (known !== undefined) known.severity = severity;
  }
  return alerts;
}

function alertsDiffer(
  expected: readonly ExpectedAlert[],
  names: readonly string[],
  raised: readonly RaisedAlert[],
): readonly string[] {
  const unknown = expected.filter(({ rule }) => !names.includes(rule)).map(({ rule }) => noRule(rule, names));
  const left = [...raised];
  const missing = expected.flatMap((one) => {
    const index = left.findIndex((alert) => isSame(one, alert));
    if (index === -1) return [`expected ${alertText(one)}, and it was not raised`];
    left.splice(index, 1);
    return [];
  });
  return [
    ...new Set(unknown),
    ...missing,
    ...left.map((alert) => `raised ${alertText(alert)}, and it was not expected`),
  ];
}

function isSame(one: ExpectedAlert, alert: RaisedAlert): boolean {
  return (
    keyOf(one.rule, one.labels) === keyOf(alert.rule, alert.labels) &&
    one.fromMs === alert.fromMs &&
    one.toMs === alert.toMs &&
    (one.severity === undefined || one.severity === alert.severity)
  );
}

function alertText({ rule, labels, severity, fromMs, toMs }: ExpectedAlert): string {
  const span = `from ${fromMs / 1000}s ${toMs === null ? 'on' : `to ${toMs / 1000}s`}`;
  return `${seriesText({ metric: rule, labels })} ${severity === undefined ? '' : `${severity} `}${span}`;
}

function noRule(rule: string, names: readonly string[]): string {
  return `there is no rule "${rule}"; there are ${names.join(', ') || 'none'}`;
}
