import * as z from 'zod';
import { clip, utf8Bytes } from '../core/notice/clip.ts';
import { type Style, textOr } from '../core/notice/compose.ts';
import { defineChannel, failureOf, objectIn, secretUrl, sendJson, textIn, webAddressOf } from './contract.ts';

const options = z.strictObject({
  url: secretUrl().describe('Address of the webhook of a space; its key and token are in it'),
});

const LIMITS = { text: 4000, title: 1000 };

// Google Chat has no escape for its own marks: a zero-width space takes their meaning from them.
const neutral = (text: string) => text.replace(/[*_~`<>]/g, '$&\u200b').replaceAll('@', '@\u200b');
const STYLE: Style = {
  escape: neutral,
  bold: (text) => `*${neutral(clip(text, LIMITS.title))}*`,
  link: (label, url) => `<${url.replaceAll('|', '%7C').replaceAll('>', '%3E')}|${label}>`,
};

/** A space of Google Chat, by a webhook; messages of one incident hang together in a thread. */
export const googlechat = defineChannel({
  name: 'googlechat',
  summary: 'Google Chat, by a webhook of a space, one thread an incident',
  traits: {
    ...{ edits: false, threads: true, keepsIncidents: false, idempotent: false, onResolved: 'tell' },
    ...{ markup: 'plain', rate: { perSecond: 1, burst: 1 } },
  },
  options,
  fromUrl: (url) => ({ url: webAddressOf(url) }),
  bind({ url: secret }, world) {
    const url = new URL(secret.reveal());
    // Without a thread key the option is an error.
    url.searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD');
    return {
      place: url.host,
      async deliver(message, { wording, rendered, signal }) {
        const value = {
          text: textOr(rendered.text, wording, STYLE, { most: LIMITS.text, measure: utf8Bytes }),
          thread: { threadKey: message.incident.dedupKey },
        };
        const result = await sendJson(world, url, value, signal);
        const answer = objectIn(result.body);
        if (result.ok) return { ok: true, ref: textIn(answer, 'name'), answer: `HTTP ${result.status}` };
        return failureOf(result, textIn(objectIn(JSON.stringify(answer.error ?? null)), 'message'));
      },
    };
  },
});
