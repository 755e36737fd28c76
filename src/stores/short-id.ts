import type { Identified, ReadStore } from './contract/reads.ts';

const LENGTH = 36;
// Ids begin with the time: those of one minute have the first eight characters in common.
const SHORT = /^[0-9a-f-]{4,35}$/;

/**
 * The id of an alert, an incident or a silence from its beginning or its end, which people may give instead. `none`
 * where there is no such thing, `several` where there is more than one. A whole id is given back, whether or not there is such a thing.
 */
export async function wholeId(
  store: Pick<ReadStore, 'findIds'>,
  table: Identified,
  given: string,
): Promise<{ readonly id: string } | 'none' | 'several'> {
  const text = given.toLowerCase();
  if (text.length === LENGTH) return { id: text };
  if (!SHORT.test(text)) return 'none';
  const [id, other] = await store.findIds(table, text, 2);
  if (id === undefined) return 'none';
  return other === undefined ? { id } : 'several';
}
