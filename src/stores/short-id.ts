import type { Identified, ReadStore } from './contract/reads.ts';

const LENGTH = 36;
// Ids begin with the time: those of one minute have the first eight characters in common.
const SHORT = /^[0-9a-f-]{4,35}$/;

// Candidates that are named; people see whether theirs is among them.
const NAMED = 10;

/** What a part of an id means. */
export type WholeId = { readonly id: string } | 'none' | { readonly candidates: readonly string[] };

/**
 * The id of an alert, an incident or a silence from its beginning or its end, which people may give instead. `none`
 * where there is no such thing, up to ten of them where there are several. A whole id is given back, whether or not there is such a thing.
 */
export async function wholeId(store: Pick<ReadStore, 'findIds'>, table: Identified, given: string): Promise<WholeId> {
  const text = given.toLowerCase();
  if (text.length === LENGTH) return { id: text };
  if (!SHORT.test(text)) return 'none';
  const found = await store.findIds(table, text, NAMED);
  const [id] = found;
  if (id === undefined) return 'none';
  return found.length === 1 ? { id } : { candidates: found };
}

/** Whether exactly one thing is meant. */
export function isOne(whole: WholeId): whole is { readonly id: string } {
  return whole !== 'none' && 'id' in whole;
}
