import type { PathStep } from './condition.ts';

/** Where a path goes wrong, counted from its first character, and how to write it. */
export interface PathFault {
  readonly at: number;
  readonly message: string;
}

const KEY = /^[^.[\]]+/;
const INDEX = /^\[(\d{1,9})\]/;
const QUOTED = /^\[(?:"([^"]+)"|'([^']+)')\]/;

/** The steps of `.data[0].id`, as it stands behind `[BODY]`; a key that holds a dot stands as `["a.b"]`. */
export function parsePath(text: string): readonly PathStep[] | PathFault {
  const steps: PathStep[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    if (rest.startsWith('.')) {
      const key = KEY.exec(rest.slice(1))?.[0];
      // `[BODY].[0]` is written, too.
      if (key === undefined && rest[1] === '[') at += 1;
      else if (key === undefined) return { at: at + 1, message: 'a key is missing behind the dot' };
      else {
        steps.push(key);
        at += 1 + key.length;
      }
      continue;
    }
    const index = INDEX.exec(rest);
    const quoted = index === null ? QUOTED.exec(rest) : null;
    const [whole = ''] = index ?? quoted ?? [];
    if (index !== null) steps.push(Number(index[1]));
    else if (quoted !== null) steps.push(quoted[1] ?? quoted[2] ?? '');
    else if (!rest.startsWith('[')) return { at, message: 'a path goes on with .key or [index]' };
    else return { at: at + 1, message: 'an index is a whole number, such as [0]' };
    at += whole.length;
  }
  return steps;
}

/** What a path leads to; undefined when it leads to nothing. A `null` is what it is. */
export function follow(value: unknown, path: readonly PathStep[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof step === 'number') {
      if (!Array.isArray(at)) return undefined;
      at = at[step];
    } else {
      if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, step)) return undefined;
      at = (at as Readonly<Record<string, unknown>>)[step];
    }
  }
  return at;
}
