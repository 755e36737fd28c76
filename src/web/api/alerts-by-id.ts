import type { AlertView, ReadStore } from '../../stores/contract/reads.ts';

// So many at a time: a page of the largest alerts is some megabytes.
const STEP = 100;

/** Alerts of these ids in their order; what is gone meanwhile is left out. */
export async function* alertsById(
  store: Pick<ReadStore, 'listAlerts'>,
  ids: readonly string[],
): AsyncGenerator<AlertView, void, undefined> {
  for await (const page of alertPagesById(store, ids)) yield* page;
}

/** The same, a page at a time: what belongs to them can be read of all of them at once. */
export async function* alertPagesById(
  store: Pick<ReadStore, 'listAlerts'>,
  ids: readonly string[],
): AsyncGenerator<readonly AlertView[], void, undefined> {
  for (let from = 0; from < ids.length; from += STEP) {
    const wanted = ids.slice(from, from + STEP);
    const found = new Map<string, AlertView>();
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await store.listAlerts({ ids: wanted, limit: STEP, ...(cursor !== undefined && { cursor }) });
      for (const alert of page.items) found.set(alert.id, alert);
      cursor = page.nextCursor;
    }
    yield wanted.flatMap((id) => found.get(id) ?? []);
  }
}
