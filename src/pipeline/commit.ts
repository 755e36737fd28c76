import { alertKey } from '../core/identity.ts';
import type { AlertIdentity, Store, StoredAlert, Transaction } from '../stores/contract.ts';
import type { Lease } from '../stores/leases.ts';
import { admit, isOpen } from './admit.ts';
import { annotate, type NoteItem } from './annotate.ts';
import { correlate, type GroupingPolicy, incidentNeeds } from './correlate.ts';
import { dedup, type Item } from './dedup.ts';
import type { Answer, Delivery, Parcel } from './delivery.ts';
import { portionsOf } from './portions.ts';
import { markPresence, OWN_SOURCE, type Presence } from './presence.ts';
import { record } from './record.ts';

/** The operator's choices that bear on ingest, and the source of ids. */
export interface CommitPolicy extends GroupingPolicy {
  /** Silence of an instance after which it raises an alert, in milliseconds. */
  readonly staleAfterMs: number;
  readonly newId: () => string;
  /** The hub's clock, UTC milliseconds: when a delivery is decided, which may be long after it arrived. */
  readonly now: () => number;
}

/**
 * Commits a batch in one transaction, and in it so much at a time as the store likes, through the list of stages: admit →
 * presence → dedup → correlate → annotate → record. Answers stand in the order of the parcels, null for those that held
 * nothing. Throws when nothing could be committed; FencedError when it is to be done under a lease and that is lost.
 */
export function commitBatch<D extends Delivery | null>(
  store: Store,
  parcels: readonly Parcel<D>[],
  policy: CommitPolicy,
  fence?: Lease,
): Promise<readonly (Answer | Extract<D, null>)[]> {
  return store.transaction(async (tx) => {
    const answers: (Answer | null)[] = [];
    for (const portion of portionsOf(parcels, store.portionBytes)) {
      const opened = portion.map((parcel) => parcel.open());
      const deliveries = opened.filter((delivery): delivery is Extract<D, Delivery> => delivery !== null);
      const committed = await commitPortion(tx, deliveries, policy);
      let next = 0;
      for (const delivery of opened) answers.push(delivery === null ? null : (committed[next++] as Answer));
    }
    // Null stands only where a parcel held null.
    return answers as (Answer | Extract<D, null>)[];
  }, fence);
}

async function commitPortion(
  tx: Transaction,
  deliveries: readonly Delivery[],
  policy: CommitPolicy,
): Promise<readonly Answer[]> {
  const entries = admit(deliveries, await tx.findDeliveries(deliveries.flatMap((d) => d.replay?.key ?? [])));
  const open = entries.filter(isOpen).map((entry) => entry.delivery);
  const instances = await tx.findInstances([...new Set(open.flatMap((d) => d.instance?.instanceId ?? []))]);
  const presence = markPresence(open, instances, policy.staleAfterMs);
  const items = itemsOf(open, presence);
  const stored = await tx.findAlerts(items.map((item) => item.identity));
  // Asked after the rows are there and locked: nobody decides anything newer before this is committed.
  const deduped = dedup(await withKept(tx, items, stored), stored, policy.now(), policy.newId);
  const { transitions, drafts } = deduped;
  const notes = notesOf(open);
  const noted = await tx.findAlerts(notes.map((item) => item.identity));
  const needs = incidentNeeds(transitions, noted, policy);
  const incidents = await tx.findIncidents(needs.ids, needs.keys);
  const correlations = correlate(transitions, incidents, policy, policy.newId);
  const annotations = annotate(notes, noted, drafts, correlations, incidents);
  const { changes, answers } = record(entries, deduped, correlations, annotations, presence);
  await tx.save(changes);
  return answers;
}

function itemsOf(deliveries: readonly Delivery[], presence: Presence): Item[] {
  const items: Item[] = [];
  for (const delivery of deliveries) {
    const own = presence.alertFor(delivery);
    if (own !== null) items.push(itemOf(delivery, OWN_SOURCE, delivery.instance?.instanceId ?? '', own));
    for (const incoming of delivery.alerts) items.push(itemOf(delivery, delivery.source, delivery.origin, incoming));
  }
  return items;
}

/** Bare alerts (those that tell no more than that they have resolved) with what is stored of them. */
async function withKept(
  tx: Transaction,
  items: readonly Item[],
  stored: readonly (StoredAlert | undefined)[],
): Promise<readonly Item[]> {
  const refs = items.flatMap((item, index) => (item.incoming.isBare ? (stored[index]?.ref ?? []) : []));
  if (refs.length === 0) return items;
  const contents = new Map((await tx.findContents(refs)).map((content, index) => [refs[index], content]));
  return items.map((item, index) => {
    const kept = item.incoming.isBare ? contents.get(stored[index]?.ref) : undefined;
    return kept === undefined ? item : { ...item, kept };
  });
}

function notesOf(deliveries: readonly Delivery[]): NoteItem[] {
  return deliveries.flatMap((delivery) =>
    (delivery.notes ?? []).map((note) => ({
      delivery,
      note,
      identity: identityOf(delivery.source, delivery.origin, note.fingerprint),
    })),
  );
}

function itemOf(delivery: Delivery, source: string, origin: string, incoming: Item['incoming']): Item {
  return { delivery, identity: identityOf(source, origin, incoming.fingerprint), incoming };
}

function identityOf(source: string, origin: string, fingerprint: string): AlertIdentity {
  return { source, origin, fingerprint, key: alertKey(source, origin, fingerprint) };
}
