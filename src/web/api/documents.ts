import { type Matcher, parseMatcher, parsePattern } from '../../core/matcher.ts';
import type { NoticeHistory } from '../../stores/contract/notice-history.ts';
import {
  type AlertQuery,
  type AlertView,
  COUNTED_MOST,
  type IncidentQuery,
  type Page,
  type PageQuery,
  type ReadStore,
} from '../../stores/contract/reads.ts';
import { wholeId } from '../../stores/short-id.ts';
import { alertGroups, gettableAlert, RECEIVER } from '../alertmanager/views.ts';
import { readExplanation } from './explanation.ts';
import type { Listing } from './queries.ts';
import { alertJson, eventJson, incidentJson, instanceJson, pageJson } from './views.ts';

/** JSON text in pieces; none at all when there is no such thing. */
type Pieces = AsyncGenerator<string, void, undefined>;

/** Which alerts a client of Alertmanager's API asks for. */
export interface FiringQuery {
  /** Matchers, all of which must hold. */
  readonly filters: readonly string[];
  /** Pattern that the receiver must match whole. */
  readonly receiver: string | undefined;
  /** Whether those that fire are wanted: nothing is silenced or inhibited here. */
  readonly active: boolean;
}

/** What the API shows of the store, each as JSON text: made where the store is read, however long it is. */
export interface Documents {
  alerts(query: Listing<AlertQuery>): Pieces;
  alert(query: { readonly id: string }): Pieces;
  incidents(query: Listing<IncidentQuery>): Pieces;
  incident(query: { readonly id: string }): Pieces;
  instances(query: PageQuery): Pieces;
  /** Of an alert or an incident, by its id. */
  explanation(query: { readonly id: string }): Pieces;
  /** Throws MatcherError. */
  firing(query: FiringQuery): Pieces;
  /** Throws MatcherError. */
  firingGroups(query: FiringQuery): Pieces;
}

/** What they are made of. */
export interface DocumentParts {
  readonly store: ReadStore & NoticeHistory;
  readonly now: () => number;
  /** What stands for the end of an alert that does not end by itself, counted from now, in milliseconds. */
  readonly resolveTimeoutMs: number;
}

// Events shown with one thing; older ones stay in the store.
const HISTORY_SHOWN = 500;
// Alerts of one incident shown with it; the list of alerts has them all.
const ALERTS_SHOWN = 200;
// Alerts read at a time where a list has no pages.
const STEP = 250;
// Alertmanager has no pages: whoever has more problems than this at once does not read them one by one.
const MOST = 10_000;

/** Documents over a store. */
export function createDocuments(parts: DocumentParts): Documents {
  const { store } = parts;
  return {
    alerts: async function* (query) {
      yield* pageText(await store.listAlerts(query), alertJson, query.isCounted && (await store.countAlerts(query)));
    },
    alert: async function* ({ id }) {
      const whole = await wholeId(store, 'alerts', id);
      const alert = typeof whole === 'string' ? undefined : await store.findAlert(whole.id);
      if (alert === undefined) return;
      const events = await store.history([alert.id], HISTORY_SHOWN);
      yield JSON.stringify({ ...alertJson(alert), events: events.map(eventJson) });
    },
    incidents: async function* (query) {
      const total = query.isCounted && (await store.countIncidents(query));
      yield* pageText(await store.listIncidents(query), incidentJson, total);
    },
    incident: async function* ({ id }) {
      const whole = await wholeId(store, 'incidents', id);
      const incident = typeof whole === 'string' ? undefined : await store.findIncident(whole.id);
      if (incident === undefined) return;
      const { items } = await store.listAlerts({
        ...{ incidentId: incident.id, limit: ALERTS_SHOWN, sort: 'attention', asOf: parts.now() },
      });
      const events = await store.history([incident.id, ...items.map((alert) => alert.id)], HISTORY_SHOWN);
      const own = events.filter((event) => event.subject === 'incident' || event.data.incident_id === incident.id);
      yield JSON.stringify({ ...incidentJson(incident), alerts: items.map(alertJson), events: own.map(eventJson) });
    },
    instances: async function* (query) {
      yield* pageText(await store.listInstances(query), instanceJson);
    },
    explanation: async function* ({ id }) {
      const explained = await readExplanation(store, id);
      if (explained !== undefined) yield JSON.stringify(explained);
    },
    firing: async function* (query) {
      let before = '[';
      for await (const { json } of selected(parts, query)) {
        yield before + JSON.stringify(json);
        before = ',';
      }
      yield before === '[' ? '[]' : ']';
    },
    firingGroups: async function* (query) {
      const alerts = [];
      for await (const alert of selected(parts, query)) alerts.push(alert);
      yield '[';
      let before = '';
      for (const group of alertGroups(alerts)) {
        yield before + JSON.stringify(group);
        before = ',';
      }
      yield ']';
    },
  };
}

/** Name of a document. */
export type DocumentName = keyof Documents;

/** What a document is asked with. */
export type QueryOf<N extends DocumentName> = Parameters<Documents[N]>[0];

function* pageText<T>(page: Page<T>, json: (item: T) => unknown, total?: number): Generator<string, void, undefined> {
  const { next_cursor } = pageJson({ items: [], nextCursor: page.nextCursor }, json);
  let before = '{"items":[';
  for (const item of page.items) {
    yield before + JSON.stringify(json(item));
    before = ',';
  }
  const counted =
    total === undefined ? '' : `,"total":${Math.min(total, COUNTED_MOST)},"total_is_more":${total > COUNTED_MOST}`;
  yield `${before === ',' ? '' : before}],"next_cursor":${JSON.stringify(next_cursor)}${counted}}`;
}

/** All that fires and is asked for, newest first; also what was pushed by an instance that is silent now, for nobody has said that it ended. */
async function* selected(parts: DocumentParts, query: FiringQuery) {
  const isWanted = filterOf(query);
  let left = MOST;
  for (const status of ['firing', 'unknown'] as const) {
    let cursor: string | undefined;
    do {
      const page: Page<AlertView> = await parts.store.listAlerts({
        ...{ status, limit: STEP },
        ...(cursor !== undefined && { cursor }),
      });
      for (const alert of page.items) {
        if (alert.endedAt !== null) continue;
        left -= 1;
        if (left < 0) return;
        const one = gettableAlert(alert, parts);
        if (isWanted(one.json.labels)) yield one;
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && left > 0);
  }
}

/** Whether an alert with these labels is asked for. Throws MatcherError. */
export function filterOf({ filters, receiver, active }: FiringQuery): (labels: AlertView['labels']) => boolean {
  const matchers: readonly Matcher[] = filters.map(parseMatcher);
  const isHere = receiver === undefined || parsePattern(receiver)(RECEIVER);
  if (!active || !isHere) return () => false;
  return (labels) => matchers.every((matcher) => matcher.matches(labels));
}
