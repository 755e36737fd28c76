import { type Confinement, ensuresConfinement } from '../../core/access/confinement.ts';
import type { Instance } from '../../core/cluster/instance.ts';
import type { HistoryEvent } from '../../core/history.ts';
import type { Silence, SilenceKind } from '../../core/policy/silence.ts';
import type { ListedNotice, NoticeQuery, NoticeReads } from '../../stores/contract/notices.ts';
import type { InstanceQuery, Page, PageQuery, ReadStore } from '../../stores/contract/reads.ts';
import type { SilenceQuery, SilenceReads } from '../../stores/contract/silences.ts';
import type { StandingReads } from '../../stores/contract/standing.ts';
import type { TextParts } from '../text.ts';
import { nextTurn } from './reading-time.ts';

/** What somebody is confined to; null, or left out, for nothing. */
export type Within = Confinement | null | undefined;

// Rows that are looked at together.
const STEP = 200;

/**
 * A page of those rows of a list that somebody may see. Its cursor is that of the last row that it shows, and there is one
 * only where another row of theirs follows: neither tells of rows between them.
 */
export async function theirPage<T, Q extends PageQuery>(
  query: Q,
  list: (query: Q) => Promise<Page<T>>,
  theirs: (items: readonly T[]) => Promise<readonly T[]>,
  cursorOf: (item: T) => string,
): Promise<Page<T>> {
  const found: T[] = [];
  let cursor = query.cursor;
  do {
    const page = await list({ ...query, limit: STEP, ...(cursor !== undefined && { cursor }) });
    found.push(...(await theirs(page.items)));
    cursor = page.nextCursor ?? undefined;
    await nextTurn();
  } while (cursor !== undefined && found.length <= query.limit);
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > query.limit && last !== undefined ? cursorOf(last) : null };
}

type Reads = Pick<ReadStore, 'listAlerts' | 'listIncidents'> &
  Pick<SilenceReads, 'findSilence'> &
  Pick<StandingReads, 'instancesWithin'>;

/** Which of these incidents are somebody's: they have alerts, and none beyond what that one is confined to. */
export async function theirIncidents(
  store: Pick<Reads, 'listIncidents'>,
  ids: readonly string[],
  confinement: Confinement,
): Promise<ReadonlySet<string>> {
  const wanted = [...new Set(ids)];
  const { items } = await store.listIncidents({ ids: wanted, limit: Math.max(1, wanted.length), confinement });
  return new Set(items.map(({ id }) => id));
}

/** Events of what is somebody's. Of silences and instances only alerts and incidents tell them. */
export async function theirEvents(
  store: Pick<Reads, 'listAlerts' | 'listIncidents'>,
  events: readonly HistoryEvent[],
  confinement: Confinement,
): Promise<readonly HistoryEvent[]> {
  const of = (subject: HistoryEvent['subject']) => [
    ...new Set(events.flatMap((event) => (event.subject === subject ? event.subjectId : []))),
  ];
  const incidents = await theirIncidents(store, of('incident'), confinement);
  const alerts = new Set<string>();
  const wanted = of('alert');
  // A page of large alerts may end before its limit.
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page: Page<{ readonly id: string }> = await store.listAlerts({
      ...{ ids: wanted, limit: STEP, confinement },
      ...(cursor !== undefined && { cursor }),
    });
    for (const { id } of page.items) alerts.add(id);
    cursor = page.nextCursor ?? undefined;
  }
  return events.filter(
    ({ subject, subjectId }) =>
      (subject === 'alert' && alerts.has(subjectId)) || (subject === 'incident' && incidents.has(subjectId)),
  );
}

/** A page of instances that somebody may see. */
export function theirInstances(
  store: Pick<ReadStore, 'listInstances'> & Pick<StandingReads, 'instancesWithin'>,
  query: InstanceQuery,
  confinement: Confinement,
): Promise<Page<Instance>> {
  const theirs = async (items: readonly Instance[]) => {
    const ids = items.map(({ instanceId }) => instanceId);
    const within = new Set(await store.instancesWithin(ids, confinement));
    return items.filter(({ instanceId }) => within.has(instanceId));
  };
  return theirPage(query, store.listInstances, theirs, ({ instanceId }) => instanceId);
}

/** A page of the notices of incidents that are somebody's. */
export function theirNotices(
  store: Pick<ReadStore, 'listIncidents'> & Pick<NoticeReads, 'listNotices'>,
  query: NoticeQuery,
  confinement: Confinement,
): Promise<Page<ListedNotice>> {
  const theirs = ofTheirIncidents(store, confinement, ({ notice }: ListedNotice) => notice.incidentId);
  const cursorOf = ({ notice }: ListedNotice) => `${notice.incidentId} ${notice.channel}`;
  return theirPage(query, store.listNotices, theirs, cursorOf);
}

/** Those of some things that belong to incidents that are somebody's. */
export function ofTheirIncidents<T>(
  store: Pick<ReadStore, 'listIncidents'>,
  confinement: Confinement,
  incidentOf: (item: T) => string,
): (items: readonly T[]) => Promise<readonly T[]> {
  return async (items) => {
    const theirs = await theirIncidents(store, items.map(incidentOf), confinement);
    return items.filter((item) => theirs.has(incidentOf(item)));
  };
}

/** A page of the silences and windows that hold back nothing of others. */
export function theirSilences(
  store: Pick<SilenceReads, 'listSilences'>,
  query: SilenceQuery,
  confinement: Confinement,
): Promise<Page<Silence>> {
  const theirs = async (items: readonly Silence[]) =>
    items.filter(({ matchers }) => ensuresConfinement(matchers, confinement));
  return theirPage(query, store.listSilences, theirs, ({ createdAt, id }) => `${createdAt} ${id}`);
}

/** A thing that is named by its whole id. */
export type Named =
  | { readonly of: 'incident'; readonly id: string }
  | { readonly of: 'silence'; readonly id: string; readonly kind: SilenceKind };

/** Whether it is there, and is somebody's. */
export async function isTheirs(
  store: Pick<Reads, 'listIncidents' | 'findSilence'>,
  named: Named,
  confinement: Confinement,
): Promise<boolean> {
  const id = named.id.toLowerCase();
  if (named.of === 'incident') return (await theirIncidents(store, [id], confinement)).has(id);
  const silence = await store.findSilence(id);
  return silence?.kind === named.kind && ensuresConfinement(silence.matchers, confinement);
}

/** Whether there was anything to read. */
export async function isThere(found: TextParts | undefined): Promise<boolean> {
  await found?.return?.();
  return found !== undefined;
}
