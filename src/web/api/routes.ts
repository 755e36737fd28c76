import type { SourceReport } from '../../core/source-report.ts';
import type { AlertQuery, Identified, ReadStore } from '../../stores/contract/reads.ts';
import { type AccountParts, accountRoutes } from '../access/accounts.ts';
import { type KeyParts, keyRoute } from '../access/keys.ts';
import { type LoginParts, loginRoutes } from '../access/login.ts';
import { type SignOnParts, signOnRoutes } from '../access/sign-on.ts';
import { type AlertaParts, alertaRoutes } from '../alerta/routes.ts';
import { type AlertmanagerParts, alertmanagerRoutes } from '../alertmanager/routes.ts';
import { type BadgeParts, badgeRoutes } from '../badges/routes.ts';
import { type EndpointParts, endpointRoutes } from '../endpoints/routes.ts';
import { type LinkParts, linkRoutes } from '../links/routes.ts';
import { type MetricsParts, metricsRoute } from '../metrics/route.ts';
import { type PeerParts, peerRoutes } from '../peers/routes.ts';
import { agentRoutes, type ProbeParts } from '../probes/agents.ts';
import { gatusRoutes } from '../probes/gatus.ts';
import { probeRoutes } from '../probes/own.ts';
import { uptopRoutes } from '../probes/uptop.ts';
import type { PushParts } from '../push/desk.ts';
import { pushOfOthersRoutes } from '../push/others.ts';
import { pingRoutes } from '../push/ping.ts';
import { failure, type Reply } from '../reply.ts';
import { type StatusPageParts, statusPageRoutes } from '../status-page/routes.ts';
import { type StreamParts, streamRoute } from '../stream/route.ts';
import type { TextParts } from '../text.ts';
import { type ActOnAllParts, actOnAllRoute } from './act-on-all.ts';
import { type ActionParts, actionRoutes } from './actions.ts';
import { type ConfigParts, configRoutes } from './configuration.ts';
import type { DocumentName, QueryOf } from './documents.ts';
import { eventRoute } from './events.ts';
import { fullId } from './ids.ts';
import { type NotifyRouteParts, notifyRoute } from './notify-routes.ts';
import { openApiRoute } from './openapi.ts';
import { openedRoute } from './opened.ts';
import { type OutboxParts, outboxRoutes } from './outbox.ts';
import { type PostedEventParts, postedEventsRoute } from './posted-events.ts';
import {
  ALERT_PARAMETERS,
  alertQuery,
  INCIDENT_PARAMETERS,
  INSTANCE_PARAMETERS,
  incidentQuery,
  instanceQuery,
  NO_PARAMETERS,
} from './queries.ts';
import { type RemovalParts, removalRoutes } from './removal.ts';
import { type Route, route } from './route.ts';
import { SAMPLE_PARAMETERS, SAMPLES, sampleQuery } from './samples.ts';
import { ANSWERS, countedPageOf, pageOf, SCHEMAS } from './schemas.ts';
import { type SilenceParts, silenceRoutes } from './silences.ts';
import { type StandbyParts, standbyRoutes } from './standby.ts';
import { type StatusParts, statusRoute } from './status.ts';
import { type TestAlertParts, testAlertRoute } from './test-alert.ts';
import { pageJson, sourceJson } from './views.ts';

/** Reads a document of the store; undefined when there is no such thing. */
export type ReadDocument = <N extends DocumentName>(name: N, query: QueryOf<N>) => Promise<TextParts | undefined>;

/** What the routes read. */
export interface RouteParts
  extends AlertmanagerParts,
    AlertaParts,
    ActOnAllParts,
    ActionParts,
    LinkParts,
    RemovalParts,
    SilenceParts,
    TestAlertParts,
    OutboxParts,
    StreamParts,
    PeerParts,
    ProbeParts,
    EndpointParts,
    PushParts,
    BadgeParts,
    StatusPageParts,
    AccountParts,
    KeyParts,
    LoginParts,
    NotifyRouteParts,
    SignOnParts,
    StandbyParts,
    PostedEventParts,
    MetricsParts,
    StatusParts {
  readonly endpoints: EndpointParts['endpoints'];
  readonly accounts: AccountParts['accounts'] & LoginParts['accounts'];
  readonly singleSignOn: SignOnParts['singleSignOn'];
  readonly passwords: AccountParts['passwords'];
  readonly config: ConfigParts;
  readonly notices: TestAlertParts['notices'] & OutboxParts['notices'] & MetricsParts['notices'];
  readonly read: ReadDocument;
  readonly findIds: ReadStore['findIds'];
  readonly now: () => number;
  /** What is known of every source, by name. */
  readonly sources: () => Promise<readonly SourceReport[]>;
  /** null when the store can be written, else the reason why not. */
  readonly notReady: () => Promise<string | null>;
  readonly version: string;
  /** The hub's own INSTANCE_ID. */
  readonly instanceId: string;
}

/** Every route beside the webhooks. */
export function createRoutes(parts: RouteParts): readonly Route[] {
  const routes = ownRoutes(parts);
  return [...routes, openApiRoute(routes)];
}

