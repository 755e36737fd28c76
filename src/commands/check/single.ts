import type { Checker } from '../../checkers/contract.ts';
import type { CheckResult } from '../../core/check.ts';
import { nearest } from '../../core/nearest.ts';

/** Things that are named where the one that is meant is not among them. */
const NAMED = 10;

/**
 * The results of a run in which single things were named, such as `disk:/var`: each thing in place of the check that told
 * it apart, unless the whole check was named too. One that the check did not see is unknown, with those that it saw.
 */
export function onlyNamed(
  results: readonly CheckResult[],
  names: readonly string[],
  checkers: readonly Pick<Checker, 'name' | 'items'>[],
): CheckResult[] {
  const checks = new Set(results.map(({ checker }) => checker));
  return results.flatMap((result) => {
    const what = checkers.find(({ name }) => name === result.checker)?.items;
    const wanted = names.filter((name) => name.startsWith(`${result.checker}:`) && !checks.has(name));
    if (what === undefined || wanted.length === 0 || names.includes(result.checker)) return [result];
    return wanted.map((name) => single(result, name, what));
  });
}

function single({ items, ...result }: CheckResult, name: string, what: string): CheckResult {
  const item = items?.find((one) => one.name === name);
  if (item !== undefined) return { ...result, checker: name, ...inResult(item) };
  const prefix = `${result.checker}:`;
  const seen = (items ?? []).map((one) => one.name.slice(prefix.length));
  const close = nearest(name.slice(prefix.length), seen);
  const list = seen.slice(0, NAMED).join(', ') + (seen.length > NAMED ? ', …' : '');
  const hint = close === null ? '' : `; did you mean ${prefix}${close}?`;
  const others = items === undefined ? `: ${result.message}` : `${hint}; there are: ${list || 'none'}`;
  return {
    ...result,
    checker: name,
    status: 'unknown',
    message: `no ${what} of this name was seen${others}`,
    metrics: {},
  };
}

function inResult({ status, message, metrics }: NonNullable<CheckResult['items']>[number]) {
  return { status, message, metrics };
}
