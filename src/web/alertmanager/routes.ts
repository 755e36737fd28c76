import { type Matcher, MatcherError, parseMatcher, parsePattern } from '../../core/matcher.ts';
import type { AlertView } from '../../stores/contract/store.ts';
import type { Reads } from '../../stores/tables/reads.ts';
import type { Route } from '../api/route.ts';
import type { Reply } from '../reply.ts';
import { alertGroups, gettableAlert, RECEIVER } from './views.ts';

/** What the routes of Alertmanager's API read. */
export interface AlertmanagerParts {
  readonly store: Pick<Reads, 'listAlerts'>;
  readonly version: string;
  readonly now: () => number;
  /** What stands for the end of an alert that does not end by itself, counted from now, in milliseconds. */
  readonly resolveTimeoutMs: number;
}

const PAGE = 500;
// Alertmanager has no pages: whoever has more problems than this at once does not read them one by one.
const MOST = 10_000;

// 400, for amtool shows its text and hides that of a 501.
const NO_SILENCES: Reply = {
  status: 400,
  body: 'this hub has no silences yet: silence the alerts where they come from',
};
const NO_SILENCE: Reply = { status: 404, body: 'there is no silence with this id' };

/**
 * The reading half of Alertmanager's API version 2 (prometheus/alertmanager `api/v2/openapi.yaml`), as far as `amtool`
 * and dashboards need it: what fires at any source, as if it were an Alertmanager's. Errors are JSON texts, as there.
 */
export function alertmanagerRoutes(parts: AlertmanagerParts): readonly Route[] {
  const startedAt = parts.now();
  const route = (path: string, answer: Route['answer'], otherwise?: Reply): Route => ({
    ...{ path, authentication: 'api' as const, answer },
    ...(otherwise && { otherwise }),
  });
  const selected = async (query: unknown) => {
    const isWanted = filterOf(query);
    return (await firingAlerts(parts.store)).map((alert) => gettableAlert(alert, parts)).filter(isWanted);
  };
  return [
    route('/api/v2/alerts', ({ query }) => orWhyNot(async () => (await selected(query)).map(({ json }) => json))),
    route('/api/v2/alerts/groups', ({ query }) => orWhyNot(async () => alertGroups(await selected(query)))),
    route('/api/v2/status', async () => ({ status: 200, body: statusOf(parts.version, startedAt) })),
    route('/api/v2/receivers', async () => ({ status: 200, body: [{ name: RECEIVER }] })),
    route('/api/v2/silences', async () => ({ status: 200, body: [] }), NO_SILENCES),
    route('/api/v2/silence/:id', async () => NO_SILENCE, NO_SILENCE),
  ];
}

async function orWhyNot(read: () => Promise<unknown>): Promise<Reply> {
  try {
    return { status: 200, body: await read() };
  } catch (error) {
    if (error instanceof MatcherError) return { status: 400, body: error.message };
    throw error;
  }
}

/** All that fires, newest first; also what was pushed by an instance that is silent now, for nobody has said that it ended. */
async function firingAlerts(store: AlertmanagerParts['store']): Promise<readonly AlertView[]> {
  const alerts: AlertView[] = [];
  for (const status of ['firing', 'unknown'] as const) {
    let cursor: string | undefined;
    do {
      const page = await store.listAlerts({ status, limit: PAGE, ...(cursor !== undefined && { cursor }) });
      alerts.push(...page.items.filter(({ endedAt }) => endedAt === null));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && alerts.length < MOST);
  }
  return alerts.slice(0, MOST);
}

type Selected = ReturnType<typeof gettableAlert>;

/** `filter` (several: all must hold), `receiver`, `active`; nothing is silenced or inhibited here. */
function filterOf(query: unknown): (alert: Selected) => boolean {
  const { filter, receiver, active } = query as Readonly<Record<string, string | readonly string[] | undefined>>;
  const given = (filter === undefined ? [] : [filter].flat()) as readonly string[];
  const matchers: readonly Matcher[] = given.filter((text) => text.trim() !== '').map(parseMatcher);
  const isHere = receiver === undefined || receiver === '' || parsePattern(String(receiver))(RECEIVER);
  if (active === 'false' || !isHere) return () => false;
  return ({ json }) => matchers.every((matcher) => matcher.matches(json.labels));
}

/** `amtool` shows the configuration, and reads it. */
function statusOf(version: string, startedAt: number) {
  const original = [
    '# monitor is no Alertmanager: its own settings decide, see monitor config.',
    `route:\n  receiver: ${RECEIVER}`,
    `receivers:\n- name: ${RECEIVER}`,
    '',
  ].join('\n');
  const built = { branch: '', buildDate: '', buildUser: '', goVersion: '', revision: '' };
  return {
    cluster: { status: 'disabled', peers: [] },
    config: { original },
    uptime: new Date(startedAt).toISOString(),
    versionInfo: { ...built, version },
  };
}
