import type { Labels } from '../../core/alert/alert.ts';
import { iso } from '../../core/iso-time.ts';
import { matchLabels } from '../../core/policy/labels.ts';
import type { MatcherSpec } from '../../core/policy/silence.ts';
import type { AlertView } from '../../stores/contract/reads.ts';
import type { Muting } from '../api/muting.ts';

/** Which alerts a client of Alertmanager's API asks for. */
export interface FiringQuery {
  /** All of which must hold. */
  readonly filters: readonly MatcherSpec[];
  /** Regular expression that the receiver must match whole. */
  readonly receiver: string | undefined;
  /** Whether alerts are wanted that nothing holds back, and those that silences, and other alerts, hold back. */
  readonly active: boolean;
  readonly silenced: boolean;
  readonly inhibited: boolean;
}

/** What holds back an alert, as Alertmanager says it: ids of silences, ids of alerts, names of windows and intervals. */
export interface AlertStatusJson {
  readonly inhibitedBy: readonly string[];
  readonly silencedBy: readonly string[];
  readonly mutedBy: readonly string[];
  readonly state: 'active' | 'suppressed';
}

/** The one receiver there is: whoever the hub tells. */
export const RECEIVER = 'monitor';

/** An alert as Alertmanager's API gives it; its fingerprint is the hub's id, for those of two sources may be the same. */
export function gettableAlert(alert: AlertView, muting: Muting, inhibitedBy: string | null, parts: GettableParts) {
  return gettableWith(alert, statusOf(alert, muting, inhibitedBy === null ? [] : [inhibitedBy]), parts);
}

/** What the JSON of an alert is made of beside it. */
export interface GettableParts {
  readonly now: () => number;
  readonly resolveTimeoutMs: number;
}

/** The same where its status is known. */
export function gettableWith(alert: AlertView, status: AlertStatusJson, { now, resolveTimeoutMs }: GettableParts) {
  const { annotations: given } = alert;
  const summary = given.summary ?? given.message;
  const annotations = summary === undefined ? given : { ...given, summary };
  const link = given.generator_url ?? given.link;
  const json = {
    annotations: sorted(annotations),
    endsAt: iso(alert.expiresAt ?? now() + resolveTimeoutMs),
    fingerprint: alert.id,
    receivers: [{ name: RECEIVER }],
    startsAt: iso(alert.startedAt),
    status,
    updatedAt: iso(alert.lastSeenAt),
    ...(link !== undefined && { generatorURL: link }),
    labels: sorted(matchLabels(alert)),
  };
  return { json, incidentId: alert.incidentId };
}

function statusOf(alert: AlertView, muting: Muting, inhibitedBy: readonly string[]): AlertStatusJson {
  const silencedBy = muting.silencesOf(alert).map(({ id }) => id);
  const holds = muting.holdsOf(alert.incidentId);
  const by = (reasons: readonly string[]) => [
    ...new Set(holds.filter(({ reason }) => reasons.includes(reason)).map((hold) => hold.by)),
  ];
  const mutedBy = by(['maintenance', 'muted_time', 'inactive_time', 'shelved']).filter(
    (id) => !silencedBy.includes(id),
  );
  const isHeld = silencedBy.length + inhibitedBy.length + mutedBy.length > 0;
  return { inhibitedBy, silencedBy: silencedBy.sort(), mutedBy, state: isHeld ? 'suppressed' : 'active' };
}

/** Whether an alert of that status is asked for. */
export function isWanted(
  { state, silencedBy, inhibitedBy }: AlertStatusJson,
  { active, silenced, inhibited }: FiringQuery,
): boolean {
  if (state === 'active' || silencedBy.length + inhibitedBy.length === 0) return active;
  return (silenced || silencedBy.length === 0) && (inhibited || inhibitedBy.length === 0);
}

/** A group of Alertmanager's API: its alerts by id, and the rest of its JSON. */
export interface AlertGroup {
  readonly members: readonly { readonly id: string; readonly status: AlertStatusJson }[];
  readonly rest: { readonly labels: Labels; readonly receiver: { readonly name: string } };
}

/** Alerts by incident, as Alertmanager gives its groups. Of each alert only what makes a group is kept, for they may be many. */
export function createGroups() {
  const groups = new Map<string | null, { members: AlertGroup['members'][number][]; names: Set<string> }>();
  return {
    add({ json, incidentId }: ReturnType<typeof gettableAlert>): void {
      const group = groups.get(incidentId) ?? { members: [], names: new Set() };
      groups.set(incidentId, group);
      group.members.push({ id: json.fingerprint, status: json.status });
      // More than one is as good as many.
      if (group.names.size < 2) group.names.add(json.labels.alertname ?? '');
    },
    all: (): readonly AlertGroup[] =>
      Array.from(groups.values(), ({ members, names }) => {
        const [alertname = '', other] = names;
        return { members, rest: { labels: other === undefined ? { alertname } : {}, receiver: { name: RECEIVER } } };
      }),
  };
}

function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
