/** Rows as they are shown, with what the hub has by now. */
export interface Merged<Row> {
  /** In the order shown, each as the hub has it now; those that left stay until the new order is applied. */
  readonly rows: readonly { readonly row: Row; readonly isGone: boolean }[];
  /** Rows that would come in. */
  readonly entering: number;
  /** Rows that would come in, leave, or stand elsewhere. */
  readonly waiting: number;
}

/** Changes rows in place: what would move anything under the pointer waits. */
export function mergeRows<Row extends { readonly id: string }>(
  order: readonly string[],
  known: ReadonlyMap<string, Row>,
  fresh: readonly Row[],
): Merged<Row> {
  const now = new Map(fresh.map((row) => [row.id, row]));
  const rows = order.flatMap((id) => {
    const row = now.get(id) ?? known.get(id);
    return row === undefined ? [] : [{ row, isGone: !now.has(id) }];
  });
  const shown = new Set(order);
  const entering = fresh.filter(({ id }) => !shown.has(id)).length;
  const leaving = rows.filter(({ isGone }) => isGone).length;
  return { rows, entering, waiting: entering + leaving + moved(order, fresh) };
}

/** How many rows of both would stand elsewhere: those outside the longest run that keeps its order. */
function moved(order: readonly string[], fresh: readonly { readonly id: string }[]): number {
  const places = new Map(order.map((id, place) => [id, place]));
  const sequence = fresh.flatMap(({ id }) => places.get(id) ?? []);
  const ends: number[] = [];
  for (const place of sequence) {
    const at = ends.findIndex((end) => end > place);
    if (at === -1) ends.push(place);
    else ends[at] = place;
  }
  return sequence.length - ends.length;
}

/** Announcements of new critical incidents: the name of one, the number of several. */
export function announcement(titles: readonly string[]): string {
  const [first, ...others] = titles;
  if (first === undefined) return '';
  return others.length === 0 ? `New critical incident: ${first}` : `${titles.length} new critical incidents`;
}
