import { isOfState } from '../core/alert/identity.ts';
import { OWN_SOURCE, type Submission } from '../core/submission.ts';
import type { FiringAlert, StoredAlert, Transaction } from '../stores/contract/ingest.ts';
import type { Item, Transition } from './dedup.ts';

// Looked up one by one: who sends more of them at once has none of them looked up by name.
const MOST = 50;

/**
 * Recoveries whose identity is not stored, with the identity of the alert that they can only mean: the one firing alert of
 * their source that has their name and their labels. Senders that make a new id for each message say it so.
 */
export async function recoverByName(
  tx: Transaction,
  items: readonly Item[],
  stored: readonly (StoredAlert | undefined)[],
): Promise<{ readonly items: readonly Item[]; readonly stored: readonly (StoredAlert | undefined)[] }> {
  const begun = new Set(
    items.flatMap(({ identity, incoming }) => (incoming.status === 'firing' ? [identity.key] : [])),
  );
  const lost = items.flatMap((item, at) =>
    stored[at] === undefined && isRecovery(item) && !begun.has(item.identity.key) ? [{ item, at }] : [],
  );
  if (lost.length === 0 || lost.length > MOST) return { items, stored };
  const found = await tx.findFiringByName(
    lost.map(({ item: { identity, incoming } }) => ({ ...identity, name: incoming.name })),
  );
  const meant = lost.flatMap(({ item, at }, index) => {
    const [only, ...others] = (found[index] ?? []).filter((one) => isAlike(one, item));
    if (only === undefined || others.length > 0) return [];
    return [{ at, item: { ...item, identity: only.identity, wasNamed: true as const } }];
  });
  if (meant.length === 0) return { items, stored };
  const rows = await tx.findAlerts(meant.map(({ item }) => item.identity));
  const [newItems, newStored] = [[...items], [...stored]];
  for (const [index, { at, item }] of meant.entries()) {
    newItems[at] = item;
    newStored[at] = rows[index];
  }
  return { items: newItems, stored: newStored };
}

/** What a sender is told of its recoveries that meant no alert by its identity. */
export function recoveryRemarks(transitions: readonly Transition[]): ReadonlyMap<Submission, readonly string[]> {
  const remarks = new Map<Submission, readonly string[]>();
  const add = (submission: Submission, remark: string) => {
    remarks.set(submission, [...(remarks.get(submission) ?? []), remark]);
  };
  const unmatched = new Map<Submission, { count: number; readonly name: string }>();
  for (const { item, decision } of transitions) {
    const { submission, incoming } = item;
    if (item.wasNamed && decision.action === 'resolve') {
      add(
        submission,
        `no alert has the identity of this recovery, but one has its name and labels: ended "${incoming.name}"`,
      );
    }
    if (decision.reason !== 'resolved_unseen' || !isRecovery(item)) continue;
    const known = unmatched.get(submission);
    if (known === undefined) unmatched.set(submission, { count: 1, name: incoming.name });
    else known.count += 1;
  }
  for (const [submission, { count, name }] of unmatched) {
    const which =
      count === 1 ? `the recovery of "${name}" matches` : `${count} recoveries, such as of "${name}", match`;
    add(submission, `${which} no alert that was told here: nothing is ended`);
  }
  return remarks;
}

/** Whether an item tells the end of a problem that should be known. Agents tell each check whose state is good, too. */
function isRecovery({ incoming, submission: { source, origin } }: Item): boolean {
  if (incoming.status !== 'resolved' || incoming.isImplied || incoming.statusOnly) return false;
  return origin === '' && source !== OWN_SOURCE && source !== 'local' && source !== 'cluster';
}

function isAlike({ labels }: FiringAlert, { incoming }: Item): boolean {
  // How bad it is now is told by labels, too, and is another in the recovery.
  const names = Object.keys(labels).filter((name) => !isOfState(name));
  if (names.length !== Object.keys(incoming.labels).filter((name) => !isOfState(name)).length) return false;
  return names.every((name) => Object.hasOwn(incoming.labels, name) && incoming.labels[name] === labels[name]);
}
