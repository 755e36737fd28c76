import { isObject } from '../../core/reading/read.ts';
import type { Tell } from '../issues.ts';

/** A value with its keys in snake_case, and how each path was written. */
export interface Underscored {
  readonly value: unknown;
  /** The keys as they are written in the file. */
  written(keys: readonly PropertyKey[]): readonly string[];
}

/** Maps whose keys are names of something else. */
const FOREIGN: readonly string[] = ['headers', 'labels', 'extra_labels'];

/** Takes Gatus's hyphenated keys for those in snake_case; a key that is written in both ways is told. */
export function underscored(given: unknown, above: readonly string[], tell: Tell): Underscored {
  const original = new Map<string, string>();
  const walk = (value: unknown, keys: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((one, index) => walk(one, [...keys, String(index)]));
    if (!isObject(value) || FOREIGN.includes(keys.at(-1) ?? '')) return value;
    const entries = new Map<string, unknown>();
    for (const [key, one] of Object.entries(value)) {
      const name = key.replaceAll('-', '_');
      if (entries.has(name))
        tell([...keys, name], `is written twice, as ${name} and as ${name.replaceAll('_', '-')}; remove one`);
      original.set([...keys, name].join('\0'), key);
      entries.set(name, walk(one, [...keys, name]));
    }
    return Object.fromEntries(entries);
  };
  return {
    value: walk(given, above),
    written: (keys) => {
      const texts = keys.map(String);
      return texts.map((key, index) => original.get(texts.slice(0, index + 1).join('\0')) ?? key);
    },
  };
}
