import type { RuleEntry } from '../config/rules/document.ts';
import type { Rule } from '../core/rule/rule.ts';
import { RULE_KINDS } from '../rule-kinds/registry.ts';

/** Rules of the configuration as the engine judges them. They were accepted when they were read. */
export function compileRules(entries: readonly RuleEntry[]): readonly Rule[] {
  return entries.map((entry) => {
    const kind = RULE_KINDS.find(({ name }) => name === entry.kind);
    if (kind === undefined) throw new Error(`no kind of rule is named ${entry.kind}`);
    const { everyMs, forMs, keepMs, suppressMs, onMissing, severity, options } = entry;
    const timing = { forMs, keepMs, onMissing };
    const forgetMs = entry.forgetMs ?? kind.forgetMs;
    return {
      ...{ name: entry.name, everyMs, timing, suppressMs, severity, forgetMs },
      condition: kind.bind(kind.options.parse(options), { everyMs }),
      // What is waited for may change without anything being judged anew.
      identity: JSON.stringify([entry.kind, everyMs, sorted(options)]),
    };
  });
}

/** The same with all keys in one order: how they are written decides nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
