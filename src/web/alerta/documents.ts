import type { HistoryEvent } from '../../core/history.ts';
import type { Incident } from '../../core/incident/incident.ts';
import { iso } from '../../core/iso-time.ts';
import { searchWords } from '../../core/search/words.ts';
import type { AlertView, ReadStore } from '../../stores/contract/reads.ts';
import { isOne, wholeId } from '../../stores/short-id.ts';
import { alertPagesById } from '../api/alerts-by-id.ts';
import { createReadingTime, nextTurn } from '../api/reading-time.ts';
import { ALERTA, type AlertaJson, alertaJson, isCorrelated, keptOf, knownOf } from './alert.ts';
import { type AlertaQuery, alertaOrder, alertaTest, type SortKeys, sortKeysOf } from './query.ts';
import { severityRanks } from './words.ts';

/** JSON text in pieces; none at all when there is no such thing. */
type Pieces = AsyncGenerator<string, void, undefined>;

/** An alert that is asked for by one of its ids, and how it stands. */
export interface FoundAlert {
  readonly view: AlertView;
  readonly alert: AlertaJson;
}

/** What the API of Alerta shows of the store. */
export interface AlertaDocuments {
  /** A page of the list. */
  alertaAlerts(query: AlertaQuery): Pieces;
  alertaCount(query: AlertaQuery): Pieces;
  /** How many there are by a field, in each environment. */
  alertaCounts(query: AlertaQuery & { readonly by: 'environment' | 'service' | 'group' | 'tag' }): Pieces;
  /** One of them, as `FoundAlert` with its history. `id` is ours or what a sender called it, or the beginning of one. */
  alertaAlert(query: { readonly id: string }): Pieces;
  /** The one that something sent belongs to, as `Known`; `null` for none. */
  alertaKnown(query: Pick<AlertaJson, 'environment' | 'resource' | 'event' | 'customer'>): Pieces;
  /** The same, as `FoundAlert` with its history. */
  alertaStored(query: Pick<AlertaJson, 'environment' | 'resource' | 'event' | 'customer'>): Pieces;
  /** The history of what is found, newest first, a page of it. */
  alertaHistory(query: AlertaQuery): Pieces;
}

const STEP = 500;
// Alerta's lists are made of all there is; beyond that the newest are shown.
const MOST = 10_000;
const HISTORY_SHOWN = 100;
// Of one environment and resource.
const MOST_RELATED = 500;

