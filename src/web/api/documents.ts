import { type Confinement, isWithin } from '../../core/access/confinement.ts';
import { matchLabels } from '../../core/policy/labels.ts';
import { createRelationBook, type RelationRule } from '../../core/policy/relation.ts';
import type { BadnessCounts } from '../../core/status.ts';
import { anchoredRegex } from '../../lib/regex.ts';
import type { EventQuery, HistoryReads } from '../../stores/contract/history.ts';
import type { NoticeHistory } from '../../stores/contract/notice-history.ts';
import type { AttemptQuery, NoticeQuery } from '../../stores/contract/notices.ts';
import {
  type AlertQuery,
  type AlertView,
  COUNTED_MOST,
  type IncidentQuery,
  type InstanceQuery,
  type Page,
  type ReadStore,
} from '../../stores/contract/reads.ts';
import type { SampleReads } from '../../stores/contract/samples.ts';
import type { SilenceReads } from '../../stores/contract/silences.ts';
import type { OpenedQuery, StandingReads } from '../../stores/contract/standing.ts';
import { isOne, wholeId } from '../../stores/short-id.ts';
import { type AlertaDocuments, createAlertaDocuments } from '../alerta/documents.ts';
import { createHeartbeatDocuments, type HeartbeatDocuments } from '../alerta/heartbeat-documents.ts';
import {
  createGroups,
  type FiringQuery,
  gettableAlert,
  gettableWith,
  isWanted,
  RECEIVER,
} from '../alertmanager/views.ts';
import { alertsById } from './alerts-by-id.ts';
import {
  isTheirs,
  type Named,
  ofTheirIncidents,
  theirEvents,
  theirInstances,
  theirNotices,
  theirPage,
  type Within,
} from './confined.ts';
import { readExplanation } from './explanation.ts';
import { createMuting, matcherTest } from './muting.ts';
import { attemptJson, type NoticeId, noticeJson, readNotice } from './notices.ts';
import { openedJson } from './opened.ts';
import type { Listing } from './queries.ts';
import { createReadingTime, nextTurn } from './reading-time.ts';
import { createRows } from './rows.ts';
import { type SampleQuery, samplesText } from './samples.ts';
import { createSilenceDocuments, type SilenceDocuments } from './silence-documents.ts';
import { silenceEvents } from './silence-events.ts';
import { type OwnState, readStatus } from './status.ts';
import { eventJson, pageJson } from './views.ts';

/** JSON text in pieces; none at all when there is no such thing. */
type Pieces = AsyncGenerator<string, void, undefined>;

/** What the API shows of the store, each as JSON text: made where the store is read, however long it is. */
export interface Documents extends SilenceDocuments, AlertaDocuments, HeartbeatDocuments {
  alerts(query: Listing<AlertQuery>): Pieces;
  /** Nothing where it is beyond what who asks is confined to. */
  alert(query: { readonly id: string; readonly confinement?: Confinement | null }): Pieces;
  incidents(query: Listing<IncidentQuery>): Pieces;
  /** Nothing where it is beyond what who asks is confined to; so of all that follow. */
  incident(query: { readonly id: string; readonly confinement?: Within }): Pieces;
  instances(query: InstanceQuery & { readonly confinement?: Within }): Pieces;
  /** The history. */
  events(query: EventQuery & { readonly confinement?: Within }): Pieces;
  /** How many alerts, or incidents, opened over time. */
  opened(query: OpenedQuery): Pieces;
  /** What is wrong, silent and stuck; the process says what it is. */
  status(query: OwnState & { readonly confinement?: Within }): Pieces;
  /** What is counted for figures. */
  figures(query: object): Pieces;
  /** The outbox: what waits and what failed. */
  notices(query: NoticeQuery & { readonly confinement?: Within }): Pieces;
  /** One of it with its attempts. */
  notice(query: NoticeId & { readonly confinement?: Within }): Pieces;
  /** Attempts. */
  attempts(query: AttemptQuery & { readonly confinement?: Within }): Pieces;
  /** Something, where the thing is there and is theirs. */
  theirs(query: { readonly named: Named; readonly confinement: Confinement }): Pieces;
  /** Of an alert or an incident, by its id. */
  explanation(query: { readonly id: string; readonly confinement?: Within }): Pieces;
  /** Figures of an instance over time. */
  samples(query: SampleQuery): Pieces;
  firing(query: FiringQuery): Pieces;
  firingGroups(query: FiringQuery): Pieces;
}

