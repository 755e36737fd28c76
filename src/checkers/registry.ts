import { ZodError } from 'zod';
import { nearest } from '../core/nearest.ts';
import { isObject } from '../core/reading/read.ts';
import { issueText } from '../lib/issue-text.ts';
import type { Check, Checker, Order } from './contract.ts';
import { cpu } from './cpu.ts';
import { disk } from './disk.ts';
import { load } from './load.ts';
import { memory } from './memory.ts';
import { network } from './network.ts';
import { plugin } from './plugin.ts';
import { process } from './process.ts';
import { reboot } from './reboot.ts';
import type { SelectedCheck } from './run.ts';
import { service } from './service.ts';
import { temperature } from './temperature.ts';

/** Every checker there is, in the order of output. */
export const CHECKERS: readonly Checker[] = [
  cpu,
  memory,
  disk,
  load,
  network,
  process,
  service,
  temperature,
  reboot,
  plugin,
];

/** Which checks are wanted. */
export interface Selection {
  /** Checkers, or single checks such as `plugin:raid`; left out or empty: those of the default set and those configured. */
  readonly names?: readonly string[] | undefined;
  /** Options by checker, as configured; `false` takes a checker out of the default set. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Also take the names of single things, such as `disk:/var`: their check is selected, and `onlyNamed` finds them. */
  readonly withItems?: boolean;
}

/** A selection that cannot be had: every problem at once, each with its fix. */
export class SelectionError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.length === 1 ? 'a problem with the checkers' : `${problems.length} problems with the checkers`);
    this.name = 'SelectionError';
    this.problems = problems;
  }
}

/**
 * The checks of a selection in the order of the registry, all options accepted by their checkers, those of checkers
 * that were not named too. Throws SelectionError.
 */
export function selectChecks(selection: Selection, checkers: readonly Checker[] = CHECKERS): SelectedCheck[] {
  const names = selection.names ?? [];
  const problems = Object.keys(selection.options)
    .filter((name) => !checkers.some((checker) => checker.name === name))
    .map((name) => `checkers.${name}: ${unknownChecker(name, checkers)}`);
  const wanted = new Set<string>();
  const selected: SelectedCheck[] = [];
  for (const checker of checkers) {
    const given = Object.hasOwn(selection.options, checker.name) ? selection.options[checker.name] : undefined;
    const configured = given !== undefined && given !== false;
    const checks = bind(checker, given, problems);
    const single = selection.withItems ? names.filter((name) => isItem(name, checker, checks)) : [];
    for (const check of checks) {
      const called = names.filter(
        (name) =>
          name === checker.name || name === check.name || (check.name === checker.name && single.includes(name)),
      );
      for (const name of called) wanted.add(name);
      const included = names.length > 0 ? called.length > 0 : configured || (checker.byDefault && given !== false);
      if (included) selected.push({ check, asked: configured || called.length > 0 });
    }
  }
  for (const name of new Set(names)) {
    if (wanted.has(name)) continue;
    const owner = checkers.find((checker) => name.startsWith(`${checker.name}:`));
    if (problems.length > 0 && (owner !== undefined || checkers.some((checker) => checker.name === name))) continue;
    problems.push(owner === undefined ? unknownChecker(name, checkers) : noSuchCheck(name, owner));
  }
  if (problems.length > 0) throw new SelectionError(problems);
  return selected;
}

/** Whether a name can be that of a thing which a checker tells apart, and is not that of a check of its own. */
function isItem(name: string, checker: Checker, checks: readonly Check[]): boolean {
  if (checker.items === undefined || !name.startsWith(`${checker.name}:`)) return false;
  return checks.every((check) => check.name !== name);
}

function bind(checker: Checker, given: unknown, problems: string[]): readonly Check[] {
  const options = given === undefined || given === null || typeof given === 'boolean' ? {} : given;
  if (!isObject(options)) {
    problems.push(`checkers.${checker.name}: must be options in the form "name: value", or false to leave it out`);
    return [];
  }
  try {
    return checker.bind(options);
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    for (const issue of error.issues) {
      const place = ['checkers', checker.name, ...issue.path.map(String)].join('.');
      const order = issue.code === 'custom' ? (issue.params?.order as Order | undefined) : undefined;
      if (order !== undefined) problems.push(`checkers.${checker.name}.${outOfOrder(order, options, checker)}`);
      else if (issue.code !== 'unrecognized_keys') problems.push(`${place}: ${issueText(issue)}`);
      else for (const key of issue.keys) problems.push(`${place}.${key}: ${unknownOption(key, issue.path, checker)}`);
    }
    return [];
  }
}

/** Which of two thresholds is to be changed: the one that was given, and what it clashes with. */
function outOfOrder({ low, high, show }: Order, given: Readonly<Record<string, unknown>>, checker: Checker): string {
  const defaults = checker.options.defaults as Readonly<Record<string, unknown>>;
  const has = (name: string) => given[name] !== undefined;
  const textOf = (name: string) =>
    has(name) ? `which is ${String(given[name])}` : `which is ${show(Number(defaults[name]))} by default`;
  return has(low)
    ? `${low}: must not be beyond ${high}, ${textOf(high)}${has(high) ? '' : `; set ${high}, too`}`
    : `${high}: must not be below ${low}, ${textOf(low)}; set ${low}, too`;
}

function unknownOption(key: string, path: readonly PropertyKey[], checker: Checker): string {
  const known = path.length === 0 ? Object.keys(checker.options.schema.shape) : [];
  return `there is no such option${hint(key, known)}${known.length > 0 ? `; ${checker.name} has ${known.toSorted().join(', ')}` : ''}`;
}

function unknownChecker(name: string, checkers: readonly Checker[]): string {
  const known = checkers.map((checker) => checker.name).toSorted();
  return `there is no checker "${name}"${hint(name, known)}; available: ${known.join(', ')}`;
}

function noSuchCheck(name: string, owner: Checker): string {
  return `there is no check "${name}"; configure it under checkers.${owner.name}`;
}

function hint(wrong: string, known: readonly string[]): string {
  const word = nearest(wrong, known);
  return word === null ? '' : `; did you mean ${word}?`;
}