/** Documents over a store. */
export function createAlertaDocuments({
  store,
  now,
}: {
  readonly store: ReadStore;
  readonly now: () => number;
}): AlertaDocuments {
  const incidentsOf = async (views: readonly AlertView[]) => {
    const ids = [...new Set(views.flatMap(({ incidentId }) => incidentId ?? []))];
    const items = ids.length === 0 ? [] : (await store.listIncidents({ ids, limit: STEP })).items;
    return new Map<string, Incident>(items.map((incident) => [incident.id, incident]));
  };
  const jsonOf = async (views: readonly AlertView[]) => {
    const incidents = await incidentsOf(views);
    return views.map((view) => alertaJson(view, incidents.get(view.incidentId ?? ''), now()));
  };
  /** What is asked for, of each its id and what `pick` keeps of it. */
  const walk = async <T>(query: AlertaQuery, pick: (alert: AlertaJson, view: AlertView) => T): Promise<T[]> => {
    const test = alertaTest(query);
    const time = createReadingTime(now);
    const found: T[] = [];
    let seen = 0;
    for (let cursor: string | null | undefined; cursor !== null && seen < MOST; ) {
      const page = await store.listAlerts({ limit: STEP, ...(cursor !== undefined && { cursor }) });
      const alerts = await jsonOf(page.items);
      for (const [index, alert] of alerts.entries()) {
        if (time.measure(() => test(alert))) found.push(pick(alert, page.items[index] as AlertView));
        if (time.isTurnOver()) await nextTurn();
      }
      seen += alerts.length;
      cursor = page.nextCursor;
      await nextTurn();
    }
    return found;
  };
  const historyOf = async (view: AlertView) =>
    (await store.history([view.id, ...(view.incidentId === null ? [] : [view.incidentId])], HISTORY_SHOWN)).flatMap(
      (event) => historyJson(event, view),
    );
  const find = async (id: string): Promise<AlertView | undefined> => {
    const whole = await wholeId(store, 'alerts', id);
    if (isOne(whole)) {
      const own = await store.findAlert(whole.id);
      if (own !== undefined) return own;
    }
    const words = searchWords(id);
    if (words.length === 0) return undefined;
    const { items } = await store.listAlerts({ source: ALERTA, words, limit: STEP });
    const called = (view: AlertView) => [keptOf(view).id ?? '', ...keptOf(view).ids];
    const exact = items.filter((view) => called(view).includes(id));
    const some = exact.length > 0 ? exact : items.filter((view) => called(view).some((one) => one.startsWith(id)));
    return some.length === 1 ? some[0] : undefined;
  };
  const whole = async (view: AlertView) => {
    const [alert] = await jsonOf([view]);
    return JSON.stringify({ view, alert: { ...alert, history: (await historyOf(view)).reverse() } });
  };
  type Named = Pick<AlertaJson, 'environment' | 'resource' | 'event' | 'customer'>;
  const related = async ({ environment, resource, event, customer }: Named) => {
    const labels = [
      { name: 'environment', value: environment, isNot: false },
      { name: 'resource', value: resource, isNot: false },
    ];
    const { items } = await store.listAlerts({ source: ALERTA, labels, limit: MOST_RELATED });
    const views = items.filter((view) => isCorrelated(knownOf(view), { event, customer }));
    return views.find(({ name }) => name === event) ?? views[0];
  };
  return {
    alertaAlerts: async function* (query) {
      const ranks = severityRanks();
      const statusCounts: Record<string, number> = {};
      const severityCounts: Record<string, number> = {};
      let lastAt = 0;
      const all = await walk(query, (alert, { id }) => {
        statusCounts[alert.status] = (statusCounts[alert.status] ?? 0) + 1;
        severityCounts[alert.severity] = (severityCounts[alert.severity] ?? 0) + 1;
        const keys = sortKeysOf(alert, query.sort, ranks);
        lastAt = Math.max(lastAt, keys.at);
        return { ...keys, id };
      });
      const pages = Math.ceil(all.length / query.pageSize);
      const { page, pageSize } = query;
      if (page < 1 || page > Math.max(1, pages)) return;
      const order: (a: SortKeys, b: SortKeys) => number = alertaOrder(query.sort);
      const ids = all
        .sort(order)
        .slice((page - 1) * pageSize, page * pageSize)
        .map(({ id }) => id);
      let before = '{"alerts":[';
      for await (const views of alertPagesById(store, ids)) {
        for (const [index, alert] of (await jsonOf(views)).entries()) {
          const history = query.hasHistory ? (await historyOf(views[index] as AlertView)).reverse() : [];
          yield before + JSON.stringify({ ...alert, history, ...(!query.hasRawData && { rawData: null }) });
          before = ',';
        }
      }
      const rest = {
        ...{ status: 'ok', total: all.length, page, pageSize, pages, more: page < pages, severityCounts, statusCounts },
        ...{ lastTime: iso(lastAt === 0 ? now() : lastAt), autoRefresh: true },
        ...(all.length === 0 && { message: 'not found' }),
      };
      yield `${before === ',' ? '' : before}],${JSON.stringify(rest).slice(1)}`;
    },
    alertaCount: async function* (query) {
      const found = await walk(query, ({ severity, status }) => ({ severity, status }));
      const severityCounts = countsOf(found.map(({ severity }) => severity));
      const statusCounts = countsOf(found.map(({ status }) => status));
      yield JSON.stringify({ status: 'ok', total: found.length, severityCounts, statusCounts, autoRefresh: true });
    },
    alertaCounts: async function* ({ by, ...query }) {
      const groups = new Map<
        string,
        { readonly own: object; readonly severities: string[]; readonly statuses: string[] }
      >();
      await walk(query, ({ environment, service, group, tags, severity, status }) => {
        const values = { environment: [''], service, group: [group], tag: tags }[by];
        for (const value of values) {
          const key = JSON.stringify([environment, value]);
          const own = by === 'environment' ? { environment } : { environment, [by]: value };
          const one = groups.get(key) ?? { own, severities: [], statuses: [] };
          groups.set(key, one);
          one.severities.push(severity);
          one.statuses.push(status);
        }
      });
      const items = Array.from(groups.values(), ({ own, severities, statuses }) => ({
        ...{ ...own, count: severities.length },
        ...(by !== 'group' &&
          by !== 'tag' && { severityCounts: countsOf(severities), statusCounts: countsOf(statuses) }),
      }));
      yield JSON.stringify({ status: 'ok', total: items.length, [`${by}s`]: items });
    },
    alertaAlert: async function* ({ id }) {
      const view = await find(id);
      if (view !== undefined) yield await whole(view);
    },
    alertaKnown: async function* (query) {
      const view = await related(query);
      yield JSON.stringify(view === undefined ? null : knownOf(view));
    },
    alertaStored: async function* (query) {
      const view = await related(query);
      yield view === undefined ? 'null' : await whole(view);
    },
    alertaHistory: async function* (query) {
      const views = await walk(query, (_, { id }) => id);
      const history: unknown[] = [];
      for await (const page of alertPagesById(store, views.slice(0, HISTORY_SHOWN))) {
        for (const [index, alert] of (await jsonOf(page)).entries()) {
          const { id, resource, environment, service, group, text, tags, attributes, origin, customer } = alert;
          const about = { resource, environment, service, group, tags, attributes, origin, customer };
          const entries = await historyOf(page[index] as AlertView);
          history.push(...entries.map((entry) => ({ ...about, ...entry, text: entry.text || text, id })));
        }
      }
      const newest = (history as { updateTime: string }[]).sort((a, b) => (a.updateTime < b.updateTime ? 1 : -1));
      const { page, pageSize } = query;
      const pages = Math.ceil(newest.length / pageSize);
      const shown = newest.slice((page - 1) * pageSize, page * pageSize);
      yield JSON.stringify({
        ...{ status: 'ok', history: shown, total: newest.length, page, pageSize, pages, more: page < pages },
      });
    },
  };
}

function countsOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ 'alert opened': 'new', 'alert updated': 'severity', 'alert resolved': 'close', 'alert reopened': 'open' },
  ...{ 'incident acknowledged': 'ack', 'incident unacknowledged': 'unack', 'incident assigned': 'assign' },
  ...{ 'incident shelved': 'shelve', 'incident unshelved': 'unshelve', 'incident noted': 'note' },
  ...{ 'incident closed': 'close', 'incident reopened': 'open' },
};

/** An event as an entry of Alerta's history; none of what has no place there. */
function historyJson({ seq, at, subject, kind, reason, actor, data }: HistoryEvent, view: AlertView) {
  const type = reason === 'expired' && kind === 'resolved' ? 'expired' : TYPES[`${subject} ${kind}`];
  if (type === undefined) return [];
  const kept = keptOf(view);
  const comment = typeof data.comment === 'string' ? data.comment : '';
  const by = typeof data.by === 'string' && data.by !== '' ? data.by : actor;
  return [
    {
      ...{ id: String(seq), href: `/alert/${view.id}`, event: view.name, severity: kept.severity, type },
      ...{ status: STATUS_AFTER[type] ?? 'open', value: view.annotations.value ?? null, text: comment },
      ...{ updateTime: iso(at), user: by, timeout: kept.timeout },
    },
  ];
}

const STATUS_AFTER: Readonly<Record<string, string>> = {
  ...{ ack: 'ack', shelve: 'shelved', close: 'closed', expired: 'expired', assign: 'open' },
};
