import { QueryError } from './queries.ts';

const MESSAGE = 'holds NUL, or bytes that are not UTF-8, which no text here has';

/**
 * Refuses what no store can look for: PostgreSQL has no text with NUL, and in place of bytes that are no UTF-8 stands
 * U+FFFD by now. Of the whole query and path at once, so that no route can forget it. Throws QueryError.
 */
export function refuseUnstorable(parameters: Readonly<Record<string, unknown>>): void {
  const wrong = Object.entries(parameters).filter(([name, value]) => [name, value].flat().some(isUnstorable));
  if (wrong.length === 0) return;
  // Names are a stranger's too: one that cannot be told stands for itself.
  throw new QueryError(wrong.map(([name]) => ({ path: isUnstorable(name) ? 'query' : name, message: MESSAGE })));
}

/** Whether a text, or one in what stands in a body, can be kept by no store. */
export function isUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return /[\0\ufffd]|\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => isUnstorable(name) || isUnstorable(inner));
}
