import { randomUUID } from 'node:crypto';
import { actorOf, signedBy } from '../../core/access/principal.ts';
import type { Action, ActionResult } from '../../core/action/action.ts';
import { actionText } from '../../core/action/words.ts';
import type { IncomingAlert } from '../../core/alert/alert.ts';
import type { JsonObject } from '../../core/reading/read.ts';
import type { Removal, Removed } from '../../core/removal.ts';
import type { Answer as Committed, Submission } from '../../core/submission.ts';
import { createRecent } from '../../lib/recent.ts';
import type { AlertmanagerParts } from '../alertmanager/routes.ts';
import type { Route, RouteRequest } from '../api/route.ts';
import type { ReadDocument } from '../api/routes.ts';
import type { Reply } from '../reply.ts';
import { wholeText } from '../text.ts';
import { accountRoutes } from './account-routes.ts';
import {
  ALERTA,
  alertaJson,
  changedKept,
  closedAlert,
  incomingOf,
  type Kept,
  type Known,
  keptOf,
  withAttributes,
} from './alert.ts';
import { blackoutRoutes } from './blackout-routes.ts';
import { bulkRoutes } from './bulk-routes.ts';
import { configOf } from './config.ts';
import type { FoundAlert } from './documents.ts';
import { acceptHeartbeat, heartbeatRoutes } from './heartbeat-routes.ts';
import { unlooped, viaOf } from './loop.ts';
import { readAlertaQuery } from './query.ts';
import { AlertaError, attributesOf, listOf, objectOf, readSent, type SentAlert, secondsOf, textOf } from './read.ts';
import { alertaRoute, found, type Handler, OK } from './route.ts';
import { SHELVE_S } from './words.ts';

/** What the routes of Alerta's API need. */
export interface AlertaParts {
  readonly read: ReadDocument;
  /** Does an action; rejects when it could not be committed. */
  readonly act: (action: Action) => Promise<ActionResult>;
  /** Takes what an alert says, and resolves once that is on disk. */
  readonly submit: (submission: Submission) => Promise<Committed>;
  /** Removes what is asked. */
  readonly remove: (removal: Removal) => Promise<Removed>;
  readonly changeSilence: AlertmanagerParts['changeSilence'];
  readonly version: string;
  /** How this hub is called in the loop header. */
  readonly baseUrl: string;
  readonly now: () => number;
}

// Ids that senders gave a moment ago: the index of words, which finds them, is kept behind the history.
const REMEMBERED_IDS = 20_000;
// An alert of this event is a heartbeat, as Alerta has it by default.
const HEARTBEAT = 'Heartbeat';

/**
 * The API of Alerta 9 below `/alerta`, as its command line and its forwarder use it; what they send is theirs to be told
 * again, acted upon and removed, and what other sources tell is shown beside it. Every answer is JSON with a `status`.
 */
