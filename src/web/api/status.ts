import type { Confinement } from '../../core/access/confinement.ts';
import { type StatusInput, statusDocument } from '../../core/status.ts';
import type { HistoryReads } from '../../stores/contract/history.ts';
import type { NoticeHistory } from '../../stores/contract/notice-history.ts';
import type { NoticeStateName } from '../../stores/contract/notices.ts';
import { COUNTED_MOST, type ReadStore } from '../../stores/contract/reads.ts';
import type { SilenceReads } from '../../stores/contract/silences.ts';
import type { StandingReads } from '../../stores/contract/standing.ts';
import type { MetricsParts } from '../metrics/route.ts';
import { theirInstances, theirNotices, theirSilences, type Within } from './confined.ts';
import { NO_PARAMETERS } from './queries.ts';
import { type Route, route } from './route.ts';
import type { ReadDocument } from './routes.ts';
import type { Rows } from './rows.ts';
import { SCHEMAS } from './schemas.ts';
import { silenceJson } from './silence-views.ts';

/** What the process says of itself. */
export type OwnState = Pick<
  StatusInput<unknown, unknown>,
  'startedAt' | 'version' | 'role' | 'instanceId' | 'notReady' | 'heartbeat'
>;

// Rows of each kind that stand in the document; its counts are those of all.
const SHOWN = 20;

type Store = ReadStore & StandingReads & SilenceReads & NoticeHistory & HistoryReads;

/** Reads what is wrong, silent and stuck; for who is confined, of what is theirs. */
export async function readStatus(store: Store, rows: Rows, own: OwnState, now: number, within?: Within) {
  const confined = within ? { confinement: within } : {};
  const live = {
    ...{ status: ['open', 'acknowledged'] as const, limit: SHOWN, sort: 'attention' as const },
    ...confined,
  };
  // The position first: what changes meanwhile is told again by a stream that begins there.
  const position = await store.historyHead();
  const [counts, incidents, rest] = await Promise.all([
    store.incidentsBySeverity(live),
    store.listIncidents(live),
    within ? theirStatus(store, now, within) : wholeStatus(store, now),
  ]);
  const rowOf = await rows.incidents(incidents.items);
  const { silent, silences, failed, ...others } = rest;
  const failures = failed
    .map(({ notice, updatedAt }) => ({ channel: notice.channel, reason: notice.dead?.reason ?? '', at: updatedAt }))
    .filter(({ reason }) => reason !== '')
    .sort((a, b) => b.at - a.at);
  return statusDocument({
    ...{ now, ...own, position, counts, failures, ...others },
    incidents: incidents.items.map(rowOf),
    silent: silent.map(({ instanceId, hostname, silentSince }) => ({
      ...{ instanceId, hostname, since: silentSince ?? now },
    })),
    muted: silences.map((silence) => silenceJson(silence, now)),
  });
}

/** What is told beside the incidents, of the whole hub. */
async function wholeStatus(store: Store, now: number) {
  const failed = (state: 'dead' | 'retry') => store.listNotices({ state, limit: SHOWN });
  const [{ outbox, live }, fleet, silent, silences, dead, retried, cursor] = await Promise.all([
    ...[store.figures(), store.fleet(), store.listInstances({ status: 'silent', limit: SHOWN })],
    ...[store.listSilences({ state: 'active', limit: SHOWN, now }), failed('dead'), failed('retry')],
    store.followerCursor('notices'),
  ] as const);
  const lag = cursor === undefined ? null : await store.lagBehind(cursor, now);
  const count = (of: string) => live.reduce((sum, row) => sum + (row.status === of ? row.count : 0), 0);
  return {
    ...{ open: count('open'), acknowledged: count('acknowledged') },
    ...{ outbox, fleet, silent: silent.items, silences: silences.items, failed: [...retried.items, ...dead.items] },
    follower: lag === null ? null : { name: 'notices', ...lag },
  };
}

/** The same of what is somebody's. How far the hub is behind is told by what happens to all, so it is left out. */
async function theirStatus(store: Store, now: number, confinement: Confinement) {
  const [open, acknowledged, instances, notices, silences] = await Promise.all([
    ...[
      store.countIncidents({ status: 'open', limit: 1, confinement }),
      store.countIncidents({ status: 'acknowledged', limit: 1, confinement }),
    ],
    theirInstances(store, { limit: COUNTED_MOST }, confinement),
    theirNotices(store, { limit: COUNTED_MOST }, confinement),
    theirSilences(store, { state: 'active', limit: SHOWN, now }, confinement),
  ] as const);
  const counted = new Map<string, { channel: string; state: NoticeStateName; count: number }>();
  for (const { notice, state } of notices.items) {
    const key = `${state} ${notice.channel}`;
    counted.set(key, { channel: notice.channel, state, count: (counted.get(key)?.count ?? 0) + 1 });
  }
  const silent = instances.items.filter(({ silentSince }) => silentSince !== null);
  const heard = instances.items.map(({ lastSeenAt }) => lastSeenAt);
  return {
    ...{ open, acknowledged },
    outbox: [...counted.values()].sort((a, b) => (a.channel < b.channel ? -1 : 1)),
    fleet: {
      ...{ instances: instances.items.length, silent: silent.length },
      lastSeenAt: heard.length === 0 ? null : heard.reduce((a, b) => Math.max(a, b)),
    },
    ...{ silent: silent.slice(0, SHOWN), silences: silences.items, follower: null },
    failed: notices.items.filter(({ state }) => state === 'retry' || state === 'dead'),
  };
}

/** What the route of the state needs. */
export interface StatusParts {
  readonly read: ReadDocument;
  readonly notReady: () => Promise<string | null>;
  readonly usage: MetricsParts['usage'];
  readonly heartbeat: MetricsParts['heartbeat'];
  readonly version: string;
  readonly instanceId: string;
  readonly role: string;
}

/** `GET /api/v1/status`: what `monitor status --json` prints. */
export function statusRoute({ read, notReady, usage, heartbeat, version, instanceId, role }: StatusParts): Route {
  return route({
    method: 'GET',
    path: '/api/v1/status',
    role: 'read',
    summary: 'What is wrong, what is silent and what is stuck',
    query: NO_PARAMETERS,
    answers: { 200: SCHEMAS.Status },
    isConfinable: true,
    answer: async ({ confinement }) => {
      const own = { startedAt: usage().startedAt, version, role, instanceId, notReady: await notReady() };
      // It names channels, which are those of the whole hub.
      const state = confinement === null ? heartbeat() : null;
      return (await read('status', { ...own, heartbeat: state, confinement })) ?? { status: 200, body: {} };
    },
  });
}
