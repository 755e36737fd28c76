import * as z from 'zod';
import { codePoints, type Measure } from '../core/notice/clip.ts';
import { fitted, MARKDOWN, textOr } from '../core/notice/compose.ts';
import type { NoticeMessage } from '../core/notice/message.ts';
import type { Tone } from '../core/notice/wording.ts';
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
  url: secretUrl().describe('Address of an incoming webhook: https://<server>/hooks/<key>'),
  channel: line(64).optional().describe('Channel in place of that of the webhook, where it is not locked'),
  username: line(64).optional().describe('Name in place of that of the webhook, where the server allows it'),
  urgent: z.boolean().default(false).describe('Mark critical messages as urgent'),
});

// Servers before 4.x store at most 7,900 characters of attachments, text of newer ones is at most 16,383.
const LIMITS = { text: 6_000, title: 1_000, field: 200 };

/** Mattermost, by an incoming webhook. */
export const mattermost = defineChannel({
  name: 'mattermost',
  summary: 'Mattermost, by an incoming webhook',
  traits: {
    ...{ edits: false, threads: false, keepsIncidents: false, idempotent: false, onResolved: 'tell' },
    ...{ markup: 'markdown', rate: { perSecond: 1, burst: 10 } },
  },
  options,
  fromUrl: (url) => ({ url: serverOf(url) + url.pathname, ...queryOf(url) }),
  bind({ url: secret, urgent, ...names }, world) {
    const url = new URL(secret.reveal());
    return {
      place: url.host,
      async deliver(message, context) {
        const value = { ...names, ...postOf(message, context, urgent) };
        const result = await sendJson(world, url, value, context.signal);
        const said = textIn(objectIn(result.body), 'message');
        return result.ok ? { ok: true, answer: `HTTP ${result.status}` } : failureOf(result, said);
      },
    };
  },
});

const COLOURS: Readonly<Record<Tone, string>> = {
  critical: '#D63232',
  warning: '#E8A317',
  info: '#2F7DD1',
  resolved: '#36A64F',
  neutral: '#8D8D8D',
};

/** Attachments are stored as JSON, as Go writes it. */
const storedSize: Measure = (text) => codePoints(JSON.stringify(text).replace(/[<>&]/g, '\\u003c'));

function postOf(message: NoticeMessage, { wording, rendered }: DeliveryContext, urgent: boolean) {
  const limit = { most: LIMITS.text, measure: storedSize };
  const short = (text: string, most: number) => fitted(text, MARKDOWN.escape, most, codePoints) ?? '';
  const facts = rendered.text === undefined ? wording.facts.slice(0, 4) : [];
  const isUrgent = urgent && message.incident.severity === 'critical' && wording.tone === 'critical';
  return {
    text: fitted(wording.headline, MARKDOWN.bold, LIMITS.title, codePoints) ?? '',
    attachments: [
      {
        fallback: short(wording.title, LIMITS.field),
        color: COLOURS[wording.tone],
        text: textOr(rendered.text, wording, MARKDOWN, limit, 'none'),
        fields: facts.map(({ name, value }) => ({ title: short(name, 60), value: short(value, 100), short: true })),
      },
    ],
    ...(isUrgent && { priority: { priority: 'urgent' } }),
    // Kept with the post, and shown to nobody.
    ...(message.hub.marker !== '' && { props: { monitor_hub: message.hub.marker } }),
  };
}
