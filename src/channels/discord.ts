import * as z from 'zod';
import { clip, codePoints, utf16Units } from '../core/notice/clip.ts';
import { fitted, MARKDOWN, textOr } from '../core/notice/compose.ts';
import type { NoticeMessage } from '../core/notice/message.ts';
import type { Tone } from '../core/notice/wording.ts';
import { RETRY_AFTER_LIMIT_MS } from '../lib/http/outbound.ts';
import {
  type DeliveryContext,
  defineChannel,
  failureOf,
  line,
  objectIn,
  queryOf,
  secretUrl,
  sendJson,
  serverOf,
  textIn,
} from './contract.ts';

const options = z.strictObject({
  url: secretUrl().describe('Address of the webhook: https://discord.com/api/webhooks/<id>/<token>'),
  thread_id: z
    .string()
    .regex(/^\d{1,20}$/, 'must be the digits of a thread')
    .optional()
    .describe('Thread, or post of a forum'),
  username: line(80).optional().describe('Name in place of that of the webhook'),
});

const LIMITS = { title: 256, description: 4096, fields: 25, name: 256, value: 1024, footer: 2048, total: 6000 };
const UNKNOWN_MESSAGE = 10008;

/** Discord, by a webhook, which can edit what it has sent. */
export const discord = defineChannel({
  name: 'discord',
  summary: 'Discord, by a webhook that edits its first message of an incident where it is told to',
  traits: {
    ...{ edits: true, threads: false, keepsIncidents: false, idempotent: false, onResolved: 'tell' },
    ...{ markup: 'markdown', rate: { perSecond: 0.5, burst: 5 } },
  },
  options,
  fromUrl(url) {
    const { thread_id, username, ...rest } = queryOf(url);
    const query = { ...(thread_id && { thread_id }), ...(username && { username }), ...rest };
    // discord://<id>/<token> is short for the address at discord.com.
    const isShort = /^\d+$/.test(url.host);
    return {
      url: isShort ? `https://discord.com/api/webhooks/${url.host}${url.pathname}` : serverOf(url) + url.pathname,
      ...query,
    };
  },
  bind({ url: secret, thread_id: thread, username }, world) {
    const base = secret.reveal();
    const address = (path: string) => {
      const url = new URL(base);
      url.pathname = url.pathname.replace(/\/+$/, '') + path;
      url.search = new URLSearchParams({ wait: 'true', ...(thread !== undefined && { thread_id: thread }) }).toString();
      return url;
    };
    const name = username === undefined ? {} : { username };
    return {
      place: new URL(base).host,
      async deliver(message, context) {
        const value = { ...name, allowed_mentions: { parse: [] }, embeds: [embedOf(message, context)] };
        const post = () => sendJson(world, address(''), value, context.signal);
        let result =
          context.edit === null
            ? await post()
            : await sendJson(world, address(`/messages/${context.edit}`), value, context.signal, { method: 'PATCH' });
        let answer = objectIn(result.body);
        if (!result.ok && context.edit !== null && answer.code === UNKNOWN_MESSAGE) {
          result = await post();
          answer = objectIn(result.body);
        }
        if (result.ok) return { ok: true, ref: textIn(answer, 'id'), answer: `HTTP ${result.status}` };
        const wait = answer.retry_after;
        const asked =
          typeof wait === 'number' && wait >= 0
            ? { retryAfterMs: Math.min(Math.ceil(wait * 1000), RETRY_AFTER_LIMIT_MS) }
            : {};
        return { ...failureOf(result), ...asked };
      },
    };
  },
});

const COLOURS: Readonly<Record<Tone, number>> = {
  critical: 0xd63232,
  warning: 0xe8a317,
  info: 0x2f7dd1,
  resolved: 0x36a64f,
  neutral: 0x8d8d8d,
};

function embedOf(message: NoticeMessage, { wording, rendered }: DeliveryContext) {
  const title = fitted(wording.title, MARKDOWN.escape, LIMITS.title, utf16Units) ?? 'monitor';
  const footer = clip(wording.footer, 200);
  const facts = rendered.text === undefined ? wording.facts.slice(0, 8) : [];
  const fields = facts.map(({ name, value }) => ({
    name: clip(name, 100),
    value: MARKDOWN.escape(clip(value, 100)),
    inline: true,
  }));
  // All texts of a message together have a limit, too; Discord does not say whether it counts units or code points.
  const others = [title, footer, ...fields.flatMap(({ name, value }) => [name, value])];
  const used = others.reduce((sum, text) => sum + utf16Units(text), 0);
  const most = Math.min(LIMITS.description, LIMITS.total - used);
  const description = textOr(rendered.text, wording, MARKDOWN, { most, measure: utf16Units }, 'when');
  const url = wording.links.find(({ label }) => label === 'Incident')?.url;
  return {
    title,
    description: codePoints(description) === 0 ? '-' : description,
    ...(url !== undefined && { url }),
    color: COLOURS[wording.tone],
    timestamp: new Date(message.at).toISOString(),
    ...(fields.length > 0 && { fields }),
    footer: { text: footer },
  };
}
