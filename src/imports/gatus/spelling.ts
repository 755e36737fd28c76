import { pathText } from '../../config/notify/document.ts';
import { isObject } from '../../core/reading/read.ts';
import { type Fields, given, type Keys, type Reporter } from '../report.ts';

/** Where values stand, and which of them may be references to the environment. */
export interface Place {
  readonly keys: Keys;
  readonly reporter: Reporter;
  /** Names of ours whose texts, or texts within, may be `env:NAME`. */
  readonly mayRefer: readonly string[];
}

// Below these, keys are names of something else.
const FOREIGN: readonly string[] = ['headers', 'extra_labels', 'labels'];

/** The fields that we have, too, with their keys in our spelling, and the others as they are. */
export function underscored(
  fields: Fields,
  known: readonly string[],
  { keys, reporter, mayRefer }: Place,
): { readonly values: Fields; readonly rest: Fields } {
  const all = Object.entries(fields).map(([key, value]) => ({ key, name: key.replaceAll('-', '_'), value }));
  const values = all
    .filter(({ name }) => known.includes(name))
    .map(({ key, name, value }) => [
      name,
      respelt(value, { keys: [...keys, key], reporter, mayRefer: mayRefer.includes(name), name }),
    ]);
  const rest = all.filter(({ name }) => !known.includes(name)).map(({ key, value }) => [key, value]);
  return { values: given(Object.fromEntries(values)), rest: Object.fromEntries(rest) };
}

interface Within {
  readonly keys: Keys;
  readonly reporter: Reporter;
  readonly mayRefer: boolean;
  readonly name: string;
}

function respelt(value: unknown, within: Within): unknown {
  const { keys, name } = within;
  if (typeof value === 'string') return withReferences(value, within);
  if (Array.isArray(value)) return value.map((one, index) => respelt(one, { ...within, keys: [...keys, index] }));
  if (!isObject(value)) return value ?? undefined;
  const isForeign = FOREIGN.includes(name);
  return given(
    Object.fromEntries(
      Object.entries(value).map(([key, one]) => {
        const spelt = isForeign ? key : key.replaceAll('-', '_');
        return [spelt, respelt(one, { ...within, keys: [...keys, key], name: isForeign ? '' : spelt })];
      }),
    ),
  );
}

/**
 * A text in which Gatus puts the environment: `${NAME}` and `$NAME`, with `$$` for a dollar. As a whole it becomes
 * `env:NAME` where that may stand; anywhere else the text is kept, and what has to be written in its place is told.
 */
function withReferences(text: string, { keys, reporter, mayRefer }: Within): string {
  const [, whole] = /^\$(?:\{(\w+)\}|([A-Za-z_]\w*))$/.exec(text)?.filter((part) => part !== undefined) ?? [];
  if (whole !== undefined && mayRefer) {
    reporter.variable(whole, pathText(keys));
    return `env:${whole}`;
  }
  const names = new Set<string>();
  const plain = text.replaceAll(/\$(?:(\$)|\{(\w+)\}|([A-Za-z_]\w*))/g, (found, dollar, inBraces, bare) => {
    if (dollar !== undefined) return '$';
    names.add(inBraces ?? bare);
    return found;
  });
  for (const name of names)
    reporter.lose(keys, `no text is taken from the environment here: write the value of ${name} in its place`);
  return plain;
}
