import { MatcherError } from '../../core/matcher.ts';
import { type FiringQuery, filterOf } from '../api/documents.ts';
import type { Route, RouteRequest } from '../api/route.ts';
import type { ReadDocument } from '../api/routes.ts';
import type { Reply } from '../reply.ts';
import { RECEIVER } from './views.ts';

/** What the routes of Alertmanager's API read. */
export interface AlertmanagerParts {
  readonly read: ReadDocument;
  readonly version: string;
  readonly now: () => number;
}

// 400, for amtool shows its text and hides that of a 501.
const NO_SILENCES: Reply = {
  status: 400,
  body: 'this hub has no silences yet: silence the alerts where they come from',
};
const NOTHING: Reply = { status: 200, body: [] };
const NO_SILENCE: Reply = { status: 404, body: 'there is no silence with this id' };

/**
 * The reading half of Alertmanager's API version 2 (prometheus/alertmanager `api/v2/openapi.yaml`), as far as `amtool`
 * and dashboards need it: what fires at any source, as if it were an Alertmanager's. Errors are JSON texts, as there.
 */
export function alertmanagerRoutes(parts: AlertmanagerParts): readonly Route[] {
  const startedAt = parts.now();
  const route = (path: string, answer: NonNullable<Route['answer']>, otherwise?: Reply): Route => ({
    ...{ path, authentication: 'api' as const, answer },
    ...(otherwise && { otherwise }),
  });
  const firing = (name: 'firing' | 'firingGroups') => async (request: RouteRequest) => {
    try {
      const query = firingQuery(request.query);
      // Asked here, for what is wrong with it is the answer.
      filterOf(query);
      return (await parts.read(name, query)) ?? NOTHING;
    } catch (error) {
      if (error instanceof MatcherError) return { status: 400, body: error.message };
      throw error;
    }
  };
  return [
    { ...route('/api/v2/alerts', firing('firing')), isPosted: true },
    route('/api/v2/alerts/groups', firing('firingGroups')),
    route('/api/v2/status', async () => ({ status: 200, body: statusOf(parts.version, startedAt) })),
    route('/api/v2/receivers', async () => ({ status: 200, body: [{ name: RECEIVER }] })),
    route('/api/v2/silences', async () => ({ status: 200, body: [] }), NO_SILENCES),
    route('/api/v2/silence/:id', async () => NO_SILENCE, NO_SILENCE),
  ];
}

/** `filter` (several: all must hold), `receiver`, `active`. */
function firingQuery(query: unknown): FiringQuery {
  const { filter, receiver, active } = query as Readonly<Record<string, string | readonly string[] | undefined>>;
  const given = (filter === undefined ? [] : [filter].flat()) as readonly string[];
  return {
    filters: given.filter((text) => text.trim() !== ''),
    receiver: receiver === undefined || receiver === '' ? undefined : String(receiver),
    active: active !== 'false',
  };
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
