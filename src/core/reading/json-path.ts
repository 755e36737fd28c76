/** Where a value stands in a JSON body, or a text that stands for itself. */
export type JsonPath = { readonly steps: readonly (string | number)[] } | { readonly constant: string };

/** Bounds of a path: its characters and its steps. */
export const PATH_LIMITS = { length: 256, steps: 16 } as const;

/** A path that cannot be read, with the place and the fix. */
export interface PathError {
  readonly error: string;
}

const NAME = /[\p{L}\p{N}_-]+/uy;
const INDEX = /\[(\d{1,6})\]/y;
// A name in quotes, in which a backslash takes the next character as it is.
const QUOTED = /\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;

/**
 * Reads a path: `$` is the body, `.name`, `[0]` and `['any name']` step into it. What does not begin with `$` is a
 * constant; `$$5` is the constant `$5`. There are no wildcards, filters, functions or expressions.
 */
export function parseJsonPath(text: string): JsonPath | PathError {
  if (text.length > PATH_LIMITS.length) return { error: `is longer than ${PATH_LIMITS.length} characters` };
  if (!text.startsWith('$')) return { constant: text };
  if (text.startsWith('$$')) return { constant: text.slice(1) };
  const steps: (string | number)[] = [];
  for (let at = 1; at < text.length; ) {
    const step = stepAt(text, at);
    if (step === null) {
      return { error: `cannot be read from "${text.slice(at, at + 20)}" on: write $.name, $.list[0] or $['any name']` };
    }
    steps.push(step.key);
    if (steps.length > PATH_LIMITS.steps) return { error: `has more than ${PATH_LIMITS.steps} steps` };
    at = step.end;
  }
  return { steps };
}

function stepAt(text: string, at: number): { readonly key: string | number; readonly end: number } | null {
  if (text[at] === '.') {
    const name = matchAt(NAME, text, at + 1);
    return name === null ? null : { key: name[0], end: at + 1 + name[0].length };
  }
  const index = matchAt(INDEX, text, at);
  if (index !== null) return { key: Number(index[1]), end: at + index[0].length };
  const quoted = matchAt(QUOTED, text, at);
  if (quoted === null) return null;
  return { key: (quoted[1] ?? quoted[2] ?? '').replaceAll(/\\(.)/gu, '$1'), end: at + quoted[0].length };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  const sticky = new RegExp(pattern.source, pattern.flags);
  sticky.lastIndex = at;
  return sticky.exec(text);
}

/** The value at a path of a JSON body; undefined where it leads nowhere. Only a body's own properties are reached. */
export function valueAt(body: unknown, path: JsonPath): unknown {
  if ('constant' in path) return path.constant;
  let value = body;
  for (const key of path.steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    if (Array.isArray(value) && typeof key === 'string') return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}