export function alertaRoutes(parts: AlertaParts): readonly Route[] {
  const { read, now, version } = parts;
  const desk = createDesk(parts);
  const list = (path: string, summary: string, answer: Handler) =>
    alertaRoute('GET', `/alerta${path}`, 'read', summary, answer);
  const receiving = (prefix: string): readonly Route[] => [
    alertaRoute(
      'POST',
      `${prefix}/alert`,
      'write',
      'Take an alert, as Alerta does',
      unlooped('Alert', parts.baseUrl, desk.post),
    ),
    alertaRoute(
      'PUT',
      `${prefix}/alert/:id/action`,
      'write',
      'Act on an alert, as Alerta does',
      unlooped('Action', parts.baseUrl, desk.act),
    ),
    alertaRoute(
      'DELETE',
      `${prefix}/alert/:id`,
      'write',
      'Remove an alert, as Alerta does',
      unlooped('Delete', parts.baseUrl, desk.remove),
    ),
  ];
  const each = {
    status: desk.setStatus,
    tag: desk.changed(({ tags }, body) => ({ tags: union(tags, body) })),
    untag: desk.changed(({ tags }, body) => {
      const gone = listOf(body, 'tags');
      return { tags: tags.filter((tag) => !gone.includes(tag)) };
    }),
    attributes: desk.changed(({ attributes }, body) => ({
      attributes: withAttributes(attributes, attributesOf(body.attributes)),
    })),
    action: desk.act,
    remove: desk.remove,
  };
  const change = (word: string, summary: string, answer: Handler) =>
    alertaRoute('PUT', `/alerta/alert/:id/${word}`, 'write', summary, answer);
  const counts = (by: 'environment' | 'service' | 'group' | 'tag') => async (request: RouteRequest) =>
    found(await read('alertaCounts', { ...readAlertaQuery(request.query), by }));
  return [
    ...receiving(''),
    ...receiving('/alerta'),
    list('/alert/:id', 'One alert, as Alerta gives it', async ({ params: { id = '' } }) => ({
      status: 200,
      body: { status: 'ok', total: 1, alert: (await desk.find(id)).alert },
    })),
    change('status', 'Set the status of an alert, as Alerta does', each.status),
    change('tag', 'Add tags to an alert, as Alerta does', each.tag),
    change('untag', 'Take tags from an alert, as Alerta does', each.untag),
    change('attributes', 'Change attributes of an alert, as Alerta does', each.attributes),
    change('note', 'Add a note to an alert, as Alerta does', desk.note),
    list('/alert/:id/notes', 'Notes on an alert, as Alerta gives them', desk.notes),
    list('/alerts', 'A list of alerts, as Alerta gives it', async ({ query }) => {
      const asked = readAlertaQuery(query);
      const text = await read('alertaAlerts', asked);
      if (text === undefined) throw new AlertaError(416, `page out of range: ${asked.page}`);
      return text;
    }),
    list('/alerts/count', 'How many alerts there are, as Alerta counts them', async ({ query }) =>
      found(await read('alertaCount', readAlertaQuery(query))),
    ),
    list('/alerts/history', 'The history of alerts, as Alerta gives it', async ({ query }) =>
      found(await read('alertaHistory', readAlertaQuery(query))),
    ),
    list('/alerts/groups', 'Groups of alerts, as Alerta counts them', counts('group')),
    list('/alerts/tags', 'Tags of alerts, as Alerta counts them', counts('tag')),
    list('/environments', 'Environments of alerts, as Alerta counts them', counts('environment')),
    list('/services', 'Services of alerts, as Alerta counts them', counts('service')),
    alertaRoute('GET', '/alerta/config', 'public', 'What clients of Alerta ask first', async () => ({
      status: 200,
      body: configOf(),
    })),
    ...heartbeatRoutes(parts),
    ...blackoutRoutes(parts),
    ...bulkRoutes(parts, each),
    ...accountRoutes(),
    list('/management/status', 'Version and time, as Alerta gives them', async () => ({
      status: 200,
      body: { application: 'monitor', version, time: now(), uptime: Math.round(process.uptime() * 1000), metrics: [] },
    })),
  ];
}

function union(tags: readonly string[], body: JsonObject): readonly string[] {
  return [...new Set([...tags, ...listOf(body, 'tags')])];
}

