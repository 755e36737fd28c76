import * as z from 'zod';
import { clip, codePoints } from '../core/notice/clip.ts';
import { PLAIN, textOr } from '../core/notice/compose.ts';
import { type DeliveryResult, notDelivered } from '../core/notice/delivery.ts';
import { isDigestOfEnds, isOver, type NoticeMessage } from '../core/notice/message.ts';
import {
  baseUrl,
  closeEach,
  type DeliveryContext,
  defineChannel,
  failureOf,
  isClosing,
  line,
  objectIn,
  plainPart,
  queryOf,
  secretText,
  serverOf,
  textIn,
} from './contract.ts';

const PRIORITY = z.enum(['P1', 'P2', 'P3', 'P4', 'P5']);
const options = z.strictObject({
  api_key: secretText(255).describe('Key of an API integration'),
  base_url: baseUrl()
    .default('https://api.opsgenie.com')
    .describe(
      'In the EU https://api.eu.opsgenie.com; Jira Service Management: https://api.atlassian.com/jsm/ops/integration',
    ),
  responders: z
    .array(z.strictObject({ type: z.enum(['team', 'user', 'escalation', 'schedule']), name: line(255) }))
    .max(50)
    .default([])
    .describe('Who is called, beside those of the integration'),
  tags: z.array(line(50)).max(20).default([]),
  priorities: z
    .strictObject({ critical: PRIORITY.default('P1'), warning: PRIORITY.default('P3'), info: PRIORITY.default('P5') })
    .prefault({}),
});

const LIMITS = { message: 130, description: 15_000, entity: 512, source: 100, details: 8_000, note: 25_000 };

/** Opsgenie, and the same interface of Jira Service Management: an incident of the hub is an alert there, named by its alias. */
export const opsgenie = defineChannel({
  name: 'opsgenie',
  summary: 'Opsgenie and Jira Service Management, which keep incidents of their own',
  traits: {
    ...{ edits: false, threads: false, keepsIncidents: true, idempotent: true, onResolved: 'tell' },
    acknowledges: true,
    ...{ markup: 'plain', rate: { perSecond: 2, burst: 20 } },
  },
  options,
  fromUrl: (url) => {
    const path = url.pathname.replace(/\/+$/, '');
    return url.username === ''
      ? { api_key: plainPart(url.host), ...queryOf(url) }
      : { api_key: plainPart(url.username), base_url: serverOf(url) + path, ...queryOf(url) };
  },
  bind({ api_key: key, base_url: base, ...rest }, { http }) {
    const headers = { authorization: `GenieKey ${key.reveal()}`, 'content-type': 'application/json' };
    const call = (method: 'GET' | 'POST' | 'PUT', path: string, value: object | null, signal: AbortSignal) =>
      http.send({
        method,
        url: new URL(`${base}/v2/alerts${path}`),
        headers,
        body: value && JSON.stringify(value),
        signal,
      });
    const update = async (
      { message: text, description, priority }: Readonly<Record<string, unknown>>,
      byAlias: (action: string) => string,
      signal: AbortSignal,
    ) => {
      for (const [field, one] of Object.entries({ message: text, description, priority })) {
        const result = await call('PUT', byAlias(field), { [field]: one }, signal);
        // One that Opsgenie does not know yet, or somebody has closed, keeps nobody from being told.
        if (!result.ok && !result.permanent) return failed(result);
      }
      return null;
    };
    const tell = async (message: NoticeMessage, context: DeliveryContext): Promise<DeliveryResult> => {
      const { signal, progress } = context;
      const alias = aliasOf(message);
      const byAlias = (action: string) => `/${encodeURIComponent(alias)}/${action}?identifierType=alias`;
      const action = actionOf(message);
      const value = action === 'create' ? alertOf(message, context, rest) : noteOf(context);
      const result = await call('POST', action === 'create' ? '' : byAlias(action), value, signal);
      // Somebody has closed and deleted it there: nothing is left to close.
      if (!result.ok && result.status === 404 && action !== 'create')
        return { ok: true, answer: 'there is no such alert' };
      if (!result.ok) return failed(result);
      const requestId = textIn(objectIn(result.body), 'requestId');
      if (action === 'create') {
        // A repeat counts, and changes nothing: what it says now has to be set field by field.
        const failure = message.firstRef === null ? null : await update(value, byAlias, signal);
        if (failure !== null) return failure;
        return { ok: true, ref: alias, answer: `accepted, request ${requestId}` };
      }
      // A close that overtakes its alert fails later, and tells only who asks.
      const state =
        progress === undefined ? await call('GET', `/requests/${encodeURIComponent(requestId)}`, null, signal) : null;
      const { data } = objectIn(state?.body);
      const outcome = typeof data === 'object' && data !== null ? { ...data } : {};
      if (
        state?.ok &&
        'isSuccess' in outcome &&
        outcome.isSuccess === false &&
        /not exist/i.test(String('status' in outcome ? outcome.status : ''))
      ) {
        const reason = `Opsgenie does not know the alert yet: ${action} is tried once more`;
        return { ...notDelivered('unavailable', false, reason), retryAfterMs: 5_000, progress: action };
      }
      return { ok: true, answer: `accepted, request ${requestId}` };
    };
    return {
      place: new URL(base).host,
      async deliver(message, context) {
        const isQuiet = isDigestOfEnds(message) || isClosing(message, context.progress);
        const own = isQuiet
          ? { ok: true as const, ref: aliasOf(message), answer: 'closed' }
          : await tell(message, context);
        if (!own.ok) return own;
        const failure = await closeEach(message, context.progress, async (alias) => {
          const path = `/${encodeURIComponent(alias)}/close?identifierType=alias`;
          const result = await call('POST', path, noteOf(context), context.signal);
          return result.ok || result.status === 404 ? null : failed(result);
        });
        return failure ?? own;
      },
    };
  },
});

