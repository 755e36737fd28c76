import type { SourceReport } from '../../core/source-report.ts';
import type { Reads } from '../../stores/tables/reads.ts';
import { type AlertmanagerParts, alertmanagerRoutes } from '../alertmanager/routes.ts';
import { failure, type Reply } from '../reply.ts';
import { alertQuery, incidentQuery, instanceQuery, sourceQuery } from './queries.ts';
import type { Route } from './route.ts';
import { alertJson, eventJson, incidentJson, instanceJson, pageJson, sourceJson } from './views.ts';

/** What the routes read. */
export interface RouteParts extends AlertmanagerParts {
  readonly store: Reads;
  /** What is known of every source, by name. */
  readonly sources: () => Promise<readonly SourceReport[]>;
  /** null when the store can be written, else the reason why not. */
  readonly notReady: () => Promise<string | null>;
  readonly version: string;
  /** The hub's own INSTANCE_ID. */
  readonly instanceId: string;
}

// Events shown with one thing; older ones stay in the store.
const HISTORY_SHOWN = 500;
// Alerts of one incident shown with it; the list of alerts has them all.
const ALERTS_SHOWN = 200;

/** Every route beside the webhooks, all of them GET. */
export function createRoutes(parts: RouteParts): readonly Route[] {
  const { store, sources, notReady, version, instanceId } = parts;
  const withOwn = <Q extends { instanceId?: string }>(query: Q) => ({
    ...query,
    orLocal: query.instanceId === instanceId,
  });
  const api = (path: string, answer: Route['answer']): Route => ({ path, authentication: 'api', answer });
  const open = (path: string, answer: Route['answer']): Route => ({ path, authentication: 'none', answer });
  return [
    open('/healthz', async () => ok({ status: 'ok' })),
    open('/readyz', async () => {
      const reason = await notReady();
      return reason === null ? ok({ status: 'ready' }) : { status: 503, body: { status: 'not ready', reason } };
    }),
    ...alertmanagerRoutes(parts),
    open('/api/health', async () => {
      const reason = await notReady();
      return ok({ status: reason === null ? 'ok' : 'degraded', version });
    }),
    api('/api/v1/alerts', async ({ query }) =>
      ok(pageJson(await store.listAlerts(withOwn(alertQuery(query))), alertJson)),
    ),
    api('/api/v1/alerts/:id', async ({ params }) => {
      const alert = await store.findAlert(params.id ?? '');
      if (alert === undefined) return failure(404, 'there is no alert with this id');
      const events = await store.history([alert.id], HISTORY_SHOWN);
      return ok({ ...alertJson(alert), events: events.map(eventJson) });
    }),
    api('/api/v1/incidents', async ({ query }) =>
      ok(pageJson(await store.listIncidents(withOwn(incidentQuery(query))), incidentJson)),
    ),
    api('/api/v1/incidents/:id', async ({ params }) => {
      const incident = await store.findIncident(params.id ?? '');
      if (incident === undefined) return failure(404, 'there is no incident with this id');
      const { items } = await store.listAlerts({ incidentId: incident.id, limit: ALERTS_SHOWN });
      const events = await store.history([incident.id, ...items.map((alert) => alert.id)], HISTORY_SHOWN);
      const own = events.filter((event) => event.subject === 'incident' || event.data.incident_id === incident.id);
      return ok({ ...incidentJson(incident), alerts: items.map(alertJson), events: own.map(eventJson) });
    }),
    api('/api/v1/instances', async ({ query }) =>
      ok(pageJson(await store.listInstances(instanceQuery(query)), instanceJson)),
    ),
    api('/api/v1/sources', async ({ query }) => {
      sourceQuery(query);
      return ok(pageJson({ items: await sources(), nextCursor: null }, sourceJson));
    }),
  ];
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}
