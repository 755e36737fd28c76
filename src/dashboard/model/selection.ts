/** Rows that are selected: some by their ids, or everything that the filters match. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly isAll: boolean;
  /** The row from which a range reaches. */
  readonly anchor: number | null;
}

/** Nothing. */
export const NO_SELECTION: Selection = { ids: new Set(), isAll: false, anchor: null };

/** With one row more, or less. */
export function toggled({ ids }: Selection, id: string, index: number): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, isAll: false, anchor: index };
}

/** With all rows from the one that was chosen last. */
export function ranged(
  { ids, anchor }: Selection,
  index: number,
  idAt: (index: number) => string | undefined,
): Selection {
  const from = anchor ?? index;
  const next = new Set(ids);
  for (let at = Math.min(from, index); at <= Math.max(from, index); at += 1) {
    const id = idAt(at);
    if (id !== undefined) next.add(id);
  }
  return { ids: next, isAll: false, anchor: index };
}
