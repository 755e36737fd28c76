import type { PolicySections } from '../../config/notify/schema.ts';
import type { Interval, IntervalRule } from '../../core/policy/interval.ts';
import { parseDaySpan, parseDays, parseMonths, parseWeekdays, parseYears } from '../../core/policy/interval-text.ts';
import type { Compiler, Keys } from './compiler.ts';

type Written = NonNullable<PolicySections['intervals']>[string];
type Rule = Exclude<Written, readonly unknown[]>;

/** The intervals by name. */
export function compileIntervals(compiler: Compiler): ReadonlyMap<string, Interval> {
  const written = Object.entries(compiler.document.sections.intervals ?? {});
  return new Map(
    written.map(([name, rules]) => {
      const keys = ['intervals', name];
      const compiled = Array.isArray(rules)
        ? rules.map((rule, index) => ruleOf(rule, [...keys, index], compiler))
        : [ruleOf(rules as Rule, keys, compiler)];
      return [name, { name, place: compiler.placeAt(keys), rules: compiled }];
    }),
  );
}

function ruleOf({ times, weekdays, days, months, years, zone }: Rule, keys: Keys, compiler: Compiler): IntervalRule {
  if ([times, weekdays, days, months, years].every((one) => one === undefined)) {
    compiler.tell(keys, 'says no times, weekdays, days, months or years; give one of them');
  }
  const read = <T>(name: string, texts: readonly string[] | undefined, parse: (text: string) => T) =>
    compiler.each([...keys, name], texts, parse);
  return {
    zone: compiler.zone([...keys, 'zone'], zone),
    ...(times !== undefined && { times: read('times', times, parseDaySpan) }),
    ...(weekdays !== undefined && { weekdays: read('weekdays', weekdays, parseWeekdays).flat() }),
    ...(days !== undefined && { days: read('days', days, parseDays) }),
    ...(months !== undefined && { months: read('months', months, parseMonths).flat() }),
    ...(years !== undefined && { years: read('years', years, parseYears) }),
  };
}
