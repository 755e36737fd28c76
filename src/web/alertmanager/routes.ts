import { type Principal, principalKey, signedBy } from '../../core/access/principal.ts';
import { MatchersError, parseMatchers } from '../../core/policy/matchers.ts';
import type { MatcherSpec, SilenceState } from '../../core/policy/silence.ts';
import type { SilenceAction } from '../../core/policy/silence-change.ts';
import { uuidOf, uuidv7 } from '../../lib/crypto/ids.ts';
import { anchoredRegex, RegexError } from '../../lib/regex.ts';
import type { SilenceResult } from '../../pipeline/silences.ts';
import { matcherTest } from '../api/muting.ts';
import { type Route, type RouteRequest, route } from '../api/route.ts';
import type { ReadDocument } from '../api/routes.ts';
import type { Reply } from '../reply.ts';
import { problemText, readPostedSilence } from './post-silence.ts';
import { type FiringQuery, RECEIVER } from './views.ts';

/** What the routes of Alertmanager's API need. */
export interface AlertmanagerParts {
  readonly read: ReadDocument;
  /** Does something to silences; rejects when it could not be committed. */
  readonly changeSilence: (action: SilenceAction) => Promise<SilenceResult>;
  readonly version: string;
  readonly now: () => number;
}

const NOTHING: Reply = { status: 200, body: [] };
const NO_SILENCE = 'silence not found';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ACTOR = 'alertmanager';

/**
 * Alertmanager's API version 2 (prometheus/alertmanager `api/v2/openapi.yaml`), as `amtool` and dashboards use it: what
 * fires at any source, as if it were an Alertmanager's, and silences. Errors are JSON texts, as there.
 */
export function alertmanagerRoutes(parts: AlertmanagerParts): readonly Route[] {
  const { read, changeSilence } = parts;
  const startedAt = parts.now();
  const reading = (path: string, summary: string, answer: Route['answer']): Route =>
    route({ method: 'GET', path, role: 'read', summary, answer });
  const firing = (name: 'firing' | 'firingGroups') => (request: RouteRequest) =>
    readable(async () => (await read(name, firingQuery(request.query))) ?? NOTHING);
  return [
    { ...reading('/api/v2/alerts', 'What fires, as Alertmanager lists it', firing('firing')), isPosted: true },
    reading('/api/v2/alerts/groups', 'The same, by incident', firing('firingGroups')),
    reading('/api/v2/status', 'Version, and a configuration that amtool can read', async () => ({
      status: 200,
      body: statusOf(parts.version, startedAt),
    })),
    reading('/api/v2/receivers', 'The one receiver', async () => ({ status: 200, body: [{ name: RECEIVER }] })),
    reading('/api/v2/silences', 'All silences, as Alertmanager lists them', ({ query }) =>
      readable(async () => (await read('alertmanagerSilences', silenceQuery(query))) ?? NOTHING),
    ),
    route({
      method: 'POST',
      path: '/api/v2/silences',
      role: 'write',
      summary: 'Create or change a silence',
      isKeyed: true,
      answer: (request) => postSilence(request, parts),
    }),
    reading(
      '/api/v2/silence/:id',
      'One silence',
      async ({ params: { id = '' } }) =>
        notUuid(id) ??
        (await read('alertmanagerSilence', { id: id.toLowerCase() })) ?? { status: 404, body: NO_SILENCE },
    ),
    route({
      method: 'DELETE',
      path: '/api/v2/silence/:id',
      role: 'write',
      summary: 'End a silence',
      answer: async ({ params: { id = '' }, principal }) => {
        const wrong = notUuid(id);
        if (wrong !== null) return wrong;
        const { outcome } = await changeSilence({
          ...{ type: 'end_silence', id: uuidv7(parts.now()), silenceId: id.toLowerCase(), kind: null },
          actor: signedBy(principal, ACTOR),
        });
        return outcome === 'not_found' ? { status: 404, body: NO_SILENCE } : { status: 200, body: undefined };
      },
    }),
  ];
}

async function postSilence(
  { body, idempotencyKey, principal }: RouteRequest,
  { changeSilence, now }: AlertmanagerParts,
): Promise<Reply> {
  const posted = readPostedSilence(body);
  if (!posted.ok) return posted.reply;
  const result = await changeSilence({
    ...{ type: 'set_silence', id: actionId(idempotencyKey, principal, now()), origin: 'alertmanager' },
    actor: signedBy(principal, ACTOR),
    request: { ...posted.request, createdBy: signedBy(principal, posted.request.createdBy) },
  });
  switch (result.outcome) {
    case 'not_found':
    case 'ambiguous':
      return { status: 404, body: NO_SILENCE };
    case 'invalid':
      return { status: 400, body: problemText(result.problems) };
    default:
      return { status: 200, body: { silenceID: result.silence.id } };
  }
}

/** It becomes the id of a silence that is made; a request that is sent again under its key makes no second one. */
export function actionId(idempotencyKey: string | null, principal: Principal | null, now: number): string {
  if (idempotencyKey === null) return uuidv7(now);
  const key = principalKey(principal);
  return uuidOf(key === 'api' ? `silence ${idempotencyKey}` : `silence ${key} ${idempotencyKey}`);
}

function notUuid(id: string): Reply | null {
  if (UUID.test(id)) return null;
  const message = `silenceID in path must be of type uuid: ${JSON.stringify(id.slice(0, 100))}`;
  return { status: 422, body: { code: 601, message } };
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** `filter` (several: all must hold), `receiver`, and which of the states are wanted. */
function firingQuery(query: unknown): FiringQuery {
  const { filter, receiver, active, silenced, inhibited } = query as Query;
  const filters = filtersOf(filter);
  const wanted = receiver === undefined || receiver === '' ? undefined : String(receiver);
  // Tried here, for what is wrong with them is the answer.
  matcherTest(filters);
  if (wanted !== undefined) anchoredRegex(wanted);
  return {
    ...{ filters, receiver: wanted },
    ...{ active: isYes(active), silenced: isYes(silenced), inhibited: isYes(inhibited) },
  };
}

function silenceQuery(query: unknown) {
  const { filter, active, pending, expired } = query as Query;
  const filters = filtersOf(filter);
  matcherTest(filters);
  const given: readonly (readonly [SilenceState, Query[string]])[] = [
    ['active', active],
    ['pending', pending],
    ['expired', expired],
  ];
  return { filters, states: given.filter(([, word]) => isYes(word)).map(([state]) => state) };
}

function filtersOf(filter: Query[string]): readonly MatcherSpec[] {
  const given = filter === undefined ? [] : [filter].flat();
  return given
    .filter((text) => text.trim() !== '')
    .flatMap((text) => {
      try {
        return parseMatchers(text);
      } catch (error) {
        throw error instanceof MatchersError ? new MatchersError(`bad matcher format: ${text.slice(0, 200)}`) : error;
      }
    });
}

// What the library behind Alertmanager's API takes for true; everything else is false.
const YES = ['true', '1', 'yes', 'ok', 'y', 'on', 'selected', 'checked', 't', 'enabled'];

function isYes(word: Query[string]): boolean {
  const text = String([word ?? ''].flat().at(-1)).toLowerCase();
  return text === '' || YES.includes(text);
}

/** What cannot be read of a query is answered with its text. */
async function readable<T>(answer: () => Promise<T>): Promise<T | Reply> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof MatchersError || error instanceof RegexError) return { status: 400, body: error.message };
    throw error;
  }
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
