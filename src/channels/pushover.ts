import * as z from 'zod';
import { clip, codePoints } from '../core/notice/clip.ts';
import { PLAIN, textOr } from '../core/notice/compose.ts';
import { notDelivered } from '../core/notice/delivery.ts';
import { isOver, type NoticeMessage } from '../core/notice/message.ts';
import type { Tone } from '../core/notice/wording.ts';
import {
  baseUrl,
  type DeliveryContext,
  defineChannel,
  failureOf,
  line,
  objectIn,
  plainPart,
  queryOf,
  secretText,
  sendJson,
  textIn,
} from './contract.ts';

const options = z.strictObject({
  token: secretText(64).describe('API token of the application'),
  user: secretText(255).describe('Key of a user or of a group'),
  device: line(255).optional(),
  sound: line(64).optional(),
  emergency: z
    .boolean()
    .default(false)
    .describe('Repeat critical messages each minute until somebody acknowledges them'),
  base_url: baseUrl().default('https://api.pushover.net'),
});

const LIMITS = { message: 1024, title: 250, url: 512, urlTitle: 100 };
const EMERGENCY = { priority: 2, retry: 60, expire: 3600 };
const PRIORITIES: Readonly<Record<Tone, number>> = { critical: 1, warning: 0, info: -1, resolved: -1, neutral: 0 };

/** Pushover; a critical message may ring until it is acknowledged or the incident is over. */
export const pushover = defineChannel({
  name: 'pushover',
  summary: 'Pushover; critical messages may ring until somebody acknowledges them',
  traits: {
    ...{ edits: false, threads: false, keepsIncidents: false, idempotent: false, onResolved: 'tell' },
    ...{ markup: 'plain', rate: { perSecond: 1, burst: 10 } },
  },
  options,
  fromUrl: (url) => ({ user: plainPart(url.username), token: plainPart(url.host), ...queryOf(url) }),
  bind({ token, user, device, sound, emergency, base_url: base }, world) {
    const call = (path: string, value: object, signal: AbortSignal) =>
      sendJson(world, new URL(`${base}/1/${path}`), { token: token.reveal(), ...value }, signal);
    return {
      place: new URL(base).host,
      traits: { acknowledges: emergency },
      async deliver(message, context) {
        const receipt = message.firstRef ?? '';
        // It rings at the latest until it expires: that it cannot be stopped keeps nobody from being told.
        if (isOver(message) && /^\w{10,64}$/.test(receipt))
          await call(`receipts/${receipt}/cancel.json`, {}, context.signal);
        // The first message is not the only one that may ring: so do reminders, and what became critical later.
        const stop = () => call(`receipts/cancel_by_tag/${tagOf(message)}.json`, {}, context.signal);
        if (message.acknowledges) {
          const stopped = await stop();
          return stopped.ok ? { ok: true, answer: 'stopped' } : failureOf(stopped);
        }
        if (isOver(message) && emergency) await stop();
        const where = { user: user.reveal(), ...(device && { device }), ...(sound && { sound }) };
        const result = await call(
          'messages.json',
          { ...where, ...textsOf(message, context, emergency) },
          context.signal,
        );
        const answer = objectIn(result.body);
        const said = Array.isArray(answer.errors) ? answer.errors.join('; ') : '';
        if (!result.ok) return withFault(failureOf(result, said), said);
        if (answer.status !== 1) return notDelivered('invalid', true, `Pushover: ${said || 'no answer of its API'}`);
        return { ok: true, ref: textIn(answer, 'receipt'), answer: `request ${textIn(answer, 'request')}` };
      },
    };
  },
});

/** By which all that rings for an episode is stopped at once. */
function tagOf({ incident }: NoticeMessage): string {
  return incident.dedupKey;
}

function textsOf(message: NoticeMessage, { wording, rendered }: DeliveryContext, emergency: boolean) {
  const [link] = wording.links.filter(({ url }) => url.length <= LIMITS.url);
  const limit = { most: LIMITS.message, measure: codePoints };
  return {
    title: clip(wording.title, LIMITS.title),
    message: textOr(rendered.text, { ...wording, links: [] }, PLAIN, limit, 'when'),
    timestamp: Math.floor(message.at / 1000),
    ...(link !== undefined && { url: link.url, url_title: clip(link.label, LIMITS.urlTitle) }),
    ...(emergency && wording.tone === 'critical'
      ? { ...EMERGENCY, tags: tagOf(message) }
      : { priority: PRIORITIES[wording.tone] }),
  };
}

/** Wrong keys are answered 400 like all else. */
function withFault(failure: ReturnType<typeof notDelivered>, said: string) {
  if (!/application token is invalid|user identifier|user key is invalid/i.test(said)) return failure;
  return { ...failure, kind: 'unauthorized' as const };
}
