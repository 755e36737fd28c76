import { UsageError } from '../contract.ts';

/** Values of a flag that may be given several times. */
export type Values = readonly string[];

/** How many a list shows unless it is told. */
export const LIMIT = '50';

/** A page as the API gives it. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
  readonly total?: number;
  readonly total_is_more?: boolean;
}

/** How many there are, and the call that shows the next page with the flags that were given; nothing after the last page. */
export function moreLines(
  noun: string,
  { limit, ...given }: Readonly<Record<string, string | Values | undefined>>,
  { items, next_cursor: cursor, total, total_is_more: isMore }: Page<unknown>,
): string[] {
  if (cursor === null) return [];
  const flags = Object.entries({ ...given, ...(limit !== LIMIT && { limit }), cursor });
  const words = flags.flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().flatMap((one) => [`--${name}`, quoted(one)]),
  );
  const counted = total === undefined ? '' : `${items.length} of ${isMore ? 'more than ' : ''}${grouped(total)}. `;
  return ['', `${counted}More: monitor ${noun} ${words.join(' ')}`];
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The value of --limit. Throws UsageError on what the hub would refuse. */
export function limitOf(limit: string): string {
  if (/^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 500) return limit;
  throw new UsageError(`--limit must be a whole number from 1 to 500, not "${limit}"`);
}