function ownRoutes(parts: RouteParts): readonly Route[] {
  const { read, findIds, sources, notReady, now, version, instanceId } = parts;
  const withOwn = <Q extends Pick<AlertQuery, 'instanceId'>>(query: Q) => ({
    ...query,
    orLocal: [query.instanceId].flat().includes(instanceId),
  });
  const open = (path: string, summary: string, answer: Route['answer']) =>
    route({ method: 'GET', path, role: 'public', summary, answer });
  const one = (of: Identified, name: 'alert' | 'incident', summary: string) =>
    route({
      method: 'GET',
      path: `/api/v1/${of}/:id`,
      role: 'read',
      summary,
      query: NO_PARAMETERS,
      answers: { 200: ANSWERS[name] },
      isConfinable: true,
      answer: async ({ params: { id = '' }, confinement }) => {
        // Who is confined is not told which other ids begin so.
        const find = async (part: string, limit: number) => (confinement === null ? findIds(of, part, limit) : []);
        const found = await fullId(id, find, name);
        return orNothing(found === undefined ? undefined : await read(name, { id: found, confinement }), name);
      },
    });
  const alive = async () => ok({ status: 'ok' });
  const ready = async () => {
    const reason = await notReady();
    return reason === null ? ok({ status: 'ready' }) : { status: 503, body: { status: 'not ready', reason } };
  };
  return [
    open('/healthz', 'Whether the process lives', alive),
    open('/readyz', 'Whether its store can be written', ready),
    open('/-/healthy', 'Whether the process lives, as clients of an Alertmanager ask', alive),
    open('/-/ready', 'Whether its store can be written, as clients of an Alertmanager ask', ready),
    ...alertmanagerRoutes(parts),
    ...alertaRoutes(parts),
    ...peerRoutes(parts),
    ...standbyRoutes(parts),
    open('/api/health', 'State and version', async () => {
      const reason = await notReady();
      return ok({ status: reason === null ? 'ok' : 'degraded', version });
    }),
    route({
      method: 'GET',
      path: '/api/v1/alerts',
      role: 'read',
      summary: 'A list of alerts',
      query: ALERT_PARAMETERS,
      answers: { 200: countedPageOf(SCHEMAS.Alert) },
      isConfinable: true,
      answer: async ({ query, confinement }) => {
        const within = confinement === null ? {} : { confinement };
        return orNothing(await read('alerts', { ...withOwn(alertQuery(query, now())), ...within }), 'alerts');
      },
    }),
    ...removalRoutes(parts),
    one('alerts', 'alert', 'One alert with its history'),
    route({
      method: 'GET',
      path: '/api/v1/incidents',
      role: 'read',
      summary: 'A list of incidents',
      query: INCIDENT_PARAMETERS,
      answers: { 200: countedPageOf(SCHEMAS.Incident) },
      isConfinable: true,
      answer: async ({ query, confinement }) => {
        const within = confinement === null ? {} : { confinement };
        return orNothing(await read('incidents', { ...withOwn(incidentQuery(query, now())), ...within }), 'incidents');
      },
    }),
    // In front of `:id`, which is any word.
    actOnAllRoute(parts),
    one('incidents', 'incident', 'One incident with its alerts and their history'),
    ...actionRoutes(parts),
    ...linkRoutes(parts),
    ...loginRoutes(parts),
    ...signOnRoutes(parts),
    ...accountRoutes(parts),
    keyRoute(parts),
    testAlertRoute(parts),
    metricsRoute(parts),
    streamRoute(parts),
    eventRoute(parts),
    postedEventsRoute(parts),
    openedRoute(parts),
    statusRoute(parts),
    ...outboxRoutes(parts),
    notifyRoute(parts),
    ...configRoutes(parts),
    route({
      method: 'GET',
      path: '/api/v1/explanations/:id',
      role: 'read',
      summary: 'The life of an alert or an incident, and who was told of it',
      query: NO_PARAMETERS,
      answers: { 200: SCHEMAS.Explanation },
      isConfinable: true,
      answer: async ({ params: { id = '' }, confinement }) => {
        const find = (what: Identified) => async (part: string, limit: number) =>
          confinement === null ? findIds(what, part, limit) : [];
        const of = (what: Identified) => fullId(id, find(what), what.slice(0, -1));
        // An alert and the incident that it opened are often of one moment: then the incident is meant, which tells of both.
        const found = (await of('incidents')) ?? (await of('alerts'));
        return orNothing(
          found === undefined ? undefined : await read('explanation', { id: found, confinement }),
          'alert or incident',
        );
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/samples',
      role: 'read',
      summary: 'Figures of an instance over time',
      query: SAMPLE_PARAMETERS,
      answers: { 200: SAMPLES },
      answer: async ({ query }) => orNothing(await read('samples', sampleQuery(query, now())), 'samples'),
    }),
    ...silenceRoutes(parts),
    ...agentRoutes(parts),
    ...probeRoutes(parts),
    ...gatusRoutes(parts),
    ...badgeRoutes(parts),
    // Behind Gatus's list, whose path looks like that of an endpoint.
    ...endpointRoutes(parts),
    ...uptopRoutes(parts),
    ...pingRoutes(parts),
    ...pushOfOthersRoutes(parts),
    ...statusPageRoutes(parts),
    route({
      method: 'GET',
      path: '/api/v1/instances',
      role: 'read',
      summary: 'A list of instances',
      query: INSTANCE_PARAMETERS,
      answers: { 200: pageOf(SCHEMAS.Instance) },
      isConfinable: true,
      answer: async ({ query, confinement }) =>
        orNothing(await read('instances', { ...instanceQuery(query), confinement }), 'instances'),
    }),
    route({
      method: 'GET',
      path: '/api/v1/sources',
      role: 'read',
      summary: 'When each source was last heard, and what the hub had to say of it',
      query: NO_PARAMETERS,
      answers: { 200: pageOf(SCHEMAS.Source) },
      answer: async () => ok(pageJson({ items: await sources(), nextCursor: null }, sourceJson)),
    }),
  ];
}

function orNothing(text: TextParts | undefined, what: string): TextParts | Reply {
  return text ?? failure(404, `there is no ${what} with this id, or its beginning is that of several`);
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}
