import { UsageError } from './contract.ts';

/** Collects an option that may be repeated. */
export const append = (value: string, before: readonly string[] = []) => [...before, value];

/** What an option that may be repeated gives as `name=value`. Throws UsageError. */
export function pairsOf(option: string, given: readonly string[]): Readonly<Record<string, string>> {
  const pairs = given.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`${option} must be name=value, not "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}
