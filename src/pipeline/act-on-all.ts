import type { Action, ActionResult } from '../core/action/action.ts';
import type { IngestStore } from '../stores/contract/ingest.ts';
import type { IncidentQuery, IncidentView, ReadStore } from '../stores/contract/reads.ts';
import { performAction } from './act.ts';
import type { CommitPolicy } from './commit.ts';

/** An action on all incidents that filters find, up to the limit of their query. */
export interface ActionOnAll {
  /** Names it: asked again under the same id, it is done to the same incidents as the first time. */
  readonly id: string;
  /** Stands for what is asked. */
  readonly digest: string;
  readonly query: IncidentQuery;
  /** Only says which incidents these are. */
  readonly isDryRun: boolean;
  /** What is done to each. */
  readonly action: DistributedOmit<Action, 'id' | 'incidentId'>;
}

type DistributedOmit<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never;

/** What it came to with one incident; null where nothing was tried. */
export interface ActedOn {
  readonly incidentId: string;
  readonly title: string;
  readonly result: ActionResult | null;
}

/** What it came to. */
export type ActedOnAll =
  | {
      readonly outcome: 'done';
      /** Incidents that the filters found, on all pages; as `countIncidents`. */
      readonly matched: number;
      readonly items: readonly ActedOn[];
      readonly nextCursor: string | null;
      /** The highest number of the events; null for none. */
      readonly seq: number | null;
    }
  | { readonly outcome: 'refused'; readonly reason: 'id_reused'; readonly seq: null };

interface Selected {
  readonly matched: number;
  readonly incidents: readonly { readonly id: string; readonly title: string }[];
  readonly nextCursor: string | null;
}

type Store = IngestStore & Pick<ReadStore, 'findIds' | 'listIncidents' | 'countIncidents'>;

/**
 * Does an action to each incident by itself, in a transaction of its own: one that is refused keeps no other from it. Which
 * ones these are is kept first, so that a request that is sent again ends what the first one began, and nothing else.
 */
export async function performOnAll(store: Store, given: ActionOnAll, policy: CommitPolicy): Promise<ActedOnAll> {
  const { id, digest, query, isDryRun, action } = given;
  if (isDryRun) {
    const { matched, incidents, nextCursor } = await select(store, query);
    const items = incidents.map(({ id: incidentId, title }) => ({ incidentId, title, result: null }));
    return { outcome: 'done', matched, items, nextCursor, seq: null };
  }
  const known = await store.transaction((tx) => tx.findAction(id));
  if (known !== undefined && known.digest !== digest) return { outcome: 'refused', reason: 'id_reused', seq: null };
  const selected = known === undefined ? await keep(store, given, policy) : (JSON.parse(known.result) as Selected);
  const items: ActedOn[] = [];
  let seq: number | null = null;
  for (const { id: incidentId, title } of selected.incidents) {
    const acted = await performAction(store, { ...action, id: `${id} ${incidentId}`, incidentId } as Action, policy);
    seq = acted.seq ?? seq;
    items.push({ incidentId, title, result: acted.result });
  }
  const { matched, nextCursor } = selected;
  return { outcome: 'done', matched, items, nextCursor, seq };
}

async function keep(store: Store, { id, digest, query }: ActionOnAll, { now }: CommitPolicy): Promise<Selected> {
  const selected = await select(store, query);
  await store.transaction((tx) => tx.saveAction({ id, digest, result: JSON.stringify(selected), at: now() }));
  return selected;
}

async function select(store: Store, query: IncidentQuery): Promise<Selected> {
  const matched = await store.countIncidents(query);
  const { items, nextCursor } = await store.listIncidents(query);
  return { matched, incidents: items.map(summaryOf), nextCursor };
}

function summaryOf({ id, titleNow }: IncidentView) {
  return { id, title: titleNow };
}
