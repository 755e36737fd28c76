import type { Checker } from '../../checkers/contract.ts';
import { isObject } from '../../core/reading/read.ts';
import { UsageError } from '../contract.ts';

/** Flags of `monitor check` that choose checks and change their options, as they were written. */
export interface CheckFlags {
  readonly checkers?: string;
  readonly warning?: string;
  readonly critical?: string;
  readonly set?: readonly string[];
}

type Options = Readonly<Record<string, unknown>>;

/** Names given as arguments and as `--checkers a,b`, each once; none when neither was given. */
export function namesOf(args: readonly string[], list: string | undefined): string[] {
  const words = [...args, ...(list ?? '').split(',')].map((word) => word.trim());
  return [...new Set(words.filter((word) => word !== ''))];
}

/**
 * The configured options with `--warning` and `--critical` for the named checkers and every `--set` over them.
 * `parse` reads the value of a `--set` as YAML. Throws UsageError with every problem; what a checker does not accept
 * is left to the checker.
 */
export function withFlags(
  configured: Options,
  names: readonly string[],
  flags: CheckFlags,
  checkers: readonly Checker[],
  parse: (text: string) => unknown,
): Options {
  const problems: string[] = [];
  let options = configured;
  for (const key of ['warning', 'critical'] as const) {
    const text = flags[key];
    if (text === undefined) continue;
    const having = named(names, checkers).filter((checker) => key in checker.options.schema.shape);
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) problems.push(`--${key}: must be a number, not "${text}"`);
    else if (names.length === 0)
      problems.push(`--${key}: name the checker that it is for: monitor check cpu --${key} ${text}`);
    else if (having.length === 0 && named(names, checkers).length > 0)
      problems.push(
        `--${key}: ${names.join(', ')} has no threshold of this name; see monitor check --list ${names[0]}`,
      );
    for (const checker of having) options = withValue(options, [checker.name, key], value);
  }
  for (const written of flags.set ?? []) {
    const [, path, text] = /^([^=\s]+\.[^=\s]+)=(.*)$/s.exec(written) ?? [];
    if (path === undefined || text === undefined) {
      problems.push('--set: must be checker.option=value, such as disk.warning=85');
      continue;
    }
    try {
      options = withValue(options, path.split('.'), parse(text));
    } catch {
      problems.push(`--set ${path}: the value is neither YAML nor JSON; quote it for the shell`);
    }
  }
  if (problems.length > 0) throw new UsageError(problems.length === 1 ? 'a wrong flag' : 'wrong flags', problems);
  return options;
}

function named(names: readonly string[], checkers: readonly Checker[]): Checker[] {
  return checkers.filter((checker) =>
    names.some((name) => name === checker.name || name.startsWith(`${checker.name}:`)),
  );
}

function withValue(branch: unknown, [key = '', ...rest]: readonly string[], value: unknown): Options {
  const before: Options = isObject(branch) ? branch : {};
  const below = Object.hasOwn(before, key) ? before[key] : undefined;
  return { ...before, [key]: rest.length === 0 ? value : withValue(below, rest, value) };
}
