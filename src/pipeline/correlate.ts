import type { Labels, Severity } from '../core/alert/alert.ts';
import {
  type Incident,
  type IncidentChange,
  isLive,
  joinIncident,
  leaveIncident,
  reweighIncident,
} from '../core/incident/incident.ts';
import { matchLabels } from '../core/policy/labels.ts';
import { sha256 } from '../lib/crypto/digest.ts';
import type { StoredAlert } from '../stores/contract/ingest.ts';
import type { Item, Transition } from './dedup.ts';

/** How incidents are formed: the operator's choice. */
export interface GroupingPolicy {
  /** Labels whose values make the key; empty leaves it to the driver. */
  readonly groupBy: readonly string[];
  /** The same for alerts with these labels, at a time (UTC milliseconds); undefined for what holds for all. */
  readonly groupByOf?: (labels: Labels, at: number) => readonly string[] | undefined;
  /** How long after its end a refire reopens an incident, in milliseconds. */
  readonly reopenWithinMs: number;
}

/** The change that one transition made to its incident; `before` is undefined for a new one. */
export interface Correlation {
  readonly transition: Transition;
  readonly before: Incident | undefined;
  readonly change: IncidentChange;
}

// What an index of every engine takes, whatever the script: PostgreSQL's end at 2704 bytes.
const KEY_CHARS = 600;

/** In a list of labels: each alert is an incident. */
const EACH = '...';

/** Key of the incident that an item belongs to when it fires; one that is too long for an index is its hash. */
function groupKeyOf(item: Item, policy: GroupingPolicy): string {
  const key = keyOf(item, groupByOf(item, policy));
  return key.length <= KEY_CHARS ? key : `sha256:${sha256(key)}`;
}

function keyOf(item: Item, groupBy: readonly string[]): string {
  const { source, origin, fingerprint } = item.identity;
  if (groupBy.includes(EACH)) return `alert:${JSON.stringify([source, origin, fingerprint])}`;
  if (groupBy.length === 0) return item.incoming.groupKey;
  const labels = labelsOf(item);
  return `labels:${JSON.stringify(groupBy.map((label) => [label, labels[label] ?? '']))}`;
}

/** The labels whose values make its incident; none where its source says which. */
function groupByOf(item: Item, { groupBy, groupByOf: byRoute }: GroupingPolicy): readonly string[] {
  // What says which incident it opens is the hub's own.
  if (item.incoming.incidentTitle !== undefined) return [];
  return byRoute?.(labelsOf(item), item.submission.receivedAt) ?? groupBy;
}

/** As routes see them. */
function labelsOf({ incoming, submission }: Item): Labels {
  return matchLabels({ ...incoming, source: submission.source, origin: submission.origin });
}

/** Whether a decision can change an incident. */
function changesIncident({ action }: Transition['decision']): boolean {
  return action === 'open' || action === 'update' || action === 'resolve';
}

/** What must be read from the store before `correlate`: incidents that alerts (those of notes too) belong to, and keys that alerts fire under. */
export function incidentNeeds(
  transitions: readonly Transition[],
  noted: readonly (StoredAlert | undefined)[],
  policy: GroupingPolicy,
) {
  const ids = new Set<string>();
  const keys = new Set<string>();
  for (const { item, decision, before } of transitions) {
    if (!changesIncident(decision)) continue;
    if (before?.incidentId) ids.add(before.incidentId);
    if (decision.action === 'open') keys.add(groupKeyOf(item, policy));
  }
  for (const alert of noted) if (alert?.incidentId) ids.add(alert.incidentId);
  return { ids: [...ids], keys: [...keys] };
}

/** Stage 4: alerts that open, change or resolve move their incidents; sets the incident of each alert. */
export function correlate(
  transitions: readonly Transition[],
  found: readonly Incident[],
  policy: GroupingPolicy,
  newId: () => string,
): readonly Correlation[] {
  const incidents = new Map(found.map((incident) => [incident.id, incident]));
  const latest = latestByKey(found);
  // An alert may move twice in one batch: its incident is the one of its last transition here, not the stored one.
  const incidentOfAlert = new Map<string, string>();
  const correlations: Correlation[] = [];
  for (const transition of transitions) {
    const { decision, before, after } = transition;
    if (after === undefined) continue;
    const moved = incidentOfAlert.size === 0 ? undefined : incidentOfAlert.get(after.id);
    const incidentId = moved ?? before?.incidentId ?? null;
    after.incidentId = incidentId;
    if (!changesIncident(decision)) continue;
    const previous = incidentId === null ? undefined : incidents.get(incidentId);
    const change = changeOf(transition, previous, (key) => incidents.get(latest.get(key) ?? ''), policy, newId);
    if (change === null) continue;
    const { incident } = change;
    correlations.push({ transition, before: incidents.get(incident.id), change });
    incidents.set(incident.id, incident);
    if (isLive(incident)) latest.set(incident.key, incident.id);
    incidentOfAlert.set(after.id, incident.id);
    after.incidentId = incident.id;
  }
  return correlations;
}

/** By key, the id of the live incident, else of the one opened last. */
function latestByKey(found: readonly Incident[]): Map<string, string> {
  const latest = new Map<string, Incident>();
  for (const incident of found) {
    const other = latest.get(incident.key);
    if (other === undefined || isLive(incident) || (!isLive(other) && incident.id > other.id))
      latest.set(incident.key, incident);
  }
  return new Map([...latest].map(([key, { id }]) => [key, id]));
}

function changeOf(
  { item, decision, before, after }: Transition,
  previous: Incident | undefined,
  latestOf: (key: string) => Incident | undefined,
  policy: GroupingPolicy,
  newId: () => string,
): IncidentChange | null {
  const severityBefore: Severity | undefined = before?.severity;
  const now = item.submission.receivedAt;
  if (decision.action === 'open') {
    const key = groupKeyOf(item, policy);
    const title = titleOf(item, policy);
    const context = { previous, latest: latestOf(key), reopenWithinMs: policy.reopenWithinMs, now, newId };
    return joinIncident(item.incoming, key, title, context);
  }
  if (previous === undefined || severityBefore === undefined || after === undefined) return null;
  if (decision.action === 'resolve') return leaveIncident(previous, severityBefore, now);
  return decision.action === 'update' ? reweighIncident(previous, severityBefore, after.severity, now) : null;
}

function titleOf(item: Item, policy: GroupingPolicy): string {
  const { incoming, submission } = item;
  if (incoming.incidentTitle !== undefined) return incoming.incidentTitle;
  const labels = labelsOf(item);
  const about = groupByOf(item, policy)
    .map((label) => labels[label])
    .filter(Boolean);
  if (about.length > 0) return `${incoming.name} (${about.join(', ')})`;
  return submission.origin === '' ? incoming.name : `${incoming.name} on ${submission.origin}`;
}