/** Why the answer is none. */
function failed(result: Parameters<typeof failureOf>[0]) {
  return throttled(failureOf(result, textIn(objectIn(result.body), 'message')), result.headers);
}

function throttled(failure: ReturnType<typeof notDelivered>, headers: Readonly<Record<string, string>> = {}) {
  const seconds = Number(headers['x-ratelimit-period-in-sec']);
  const isAsked = failure.kind === 'limited' && failure.retryAfterMs === undefined && seconds > 0;
  return isAsked ? { ...failure, retryAfterMs: Math.min(seconds, 3600) * 1000 } : failure;
}

function aliasOf({ phase, key, incident }: NoticeMessage): string {
  return phase === 'test' || phase === 'digest' ? key : incident.dedupKey;
}

function actionOf(message: NoticeMessage): 'create' | 'close' | 'acknowledge' {
  if (isOver(message)) return 'close';
  return message.acknowledges ? 'acknowledge' : 'create';
}

function noteOf({ wording }: DeliveryContext) {
  return {
    source: 'monitor',
    user: 'monitor',
    note: clip([wording.headline, ...wording.remarks].join('\n'), LIMITS.note),
  };
}

function alertOf(
  message: NoticeMessage,
  { wording, rendered }: DeliveryContext,
  chosen: Omit<z.output<typeof options>, 'api_key' | 'base_url'>,
) {
  const { incident, alerts, hub } = message;
  const limit = { most: LIMITS.description, measure: codePoints };
  return {
    message: clip(wording.title, LIMITS.message),
    alias: aliasOf(message),
    description: textOr(rendered.text, wording, PLAIN, limit),
    ...(chosen.responders.length > 0 && { responders: chosen.responders }),
    tags: [...chosen.tags, 'monitor'].slice(0, 20),
    details: boundedDetails({
      ...(hub.marker !== '' && { monitor_hub: hub.marker }),
      ...(alerts[0]?.labels ?? {}),
      monitor_incident: incident.id,
    }),
    entity: clip(alerts[0]?.origin || alerts[0]?.labels.instance || alerts[0]?.name || incident.title, LIMITS.entity),
    source: clip('monitor', LIMITS.source),
    priority: chosen.priorities[incident.severity],
  };
}

/** Names and values together have a limit. */
function boundedDetails(details: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  let left = LIMITS.details;
  const kept = Object.entries(details)
    .toReversed()
    .flatMap(([name, value]) => {
      const size = codePoints(name) + codePoints(value);
      if (size > left) return [];
      left -= size;
      return [[name, value.toWellFormed()] as const];
    });
  return Object.fromEntries(kept.toReversed());
}
