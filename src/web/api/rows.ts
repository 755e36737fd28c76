import { messageOf } from '../../core/alert/message.ts';
import type { Instance } from '../../core/cluster/instance.ts';
import type { Notice } from '../../core/notice/notice.ts';
import { standingOf } from '../../core/notice/standing.ts';
import type { AlertView, IncidentView } from '../../stores/contract/reads.ts';
import type { IncidentState, InstanceCounts, StandingReads } from '../../stores/contract/standing.ts';
import type { MutingOf } from './muting.ts';
import { alertJson, incidentJson, instanceJson } from './views.ts';

/** What makes rows of lists: everything that a row shows is read for the whole page at once. */
export interface Rows {
  alerts(alerts: readonly AlertView[]): Promise<(alert: AlertView) => ReturnType<typeof alertRow>>;
  incidents(incidents: readonly IncidentView[]): Promise<(incident: IncidentView) => ReturnType<typeof incidentRow>>;
  instances(instances: readonly Instance[]): Promise<(instance: Instance) => ReturnType<typeof instanceRow>>;
}

/** Rows over a store; `muting` reads what is held back now. */
export function createRows(store: StandingReads, muting: MutingOf): Rows {
  return {
    alerts: async (alerts) => {
      const ids = [...new Set(alerts.flatMap(({ incidentId }) => incidentId ?? []))];
      const [muted, states] = await Promise.all([muting(ids), store.incidentStates(ids)]);
      const byId = new Map(states.map((state) => [state.incidentId, state]));
      return (alert) => alertRow(alert, muted, byId.get(alert.incidentId ?? ''));
    },
    incidents: async (incidents) => {
      const ids = incidents.map(({ id }) => id);
      const [muted, notices] = await Promise.all([muting(ids), store.noticesFor(ids)]);
      const byId = new Map<string, Notice[]>();
      for (const notice of notices) byId.set(notice.incidentId, [...(byId.get(notice.incidentId) ?? []), notice]);
      return (incident) => incidentRow(incident, muted, byId.get(incident.id) ?? []);
    },
    instances: async (instances) => {
      const counts = await store.instanceCounts(instances.map(({ instanceId }) => instanceId));
      const byId = new Map(counts.map((one) => [one.instanceId, one]));
      return (instance) => instanceRow(instance, byId.get(instance.instanceId));
    },
  };
}

type Muting = Awaited<ReturnType<MutingOf>>;

function alertRow(alert: AlertView, muting: Muting, state: IncidentState | undefined) {
  const isOver = alert.status === 'resolved';
  return {
    ...alertJson(alert),
    message: messageOf(alert.annotations),
    muted: isOver ? null : muting.alert(alert),
    acknowledged_by: isOver ? null : (state?.acknowledgedBy ?? null),
    flapping: state?.isFlapping ?? false,
    stale: alert.status === 'unknown',
  };
}

function incidentRow(incident: IncidentView, muting: Muting, notices: readonly Notice[]) {
  const { notified, isFlapping, next } = standingOf(notices);
  return {
    ...incidentJson(incident),
    summary: incident.summary,
    source: incident.source,
    muted: muting.incident(incident.id),
    flapping: isFlapping,
    notified,
    next: next === null ? null : { what: next.what, channel: next.channel, at: new Date(next.at).toISOString() },
  };
}

function instanceRow(instance: Instance, counts: InstanceCounts | undefined) {
  const { critical = 0, warning = 0, info = 0 } = counts ?? {};
  return { ...instanceJson(instance), firing: { critical, warning, info } };
}
