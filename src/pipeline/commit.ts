import { alertKey } from '../core/alert/identity.ts';
import { type Answer, type Delivery, OWN_SOURCE, type Parcel } from '../core/submission.ts';
import type { Lease } from '../stores/contract/leases.ts';
import type { AlertIdentity, Store, StoredAlert, Transaction } from '../stores/contract/store.ts';
import { admit, isOpen } from './admit.ts';
import { annotate, type NoteItem } from './annotate.ts';
import { correlate, type GroupingPolicy, incidentNeeds } from './correlate.ts';
import { dedup, type Item } from './dedup.ts';
import { markPresence, type Presence } from './presence.ts';
import { record } from './record.ts';

/** The operator's choices that bear on ingest, and the source of ids. */
export interface CommitPolicy extends GroupingPolicy {
  /** Silence of an instance after which it raises an alert, in milliseconds. */
  readonly staleAfterMs: number;
  /** Gives ids of which each sorts after those before it: of the incidents of a key, the last id is the last one opened. */
  readonly newId: () => string;
  /** The hub's clock, UTC milliseconds: when a delivery is decided, which may be long after it arrived. */
  readonly now: () => number;
}

// Small enough that a transaction holds neither the process nor its rows for long, whatever the requests hold.
const BATCH_ALERTS = 2000;

/**
 * Commits what a batch begins with, up to some 2,000 alerts, in one transaction, and in it so many at a time as the
 * store likes, through the list of stages: admit → presence → dedup → correlate → annotate → record. Answers stand in the
 * order of the parcels, null for those that held nothing; parcels beyond the answers were not opened, and there is one
 * answer at least. Throws when nothing could be committed; FencedError when it is to be done under a lease and that is lost.
 */
export function commitBatch(
  store: Store,
  parcels: readonly Parcel[],
  policy: CommitPolicy,
  fence?: Lease,
): Promise<readonly (Answer | null)[]> {
  return store.transaction(async (tx) => {
    const answers: (Answer | null)[] = [];
    for (let left = BATCH_ALERTS; left > 0 && answers.length < parcels.length; ) {
      const { opened, weight } = open(parcels, answers.length, Math.min(left, store.portion));
      left -= weight;
      const deliveries = opened.filter((delivery) => delivery !== null);
      const committed = deliveries.length === 0 ? [] : await commitPortion(tx, deliveries, policy);
      let next = 0;
      for (const delivery of opened) answers.push(delivery === null ? null : (committed[next++] as Answer));
    }
    return answers;
  }, fence);
}

/** Opens parcels from one on, until they hold so many alerts; a request counts as one more, whatever it holds. */
function open(parcels: readonly Parcel[], from: number, most: number) {
  const opened: (Delivery | null)[] = [];
  let weight = 0;
  for (let at = from; at < parcels.length && weight < most; at += 1) {
    const delivery = parcels[at]?.open() ?? null;
    opened.push(delivery);
    weight += 1 + (delivery?.alerts.length ?? 0);
  }
  return { opened, weight };
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
