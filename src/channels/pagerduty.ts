import * as z from 'zod';
import { clip, utf8Bytes } from '../core/notice/clip.ts';
import type { DeliveryResult } from '../core/notice/delivery.ts';
import { isDigestOfEnds, isOver, type NoticeMessage } from '../core/notice/message.ts';
import {
  baseUrl,
  closeEach,
  type DeliveryContext,
  defineChannel,
  failureOf,
  isClosing,
  objectIn,
  plainPart,
  secretText,
  sendJson,
  serverOf,
} from './contract.ts';

const KEY = 'must be the 32 characters of an integration key (Events API v2)';
const options = z.strictObject({
  routing_key: secretText(32)
    .refine((key) => /^[\w-]{32}$/.test(key.reveal()), KEY)
    .describe('Integration key of a service or an event orchestration'),
  base_url: baseUrl().default('https://events.pagerduty.com').describe('In the EU https://events.eu.pagerduty.com'),
});

const LIMITS = { summary: 1024, source: 255, bytes: 512_000, detail: 20_000 };

/** PagerDuty, by the Events API v2: an incident of the hub is an alert there, opened, acknowledged and resolved by its key. */
export const pagerduty = defineChannel({
  name: 'pagerduty',
  summary: 'PagerDuty, by the Events API v2, which keeps incidents of its own',
  traits: {
    ...{ edits: false, threads: false, keepsIncidents: true, idempotent: true, onResolved: 'tell' },
    acknowledges: true,
    ...{ markup: 'plain', rate: { perSecond: 2, burst: 20 } },
  },
  options,
  fromUrl: (url) =>
    url.username === ''
      ? { routing_key: plainPart(url.host) }
      : { routing_key: plainPart(url.username), base_url: serverOf(url) },
  bind({ routing_key: key, base_url: base }, world) {
    const url = new URL(`${base}/v2/enqueue`);
    return {
      place: url.host,
      async deliver(message, context) {
        const send = async (event: PagerDutyEvent): Promise<DeliveryResult> => {
          const result = await sendJson(world, url, { routing_key: key.reveal(), ...event }, context.signal);
          const { errors, message: said } = objectIn(result.body);
          if (result.ok) return { ok: true, ref: event.dedup_key, answer: String(said ?? `HTTP ${result.status}`) };
          const why = Array.isArray(errors) ? errors.filter((one) => typeof one === 'string').join('; ') : '';
          return failureOf(result, why);
        };
        const event = bounded(eventOf(message, context));
        const isQuiet = isDigestOfEnds(message) || isClosing(message, context.progress);
        const own = isQuiet ? { ok: true as const, ref: event.dedup_key, answer: 'resolved' } : await send(event);
        if (!own.ok) return own;
        const failure = await closeEach(message, context.progress, async (dedup_key) => {
          const closed = await send({ ...event, event_action: 'resolve', dedup_key });
          return closed.ok ? null : closed;
        });
        return failure ?? own;
      },
    };
  },
});

function actionOf(message: NoticeMessage): 'trigger' | 'acknowledge' | 'resolve' {
  if (isOver(message)) return 'resolve';
  return message.acknowledges ? 'acknowledge' : 'trigger';
}

/** The payload stands in a resolve, too: rules of event orchestrations route by it. */
function eventOf(message: NoticeMessage, { wording, rendered }: DeliveryContext) {
  const { incident, alerts, hub, phase } = message;
  const { links, facts, items, more, evidence, remarks } = wording;
  const details = {
    ...Object.fromEntries(facts.map(({ name, value }) => [name, value])),
    ...(rendered.text !== undefined && { text: clip(rendered.text, LIMITS.detail) }),
    alerts: more > 0 ? [...items, `and ${more} more`] : items,
    ...(remarks.length > 0 && { remarks }),
    ...(evidence.length > 0 && { evidence: evidence.map(({ name, value }) => `${name}: ${value}`) }),
    monitor_incident: incident.id,
    ...(hub.marker !== '' && { monitor_hub: hub.marker }),
  };
  const labels = alerts[0]?.labels ?? {};
  const optional = (field: string, value: string | undefined) => (value ? { [field]: clip(value, LIMITS.source) } : {});
  return {
    event_action: actionOf(message),
    dedup_key: phase === 'test' || phase === 'digest' ? message.key : incident.dedupKey,
    payload: {
      summary: clip(wording.headline, LIMITS.summary),
      source: clip(alerts[0]?.origin || labels.instance || labels.hostname || hub.name || 'monitor', LIMITS.source),
      severity: incident.severity,
      timestamp: new Date(incident.startedAt).toISOString(),
      ...optional('component', labels.service ?? labels.job),
      ...optional('group', labels.cluster ?? labels.environment),
      ...optional('class', alerts[0]?.name),
      custom_details: details,
    },
    links: links.map(({ label, url }) => ({ href: url, text: label })),
    client: 'monitor',
    ...(message.links.incident !== null && { client_url: message.links.incident }),
  };
}

type PagerDutyEvent = { readonly event_action: 'trigger' | 'acknowledge' | 'resolve'; readonly dedup_key: string };

/** An event that is too large is refused whole. */
function bounded<
  E extends {
    readonly payload: {
      readonly custom_details: { readonly monitor_incident?: string; readonly monitor_hub?: string };
    };
  },
>(event: E) {
  if (utf8Bytes(JSON.stringify(event)) <= LIMITS.bytes) return event;
  const { monitor_incident, monitor_hub } = event.payload.custom_details;
  const kept = { ...(monitor_incident && { monitor_incident }), ...(monitor_hub && { monitor_hub }) };
  const left = { error: `Left out: the event was larger than ${LIMITS.bytes} bytes`, ...kept };
  return { ...event, payload: { ...event.payload, custom_details: left } };
}
