import type { PeerEntry } from '../../core/peer/entry.ts';
import type { JsonObject } from '../../core/reading/read.ts';
import type { NoticeReads } from '../../stores/contract/notices.ts';
import type { ReadStore } from '../../stores/contract/reads.ts';
import { alertaJson } from '../../web/alerta/alert.ts';

/** Gives alerts of entries as clients of Alerta send them. */
export function alertaOf(store: Pick<NoticeReads, 'alertsById'> & Pick<ReadStore, 'listIncidents'>, now: () => number) {
  return async (entry: PeerEntry, alertId: string): Promise<JsonObject | null> => {
    const [stored] = await store.alertsById([alertId]);
    if (stored === undefined) return null;
    const told = entry.kind === 'alert' ? entry.alert : stored;
    const { status, severity, endedAt } = told;
    const { incidentId } = stored;
    const { items } = incidentId === null ? { items: [] } : await store.listIncidents({ ids: [incidentId], limit: 1 });
    const json = alertaJson({ ...stored, status, severity, endedAt }, items[0], now());
    // A status that is told takes away what somebody did there: it is told only where it says that here.
    const isSaid = json.status === 'ack' || json.status === 'shelved' || json.status === 'closed';
    const { resource, event, environment, correlate, service, group, value, text, tags, origin, type } = json;
    return {
      // Our own id, which every hub finds it by; that of its first sender is known only where that one is.
      ...{
        id: stored.id,
        resource,
        event,
        environment,
        severity: json.severity,
        correlate,
        service,
        group,
        value,
        text,
      },
      ...{ tags, attributes: plainKeys(json.attributes), origin, type, timeout: json.timeout, rawData: json.rawData },
      ...{ createTime: new Date(stored.observedAt).toISOString(), customer: json.customer },
      ...(isSaid && { status: json.status }),
    };
  };
}

/** Alerta refuses names of attributes with a dot or a dollar sign. */
function plainKeys(attributes: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name.replaceAll(/[.$]/g, '_'), value]));
}