function createDesk(parts: AlertaParts) {
  const { read, act, submit, remove, now } = parts;
  const known = createRecent<string>(REMEMBERED_IDS);
  const find = async (id: string): Promise<FoundAlert> => {
    const text = await read('alertaAlert', { id: known.get(id) ?? id });
    return JSON.parse(await wholeText(found(text))) as FoundAlert;
  };
  const take = async (alert: IncomingAlert, request: RouteRequest) => {
    const actor = actorOf(request.principal);
    const head = { source: ALERTA, origin: '', actor, receivedAt: now(), via: viaOf(request) };
    const answer = await submit({ ...head, alerts: [alert], errors: [], replay: null, instance: null });
    if (answer.outcome === 'refused') throw new AlertaError(429, answer.reason);
    if (answer.leftOut !== undefined) throw new AlertaError(429, answer.leftOut);
  };
  const perform = async (
    { view, alert }: FoundAlert,
    request: RouteRequest,
    { action, text, timeout }: { readonly action: string; readonly text: string; readonly timeout: number | null },
  ): Promise<Reply> => {
    if (action === 'close' || action === 'expired') {
      if (view.status === 'resolved') throw new AlertaError(409, 'alert is already in closed status');
      await noted(view.incidentId, request, text);
      await take(closedAlert(view, now()), request);
      return OK;
    }
    if (view.incidentId === null) throw new AlertaError(409, `invalid action for current ${alert.status} status`);
    const said = { ...headOf(request, text), incidentId: view.incidentId };
    const result = await act(actionOf(action, alert.status, said, timeout, now()));
    if (result.outcome === 'done') return OK;
    if (result.outcome === 'unchanged') throw new AlertaError(409, `alert is already in ${alert.status} status`);
    throw new AlertaError(result.reason === 'not_found' ? 404 : 409, actionText(result));
  };
  const one = async <T>(name: 'alertaKnown' | 'alertaStored', sent: SentAlert): Promise<T | null> => {
    const { environment, resource, event, customer } = sent;
    const text = await read(name, { environment, resource, event, customer });
    return text === undefined ? null : (JSON.parse(await wholeText(text)) as T | null);
  };
  const related = (sent: SentAlert) => one<Known>('alertaKnown', sent);
  const kept = (sent: SentAlert) => one<FoundAlert>('alertaStored', sent);
  /** A status beside the severity is what somebody did about it elsewhere. What is so already is no fault. */
  const follow = async (stored: FoundAlert, { status }: SentAlert, request: RouteRequest) => {
    const action = status === null ? undefined : ACTION_OF_STATUS[status];
    if (action !== 'ack' && action !== 'shelve') return stored;
    try {
      await perform(stored, request, { action, text: '', timeout: null });
    } catch (error) {
      if (!(error instanceof AlertaError && error.status === 409)) throw error;
    }
    return find(stored.view.id);
  };
  const noted = async (incidentId: string | null, request: RouteRequest, text: string) => {
    if (incidentId === null || text.trim() === '') return;
    await act({ ...headOf(request, text), incidentId, kind: 'note' });
  };
  const fieldsOf = ({ body }: RouteRequest, word: string) => {
    const given = objectOf(body ?? {});
    const action = textOf(given, word);
    if (action === null || action === '') throw new AlertaError(400, `must supply '${word}' as json data`);
    const text = given.text === undefined ? `${action} operator ${word}` : (textOf(given, 'text') ?? '');
    return { action: action.toLowerCase(), text, timeout: secondsOf(given, 'timeout') };
  };
  return {
    find,
    post: async (request: RouteRequest): Promise<Reply> => {
      const sent = readSent(request.body);
      if (sent.event === HEARTBEAT) {
        const { origin, tags, attributes, timeout, customer } = sent;
        const body = { origin: origin ?? sent.resource, tags, attributes, timeout, customer };
        const { id } = await acceptHeartbeat({ ...request, body }, parts);
        return { status: 202, body: { status: 'ok', id, message: 'Alert converted to Heartbeat' } };
      }
      const receivedId = sent.id ?? randomUUID();
      const incoming = incomingOf(sent, await related(sent), receivedId, now());
      await take(incoming, request);
      const stored = await kept(sent);
      // What was never told as wrong is nothing that is kept when it is told as over.
      const { alert } = stored === null ? unstored(incoming, receivedId, now()) : await follow(stored, sent, request);
      if (stored !== null) known.set(receivedId, stored.view.id);
      return { status: 201, body: { status: 'ok', id: alert.id, alert } };
    },
    act: async (request: RouteRequest): Promise<Reply> => {
      const wanted = fieldsOf(request, 'action');
      return perform(await find(request.params.id ?? ''), request, wanted);
    },
    setStatus: async (request: RouteRequest): Promise<Reply> => {
      const wanted = fieldsOf(request, 'status');
      const action = ACTION_OF_STATUS[wanted.action] ?? wanted.action;
      return perform(await find(request.params.id ?? ''), request, { ...wanted, action });
    },
    remove: async (request: RouteRequest): Promise<Reply> => {
      const { principal } = request;
      const { view } = await find(request.params.id ?? '');
      const by = signedBy(principal, '');
      await remove({
        kind: 'alerts',
        ids: [view.id],
        actor: actorOf(principal),
        by,
        reason: 'asked',
        via: viaOf(request),
      });
      return OK;
    },
    changed:
      (change: (kept: Kept, body: JsonObject) => Partial<Kept>) =>
      async (request: RouteRequest): Promise<Reply> => {
        const { view, alert } = await find(request.params.id ?? '');
        const body = objectOf(request.body ?? {});
        if (view.status === 'resolved')
          throw new AlertaError(409, `an alert in ${alert.status} status is not changed any more`);
        if (view.source !== ALERTA)
          throw new AlertaError(409, `this alert is told by ${view.source}, which alone can change it`);
        await take(changedKept(view, change(keptOf(view), body), now()), request);
        return OK;
      },
    note: async (request: RouteRequest): Promise<Reply> => {
      const { view, alert } = await find(request.params.id ?? '');
      const body = objectOf(request.body ?? {});
      const text = textOf(body, 'text') ?? textOf(body, 'note') ?? '';
      if (text.trim() === '') throw new AlertaError(400, "must supply 'text' or 'note' as json data");
      await noted(view.incidentId, request, text);
      const id = randomUUID();
      const at = new Date(now()).toISOString();
      const head = { id, text, user: signedBy(request.principal, ''), type: 'alert', attributes: {} };
      const times = { createTime: at, updateTime: at };
      return { status: 201, body: { status: 'ok', id, note: { ...head, ...times, related: { alert: alert.id } } } };
    },
    notes: async ({ params: { id = '' } }: RouteRequest): Promise<Reply> => {
      const { alert } = await find(id);
      const { history } = alert as typeof alert & { readonly history: readonly JsonObject[] };
      const notes = history
        .filter(({ type }) => type === 'note')
        .map(({ id: note, text, user, updateTime }) => ({
          ...{ id: note, text, user, type: 'alert', attributes: {}, createTime: updateTime, updateTime },
          related: { alert: alert.id },
        }));
      const message = notes.length === 0 ? { message: 'not found' } : {};
      return { status: 200, body: { status: 'ok', notes, total: notes.length, ...message } };
    },
  };
}

