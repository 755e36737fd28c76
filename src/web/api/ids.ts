import { isId } from '../../stores/contract/cursors.ts';
import { QueryError } from './queries.ts';

// Shorter ones would name too much.
const PART = /^[0-9a-f-]{4,35}$/;
// Candidates that are named; people see whether theirs is among them.
const NAMED = 10;

/**
 * The id that is meant by its first or last characters, as lists show them; undefined when there is none. Throws
 * QueryError when several are.
 */
export async function fullId(
  given: string,
  find: (part: string, limit: number) => Promise<readonly string[]>,
  what: string,
): Promise<string | undefined> {
  const part = given.toLowerCase();
  if (isId(part)) return part;
  if (!PART.test(part)) return undefined;
  const [first, ...others] = await find(part, NAMED + 1);
  if (others.length === 0) return first;
  const named = [first, ...others].slice(0, NAMED).join(', ');
  const message = `names several ${what}s: ${named}${others.length >= NAMED ? ' and more' : ''}`;
  throw new QueryError([{ path: 'id', message }]);
}