/** What they are made of. */
export interface DocumentParts {
  readonly store: ReadStore & StandingReads & NoticeHistory & SilenceReads & HistoryReads & SampleReads;
  readonly now: () => number;
  /** What stands for the end of an alert that does not end by itself, counted from now, in milliseconds. */
  readonly resolveTimeoutMs: number;
  /** By which alerts hold back others. */
  readonly relations: readonly RelationRule[];
}

// Events shown with one thing; older ones stay in the store.
const HISTORY_SHOWN = 500;
// Alerts of one incident shown with it; the list of alerts has them all.
const ALERTS_SHOWN = 200;
// Alertmanager has no pages: whoever has more problems than this at once does not read them one by one.
const MOST = 10_000;

/** Documents over a store. */
export function createDocuments(parts: DocumentParts): Documents {
  const { store, now } = parts;
  const mutingAt = createMuting(store);
  const rows = createRows(store, async (incidentIds) => (await mutingAt(now()))(incidentIds));
  const selected = (query: FiringQuery) => selectFiring(parts, mutingAt, query);
  const firing = () => allFiring(store);
  return {
    ...createSilenceDocuments({ store, now, firing }),
    ...createAlertaDocuments({ store, now }),
    ...createHeartbeatDocuments({ store, now }),
    alerts: async function* (query) {
      const page = await store.listAlerts(query);
      const row = await rows.alerts(page.items);
      const total = query.isCounted && (await store.countAlerts(query));
      yield* pageText(page, row, { total, counts: query.hasCounts && (await store.alertsBySeverity(query)) });
    },
    alert: async function* ({ id, confinement = null }) {
      const whole = await wholeId(store, 'alerts', id);
      const alert = isOne(whole) ? await store.findAlert(whole.id) : undefined;
      if (alert === undefined || !isWithin(matchLabels(alert), confinement)) return;
      const own = await store.history([alert.id], HISTORY_SHOWN);
      const events = [...own, ...(await silenceEvents(store, alert))].sort((a, b) => a.at - b.at || a.seq - b.seq);
      const row = (await rows.alerts([alert]))(alert);
      yield JSON.stringify({ ...row, events: events.map(eventJson) });
    },
    incidents: async function* (query) {
      const total = query.isCounted && (await store.countIncidents(query));
      const counts = query.hasCounts && (await store.incidentsBySeverity(query));
      const page = await store.listIncidents(query);
      yield* pageText(page, await rows.incidents(page.items), { total, counts });
    },
    incident: async function* ({ id, confinement }) {
      const whole = await wholeId(store, 'incidents', id);
      const incident = isOne(whole) ? await store.findIncident(whole.id) : undefined;
      if (incident === undefined) return;
      if (confinement && !(await isTheirs(store, { of: 'incident', id: incident.id }, confinement))) return;
      const { items } = await store.listAlerts({
        ...{ incidentId: incident.id, limit: ALERTS_SHOWN, sort: 'attention' },
      });
      const events = await store.history([incident.id, ...items.map((alert) => alert.id)], HISTORY_SHOWN);
      const own = events.filter((event) => event.subject === 'incident' || event.data.incident_id === incident.id);
      const [rowOf, alertOf] = await Promise.all([rows.incidents([incident]), rows.alerts(items)]);
      yield JSON.stringify({
        ...rowOf(incident),
        alerts: items.map(alertOf),
        events: own.map(eventJson),
      });
    },
    instances: async function* ({ confinement, ...query }) {
      const page = await (confinement ? theirInstances(store, query, confinement) : store.listInstances(query));
      yield* pageText(page, await rows.instances(page.items));
    },
    events: async function* ({ confinement, ...query }) {
      const page = confinement
        ? await theirPage(
            query,
            store.listEvents,
            (events) => theirEvents(store, events, confinement),
            ({ seq }) => String(seq),
          )
        : await store.listEvents(query);
      yield* pageText(page, eventJson);
    },
    opened: async function* (query) {
      yield JSON.stringify(openedJson(query, await store.openedBySeverity(query)));
    },
    samples: async function* (query) {
      yield await samplesText(store, query);
    },
    status: async function* ({ confinement, ...own }) {
      yield JSON.stringify(await readStatus(store, rows, own, now(), confinement));
    },
    figures: async function* () {
      yield JSON.stringify(await store.figures());
    },
    notices: async function* ({ confinement, ...query }) {
      const page = await (confinement ? theirNotices(store, query, confinement) : store.listNotices(query));
      yield* pageText(page, noticeJson);
    },
    notice: async function* ({ confinement, ...id }) {
      if (confinement && !(await isTheirs(store, { of: 'incident', id: id.incidentId }, confinement))) return;
      const notice = await readNotice(store, id);
      if (notice !== undefined) yield JSON.stringify(notice);
    },
    attempts: async function* ({ confinement, ...query }) {
      const page = confinement
        ? await theirPage(
            query,
            store.listAttempts,
            ofTheirIncidents(store, confinement, ({ incidentId }) => incidentId),
            ({ id }) => id,
          )
        : await store.listAttempts(query);
      yield* pageText(page, attemptJson);
    },
    theirs: async function* ({ named, confinement }) {
      if (await isTheirs(store, named, confinement)) yield 'true';
    },
    explanation: async function* ({ id, confinement }) {
      const explained = await readExplanation(store, id, confinement);
      if (explained !== undefined) yield JSON.stringify(explained);
    },
    firing: async function* (query) {
      let before = '[';
      for await (const { json } of selected(query)) {
        yield before + JSON.stringify(json);
        before = ',';
      }
      yield before === '[' ? '[]' : ']';
    },
    firingGroups: async function* (query) {
      // Only what makes the groups is kept: their alerts are read once more when they are written.
      const groups = createGroups();
      for await (const one of selected(query)) groups.add(one);
      const all = groups.all();
      const alerts = alertsById(
        store,
        all.flatMap(({ members }) => members.map(({ id }) => id)),
      );
      let next = await alerts.next();
      let before = '[';
      for (const { members, rest } of all) {
        yield `${before}{"alerts":[`;
        before = '';
        const statuses = new Map(members.map(({ id, status }) => [id, status]));
        for (let alert = next.value; alert !== undefined; alert = next.value) {
          const status = statuses.get(alert.id);
          // It is of another group.
          if (status === undefined) break;
          yield before + JSON.stringify(gettableWith(alert, status, parts).json);
          before = ',';
          next = await alerts.next();
        }
        yield `],${JSON.stringify(rest).slice(1)}`;
        before = ',';
        await nextTurn();
      }
      yield before === '[' ? '[]' : ']';
    },
  };
}

