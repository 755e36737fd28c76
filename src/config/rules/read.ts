import * as z from 'zod';
import { nearest } from '../../core/nearest.ts';
import { isObject } from '../../core/reading/read.ts';
import { readTemplate, TemplateError } from '../../lib/template.ts';
import { RuleOptionsError } from '../../rule-kinds/contract.ts';
import { RULE_KINDS } from '../../rule-kinds/registry.ts';
import { type Tell, tellIssue } from '../issues.ts';
import { pathText } from '../notify/document.ts';
import type { RuleEntry, RulesFile } from './document.ts';
import { RULE, RULE_COMMON } from './schema.ts';

/** The rules of a configuration, and what is wrong with them. */
export interface ReadRules {
  readonly rules: readonly RuleEntry[];
  /** Each with its line, field and fix. */
  readonly problems: readonly string[];
}

const COMMON = z.object(RULE_COMMON);
const KINDS = RULE_KINDS.map(({ name }) => name);

/** Reads the rules of a file; nothing of none. Those that are switched off are read, too, and left out. */
export function readRules(file: RulesFile | undefined): ReadRules {
  if (file === undefined || file.values === null) return { rules: [], problems: [] };
  const problems: string[] = [];
  const tellAt = (keys: readonly PropertyKey[], message: string) => {
    const path = ['rules', ...keys.map(String)];
    problems.push(`${file.at(path)}: ${pathText(path)}: ${message}`);
  };
  if (!Array.isArray(file.values)) {
    tellAt([], 'must be a list');
    return { rules: [], problems };
  }
  const read = file.values.map((value: unknown, index) => {
    const tell: Tell = (keys, message) => tellAt([index, ...keys], message);
    const place = `${file.at(['rules', String(index)])}: rules[${index}]`;
    return { entry: readRule(value, place, tell), tell, isOn: !isObject(value) || value.enabled !== false };
  });
  const entries = read.flatMap(({ entry, tell, isOn }) => (entry === null ? [] : [{ entry, tell, isOn }]));
  tellNames(entries);
  return { rules: entries.flatMap(({ entry, isOn }) => (isOn ? [entry] : [])), problems };
}

function readRule(value: unknown, place: string, tell: Tell): RuleEntry | null {
  const read = RULE.safeParse(value);
  if (!read.success) {
    for (const issue of read.error.issues) tellIssue(RULE, issue, [], tell);
    if (!isObject(value)) return null;
  }
  const given = value as Readonly<Record<string, unknown>>;
  const kinds = KINDS.filter((name) => given[name] !== undefined);
  const [kindName] = kinds;
  if (kindName === undefined) tell([], `has no condition: add one of ${KINDS.join(', ')}`);
  for (const other of kinds.slice(1))
    tell([other], `stands beside ${kindName}; a rule has one condition, and composite joins rules`);
  const isSound =
    kindName !== undefined && checkOptions(given, kindName, (keys, message) => tell([kindName, ...keys], message));
  if (!read.success || kindName === undefined || !isSound) return null;
  const common = COMMON.parse(given);
  checkTexts(common, tell);
  return {
    ...{ name: common.name, kind: kindName, options: given[kindName] as RuleEntry['options'] },
    ...{ everyMs: common.every, forMs: common.for, keepMs: common.keep_firing_for, suppressMs: common.suppress_for },
    ...{ forgetMs: common.forget ?? null, onMissing: common.on_missing, severity: common.severity },
    ...{ labels: common.labels ?? {}, annotations: common.annotations ?? {} },
    ...{
      runbook: common.runbook === 'none' ? null : common.runbook,
      owner: common.owner ?? '',
      isShadow: common.shadow,
      place,
    },
  };
}

function checkOptions(given: Readonly<Record<string, unknown>>, kindName: string, tell: Tell): boolean {
  const kind = RULE_KINDS.find(({ name }) => name === kindName);
  const options = kind?.options.safeParse(given[kindName]);
  if (kind === undefined || options === undefined) return false;
  if (!options.success) {
    for (const issue of options.error.issues) tellIssue(kind.options, issue, [], tell);
    return false;
  }
  try {
    kind.bind(options.data, { everyMs: 60_000 });
    return true;
  } catch (error) {
    if (!(error instanceof RuleOptionsError)) throw error;
    tell([error.field], error.message);
    return false;
  }
}

function checkTexts({ labels = {}, annotations = {} }: z.output<typeof COMMON>, tell: Tell): void {
  for (const [name, text] of Object.entries(labels))
    if (/\{\{|\{%/.test(text))
      tell(
        ['labels', name],
        'must be plain text: a label with a live value makes a new alert at every look; use annotations',
      );
  for (const [name, text] of Object.entries(annotations)) {
    try {
      readTemplate(text, (value) => value);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      tell(['annotations', name], error.message);
    }
  }
}

interface Placed {
  readonly entry: RuleEntry;
  readonly tell: Tell;
  readonly isOn: boolean;
}

/** Names that stand twice, that no rule has, and rules that refer to one another in a circle. */
function tellNames(placed: readonly Placed[]): void {
  const names = placed.map(({ entry }) => entry.name);
  placed.forEach(({ entry, tell }, index) => {
    const other = placed[names.indexOf(entry.name)]?.entry;
    if (names.indexOf(entry.name) !== index)
      tell(['name'], `is that of ${other?.place}, too ("${entry.name}"); choose another`);
  });
  const refersTo = new Map(placed.map(({ entry }) => [entry.name, referencesOf(entry)]));
  for (const { entry, tell } of placed) {
    for (const name of refersTo.get(entry.name) ?? []) {
      const found = placed.find((one) => one.entry.name === name);
      const word = nearest(name, names);
      if (found === undefined)
        tell(
          [entry.kind],
          `there is no rule "${name}"; ${word === null ? 'add one of that name' : `did you mean ${word}?`}`,
        );
      else if (!found.isOn) tell([entry.kind], `the rule "${name}" is switched off; switch it on, or take it out`);
    }
    const circle = circleOf(entry.name, refersTo);
    if (circle !== null && circle.toSorted()[0] === entry.name)
      tell([entry.kind], `goes in a circle: ${[...circle, entry.name].join(' → ')}; remove one of them`);
  }
}

function referencesOf({ kind, options, everyMs }: RuleEntry): readonly string[] {
  const found = RULE_KINDS.find(({ name }) => name === kind);
  return found === undefined ? [] : found.bind(found.options.parse(options), { everyMs }).refersTo;
}

/** The rules on the way from one back to itself; null where there is none. */
function circleOf(start: string, refersTo: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const seen = new Set<string>();
  const walk = (name: string, path: readonly string[]): readonly string[] | null => {
    for (const next of refersTo.get(name) ?? []) {
      if (next === start) return [...path, name];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = walk(next, [...path, name]);
      if (found !== null) return found;
    }
    return null;
  };
  return walk(start, []);
}