const ACTION_OF_STATUS: Readonly<Record<string, string>> = {
  ...{ open: 'open', ack: 'ack', assign: 'assign', shelved: 'shelve', closed: 'close', expired: 'close' },
};
const LONGEST_COMMENT = 4000;

function headOf(request: RouteRequest, text: string) {
  const { principal, idempotencyKey } = request;
  const comment = text.slice(0, LONGEST_COMMENT);
  const who = { actor: actorOf(principal), by: signedBy(principal, '') };
  return { id: idempotencyKey ?? randomUUID(), ...who, comment, via: viaOf(request) };
}

type Head = ReturnType<typeof headOf> & { readonly incidentId: string };

/** An action of Alerta as ours; a word that nobody knows is kept as a note. */
function actionOf(action: string, status: string, head: Head, timeoutS: number | null, now: number): Action {
  const until = (seconds: number) => now + seconds * 1000;
  switch (action) {
    case 'ack':
      return { ...head, kind: 'acknowledge', ...(timeoutS !== null && timeoutS > 0 && { until: until(timeoutS) }) };
    case 'unack':
      return { ...head, kind: 'unacknowledge' };
    case 'shelve':
      return { ...head, kind: 'shelve', until: until(timeoutS ?? SHELVE_S) };
    case 'unshelve':
      return { ...head, kind: 'unshelve' };
    case 'open':
      return { ...head, kind: OPENED_FROM[status] ?? 'reopen' };
    case 'assign':
      return { ...head, kind: 'assign', assignee: head.comment.slice(0, 200) };
    default:
      return { ...head, kind: 'note', comment: `${action}: ${head.comment}` };
  }
}

const OPENED_FROM: Readonly<Record<string, 'unacknowledge' | 'unshelve'>> = {
  ack: 'unacknowledge',
  shelved: 'unshelve',
};

/** What an alert that is not kept would look like. */
function unstored(incoming: IncomingAlert, id: string, now: number) {
  const times = { receivedAt: now, lastSeenAt: now, expiresAt: null };
  const view = { ...incoming, ...times, id, source: ALERTA, origin: '', occurrences: 1, incidentId: null };
  return { alert: { ...alertaJson(view, undefined, now), history: [] } };
}