/** Name of a document. */
export type DocumentName = keyof Documents;

/** What a document is asked with. */
export type QueryOf<N extends DocumentName> = Parameters<Documents[N]>[0];

function* pageText<T>(
  page: Page<T>,
  json: (item: T) => unknown,
  { total, counts }: { readonly total?: number | undefined; readonly counts?: BadnessCounts | undefined } = {},
): Generator<string, void, undefined> {
  const { next_cursor } = pageJson({ items: [], nextCursor: page.nextCursor }, json);
  let before = '{"items":[';
  for (const item of page.items) {
    yield before + JSON.stringify(json(item));
    before = ',';
  }
  const counted =
    total === undefined ? '' : `,"total":${Math.min(total, COUNTED_MOST)},"total_is_more":${total > COUNTED_MOST}`;
  const bySeverity = counts === undefined ? '' : `,"counts":${JSON.stringify(counts)}`;
  yield `${before === ',' ? '' : before}],"next_cursor":${JSON.stringify(next_cursor)}${counted}${bySeverity}}`;
}

/** All that fires; also what was pushed by an instance that is silent now, for nobody has said that it ended. */
async function* firingPages(store: ReadStore) {
  for await (const items of store.firing(MOST)) {
    yield items;
    // What others ask has its turn between two pages, however few of this one are wanted.
    await nextTurn();
  }
}

async function* allFiring(store: ReadStore) {
  for await (const page of firingPages(store)) yield* page;
}

/** What of it a client of Alertmanager's API asks for. */
async function* selectFiring(parts: DocumentParts, mutingAt: ReturnType<typeof createMuting>, query: FiringQuery) {
  const isMatched = matcherTest(query.filters);
  const isHere = query.receiver === undefined || anchoredRegex(query.receiver)(RECEIVER);
  if (!isHere) return;
  const book = createRelationBook(parts.relations);
  if (parts.relations.length > 0) {
    for await (const alert of allFiring(parts.store)) {
      book.fires({ id: alert.id, incidentId: alert.incidentId, labels: matchLabels(alert) });
    }
  }
  const mutingOf = await mutingAt(parts.now());
  const time = createReadingTime(parts.now);
  for await (const page of firingPages(parts.store)) {
    const alerts: AlertView[] = [];
    for (const alert of page) {
      if (time.measure(() => isMatched(alert))) alerts.push(alert);
      if (time.isTurnOver()) await nextTurn();
    }
    const muting = await mutingOf(alerts.map(({ incidentId }) => incidentId));
    for (const alert of alerts) {
      const one = gettableAlert(alert, muting, book.heldBy(alert.id)?.sourceId ?? null, parts);
      if (isWanted(one.json.status, query)) yield one;
    }
  }
}
