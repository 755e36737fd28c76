import type { NewEvent } from '../../core/history.ts';
import type { Incident } from '../../core/incident/incident.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log/logger.ts';
import type { Changes } from '../../stores/contract/ingest.ts';
import type { Store } from '../../stores/contract/store.ts';
import { createLimiter } from '../../web/limits.ts';

/** A store that tells `listen` what each of its transactions saved, once that is committed. */
export function withCommitted(store: Store, listen: (changes: Changes) => void): Store {
  return {
    ...store,
    transaction: async (work, fence) => {
      let saved: Changes[] = [];
      const result = await store.transaction((tx) => {
        // An engine may do the work again.
        saved = [];
        const save: typeof tx.save = (changes) => {
          saved.push(changes);
          return tx.save(changes);
        };
        return work({ ...tx, save });
      }, fence);
      for (const changes of saved) listen(changes);
      return result;
    },
  };
}

// A storm is told by its beginning; what it came to stands in the history.
const LINES = { perSecond: 10, burst: 200 };

/** Writes one line for each turn of an incident: opened, reopened, another severity, resolved, and what people did about it. */
export function createChangeLog(logger: Pick<Logger, 'info'>, clock: Pick<Clock, 'now'>): (changes: Changes) => void {
  const limit = createLimiter(LINES);
  let more = 0;
  return ({ events, incidents, alerts }) => {
    const turned = new Set(events.filter(isTurn).map(({ subjectId }) => subjectId));
    for (const event of events) {
      const joined = isTurn(event) ? null : joinedBy(event, turned);
      if (!isTurn(event) && joined === null) continue;
      if (limit('', clock.now()) > 0) {
        more += 1;
        continue;
      }
      const incident = incidents.find(({ id }) => id === (joined ?? event.subjectId));
      const [fields, message] =
        joined === null
          ? [fieldsOf(event, incident), `incident ${event.kind.replaceAll('_', ' ')}`]
          : [joinFields(event, joined, incident, alerts), 'incident joined'];
      logger.info({ ...fields, ...(more > 0 && { more }) }, message);
      more = 0;
    }
  };
}

function isTurn({ subject, kind }: NewEvent): boolean {
  return subject === 'incident' && !kind.startsWith('notice_');
}

/** The incident that an alert joined by this event without a turn of it, of which nothing else would be said; null for another event. */
function joinedBy({ subject, kind, data }: NewEvent, turned: ReadonlySet<string>): string | null {
  if (subject !== 'alert' || kind !== 'opened') return null;
  const { incident_id: id } = data;
  return typeof id === 'string' && !turned.has(id) ? id : null;
}

function joinFields(event: NewEvent, joined: string, incident: Incident | undefined, alerts: Changes['alerts']) {
  const fields = fieldsOf(
    { ...event, subjectId: joined, data: { ...event.data, alert_id: event.subjectId } },
    incident,
  );
  return { ...fields, name: alerts.find(({ alert }) => alert.id === event.subjectId)?.alert.name };
}

function fieldsOf({ subjectId, reason, actor, data }: NewEvent, incident: Incident | undefined) {
  const { alert_id: alert, by, severity = incident?.severity } = data;
  return {
    incident: subjectId,
    title: incident?.title,
    severity,
    reason,
    alert,
    by: typeof by === 'string' && by !== '' ? by : actor,
    firing: incident && incident.firing.critical + incident.firing.warning + incident.firing.info,
  };
}
