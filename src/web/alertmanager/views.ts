import type { Labels } from '../../core/alert/alert.ts';
import type { AlertView } from '../../stores/contract/reads.ts';

/** The one receiver there is: whoever the hub tells. */
export const RECEIVER = 'monitor';

/** An alert as Alertmanager's API gives it; its fingerprint is the hub's id, for those of two sources may be the same. */
export function gettableAlert(
  alert: AlertView,
  { now, resolveTimeoutMs }: { readonly now: () => number; readonly resolveTimeoutMs: number },
) {
  const { annotations: given, name, severity, source } = alert;
  const summary = given.summary ?? given.message;
  const annotations = summary === undefined ? given : { ...given, summary };
  const link = given.generator_url ?? given.link;
  const json = {
    annotations: sorted(annotations),
    endsAt: iso(alert.expiresAt ?? now() + resolveTimeoutMs),
    fingerprint: alert.id,
    receivers: [{ name: RECEIVER }],
    startsAt: iso(alert.startedAt),
    status: { inhibitedBy: [], silencedBy: [], state: 'active' },
    updatedAt: iso(alert.lastSeenAt),
    ...(link !== undefined && { generatorURL: link }),
    labels: sorted({ alertname: name, severity, source, ...alert.labels }),
  };
  return { json, incidentId: alert.incidentId };
}

/** Alerts by incident, as Alertmanager gives its groups. */
export function alertGroups(alerts: readonly ReturnType<typeof gettableAlert>[]) {
  const groups = new Map<string | null, (typeof alerts)[number]['json'][]>();
  for (const { json, incidentId } of alerts) {
    const members = groups.get(incidentId);
    if (members === undefined) groups.set(incidentId, [json]);
    else members.push(json);
  }
  return Array.from(groups.values(), (members) => {
    const [alertname = '', ...others] = new Set(members.map(({ labels }) => labels.alertname ?? ''));
    return { alerts: members, labels: others.length === 0 ? { alertname } : {}, receiver: { name: RECEIVER } };
  });
}

function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
