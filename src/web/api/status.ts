import { type StatusInput, statusDocument } from '../../core/status.ts';
import type { HistoryReads } from '../../stores/contract/history.ts';
import type { NoticeHistory } from '../../stores/contract/notice-history.ts';
import type { ReadStore } from '../../stores/contract/reads.ts';
import type { SilenceReads } from '../../stores/contract/silences.ts';
import type { StandingReads } from '../../stores/contract/standing.ts';
import type { MetricsParts } from '../metrics/route.ts';
import { NO_PARAMETERS } from './queries.ts';
import { type Route, route } from './route.ts';
import type { ReadDocument } from './routes.ts';
import type { Rows } from './rows.ts';
import { SCHEMAS } from './schemas.ts';
import { silenceJson } from './silence-views.ts';

/** What the process says of itself. */
export type OwnState = Pick<
  StatusInput<unknown, unknown>,
  'startedAt' | 'version' | 'role' | 'instanceId' | 'notReady'
>;

// Rows of each kind that stand in the document; its counts are those of all.
const SHOWN = 20;

/** Reads what is wrong, silent and stuck. */
export async function readStatus(
  store: ReadStore & StandingReads & SilenceReads & NoticeHistory & HistoryReads,
  rows: Rows,
  own: OwnState,
  now: number,
) {
  const live = { status: ['open', 'acknowledged'] as const, limit: SHOWN, sort: 'attention' as const, asOf: now };
  const silentOnes = { status: 'silent' as const, limit: SHOWN };
  const failed = (state: 'dead' | 'retry') => store.listNotices({ state, limit: SHOWN });
  // The position first: what changes meanwhile is told again by a stream that begins there.
  const position = await store.historyHead();
  const [figures, counts, incidents, fleet, silent, silences, dead, retried, cursor] = await Promise.all([
    ...[store.figures(), store.incidentsBySeverity(live), store.listIncidents(live), store.fleet()],
    ...[store.listInstances(silentOnes), store.listSilences({ state: 'active', limit: SHOWN, now })],
    ...[failed('dead'), failed('retry'), store.followerCursor('notices')],
  ] as const);
  const rowOf = await rows.incidents(incidents.items);
  const lag = cursor === undefined ? null : await store.lagBehind(cursor, now);
  const failures = [...retried.items, ...dead.items]
    .map(({ notice, updatedAt }) => ({ channel: notice.channel, reason: notice.dead?.reason ?? '', at: updatedAt }))
    .filter(({ reason }) => reason !== '')
    .sort((a, b) => b.at - a.at);
  return statusDocument({
    ...{ now, ...own, position, counts, fleet, failures },
    acknowledged: figures.live.reduce((sum, { status, count }) => sum + (status === 'acknowledged' ? count : 0), 0),
    incidents: incidents.items.map(rowOf),
    silent: silent.items.map(({ instanceId, hostname, silentSince }) => ({
      ...{ instanceId, hostname, since: silentSince ?? now },
    })),
    muted: silences.items.map((silence) => silenceJson(silence, now)),
    outbox: figures.outbox,
    follower: lag === null ? null : { name: 'notices', ...lag },
  });
}

/** What the route of the state needs. */
export interface StatusParts {
  readonly read: ReadDocument;
  readonly notReady: () => Promise<string | null>;
  readonly usage: MetricsParts['usage'];
  readonly version: string;
  readonly instanceId: string;
  readonly role: string;
}

/** `GET /api/v1/status`: what `monitor status --json` prints. */
export function statusRoute({ read, notReady, usage, version, instanceId, role }: StatusParts): Route {
  return route({
    method: 'GET',
    path: '/api/v1/status',
    role: 'read',
    summary: 'What is wrong, what is silent and what is stuck',
    query: NO_PARAMETERS,
    answers: { 200: SCHEMAS.Status },
    answer: async () => {
      const own = { startedAt: usage().startedAt, version, role, instanceId, notReady: await notReady() };
      return (await read('status', own)) ?? { status: 200, body: {} };
    },
  });
}
