import * as z from 'zod';
import type { Checker } from '../../checkers/contract.ts';

/** One option of a checker as it is told to people; `default` is undefined when it has none. */
export interface OptionEntry {
  readonly name: string;
  readonly description: string;
  readonly default?: unknown;
}

/** One checker of `monitor check --list`; `unavailable` says why this machine cannot be looked at so, null when it can. */
export interface ListEntry {
  readonly name: string;
  readonly summary: string;
  readonly by_default: boolean;
  readonly unavailable: string | null;
  readonly options: readonly OptionEntry[];
}

/** The entry of a checker. */
export function listEntry(checker: Checker, unavailable: string | null): ListEntry {
  const schema = z.toJSONSchema(checker.options.schema, { io: 'input', unrepresentable: 'any' });
  const options = Object.entries(schema.properties ?? {}).map(([name, option]): OptionEntry => {
    const { description = '', default: byDefault } = option as { description?: string; default?: unknown };
    return { name, description, ...(byDefault === undefined ? {} : { default: byDefault }) };
  });
  return { name: checker.name, summary: checker.summary, by_default: checker.byDefault, unavailable, options };
}

/** The list for a person: a line a checker, and of named ones their options too. */
export function listText(entries: readonly ListEntry[], withOptions: boolean): string[] {
  const width = Math.max(...entries.map((entry) => entry.name.length));
  return entries.flatMap((entry) => {
    const when = entry.by_default ? 'default' : 'on demand';
    const lacking = entry.unavailable === null ? '' : ` (not available here: ${entry.unavailable})`;
    const line = `${entry.name.padEnd(width)}  ${when.padEnd(9)}  ${entry.summary}${lacking}`;
    return [line, ...(withOptions ? optionLines(entry) : [])];
  });
}

function optionLines({ options }: ListEntry): string[] {
  const width = Math.max(0, ...options.map((option) => option.name.length));
  return options.map((option) => {
    const isPlain = ['string', 'number', 'boolean'].includes(typeof option.default);
    const byDefault = isPlain ? ` [${option.default}]` : '';
    return `  ${option.name.padEnd(width)}  ${option.description}${byDefault}`;
  });
}
