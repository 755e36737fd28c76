import * as z from 'zod';
import { clip, codePoints, utf8Bytes } from '../core/notice/clip.ts';
import { PLAIN, textOr } from '../core/notice/compose.ts';
import { isOver, type NoticeMessage } from '../core/notice/message.ts';
import type { Tone } from '../core/notice/wording.ts';
import {
  baseUrl,
  type DeliveryContext,
  defineChannel,
  failureOf,
  line,
  OptionError,
  objectIn,
  plainPart,
  queryOf,
  secretText,
  sendJson,
  serverOf,
  textIn,
} from './contract.ts';

const options = z.strictObject({
  topic: z
    .string()
    .regex(/^[-_A-Za-z0-9]{1,64}$/, 'must be 1 to 64 letters, digits, - and _')
    .describe('Topic; on a public server its name is as good as a password'),
  base_url: baseUrl().default('https://ntfy.sh').describe('Server'),
  token: secretText(255).optional().describe('Access token (tk_…)'),
  user: line(255).optional(),
  password: secretText(255).optional(),
});

const LIMITS = { message: 4096, title: 200, actions: 3 };
// ntfy asks for nothing: a bucket of 60 messages is filled by one each 5 s.
const REFILL_MS = 5_000;

/** ntfy, on ntfy.sh or a server of one's own. */
export const ntfy = defineChannel({
  name: 'ntfy',
  summary: 'Push messages by ntfy, with a button that acknowledges from the phone',
  traits: {
    ...{ edits: true, threads: false, keepsIncidents: false, idempotent: false, onResolved: 'tell' },
    ...{ markup: 'plain', rate: { perSecond: 0.2, burst: 30 } },
  },
  options,
  fromUrl(url) {
    const [user, password] = [plainPart(url.username), plainPart(url.password)];
    const access = user === '' ? {} : password === '' ? { token: user } : { user, password };
    // ntfy://topic is at ntfy.sh, ntfy://server/topic elsewhere.
    const path = url.pathname.replace(/^\/+|\/+$/g, '');
    return path === ''
      ? { topic: plainPart(url.host), ...access, ...queryOf(url) }
      : { base_url: serverOf(url), topic: plainPart(path), ...access, ...queryOf(url) };
  },
  bind({ topic, base_url: base, token, user, password }, world) {
    if ((user === undefined) !== (password === undefined))
      throw new OptionError('user: give user and password, or neither');
    if (token !== undefined && user !== undefined)
      throw new OptionError('token: give either token or user and password');
    const basic = () => Buffer.from(`${user}:${password?.reveal()}`).toString('base64');
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token.reveal()}` }),
      ...(user !== undefined && { authorization: `Basic ${basic()}` }),
    };
    return {
      place: new URL(base).host,
      async deliver(message, context) {
        const result = await sendJson(
          world,
          new URL(`${base}/`),
          publication(topic, message, context),
          context.signal,
          { headers },
        );
        const answer = objectIn(result.body);
        if (result.ok)
          return { ok: true, ref: sequenceOf(message, context), answer: `message ${textIn(answer, 'id')}`.trim() };
        const failure = failureOf(result, textIn(answer, 'error'));
        if (failure.kind !== 'limited') return failure;
        // 42908 is the quota of the day: what is told tomorrow helps nobody.
        if (answer.code === 42908) return { ...failure, permanent: true };
        return { ...failure, retryAfterMs: Math.max(failure.retryAfterMs ?? 0, REFILL_MS) };
      },
    };
  },
});

/**
 * What servers from 2.16 know a message by: a second one replaces the first, be it an edit or a repeat of an attempt
 * whose answer got lost. Older servers pass it over.
 */
function sequenceOf({ firstRef, incident, key }: NoticeMessage, { edit }: DeliveryContext): string {
  return edit ?? (firstRef === null ? incident.dedupKey : key);
}

const TAGS: Readonly<Record<Tone, string>> = {
  critical: 'rotating_light',
  warning: 'warning',
  info: 'information_source',
  resolved: 'white_check_mark',
  neutral: 'test_tube',
};
const PRIORITIES: Readonly<Record<Tone, number>> = { critical: 5, warning: 3, info: 2, resolved: 2, neutral: 3 };

function publication(topic: string, message: NoticeMessage, context: DeliveryContext) {
  const { wording, rendered } = context;
  const limit = { most: LIMITS.message, measure: utf8Bytes };
  const actions = wording.links.map(({ label, url }) =>
    label === 'Acknowledge' && !isOver(message)
      ? { action: 'http', label, url, method: 'POST', clear: true }
      : { action: 'view', label, url },
  );
  return {
    topic,
    sequence_id: sequenceOf(message, context),
    title: clip(wording.title, LIMITS.title, codePoints),
    message: textOr(rendered.text, { ...wording, links: [] }, PLAIN, limit, 'when'),
    tags: [TAGS[wording.tone]],
    priority: PRIORITIES[wording.tone],
    ...(message.links.incident !== null && { click: message.links.incident }),
    ...(actions.length > 0 && { actions: actions.slice(0, LIMITS.actions) }),
  };
}
