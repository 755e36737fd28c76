import * as z from 'zod';
import { clip, codePoints } from '../core/notice/clip.ts';
import { PLAIN, textOr } from '../core/notice/compose.ts';
import type { Tone } from '../core/notice/wording.ts';
import {
  baseUrl,
  defineChannel,
  failureOf,
  objectIn,
  plainPart,
  secretText,
  sendJson,
  serverOf,
  textIn,
} from './contract.ts';

const options = z.strictObject({
  base_url: baseUrl().describe('Server'),
  token: secretText(255).describe('Token of an application'),
});

// Gotify names no limits; clients show a few lines of it.
const LIMITS = { message: 8_000, title: 300 };
// 8 and more sound loudly, 4 to 7 sound, below is quiet.
const PRIORITIES: Readonly<Record<Tone, number>> = { critical: 8, warning: 5, info: 2, resolved: 2, neutral: 4 };

/** Gotify, on a server of one's own. */
export const gotify = defineChannel({
  name: 'gotify',
  summary: 'Gotify, on a server of your own',
  traits: {
    ...{ edits: false, threads: false, keepsIncidents: false, idempotent: false, onResolved: 'tell' },
    ...{ markup: 'plain', rate: { perSecond: 2, burst: 20 } },
  },
  options,
  fromUrl: (url) => {
    const [, path = '', token = ''] = /^(.*?)\/?([^/]*)$/.exec(url.pathname) ?? [];
    const user = plainPart(url.username);
    return user === ''
      ? { base_url: serverOf(url) + path, token: plainPart(token) }
      : { base_url: serverOf(url) + url.pathname, token: user };
  },
  bind({ base_url: base, token }, world) {
    return {
      place: new URL(base).host,
      async deliver(message, { wording, rendered, signal }) {
        const click = message.links.incident;
        const value = {
          title: clip(wording.title, LIMITS.title),
          message: textOr(rendered.text, wording, PLAIN, { most: LIMITS.message, measure: codePoints }, 'when'),
          priority: PRIORITIES[wording.tone],
          extras: {
            // Markdown would load images from anywhere.
            'client::display': { contentType: 'text/plain' },
            ...(click !== null && { 'client::notification': { click: { url: click } } }),
          },
        };
        // In a header, for addresses are logged.
        const headers = { 'x-gotify-key': token.reveal() };
        const result = await sendJson(world, new URL(`${base}/message`), value, signal, { headers });
        const answer = objectIn(result.body);
        if (!result.ok) return failureOf(result, textIn(answer, 'errorDescription'));
        return { ok: true, ref: textIn(answer, 'id'), answer: `HTTP ${result.status}` };
      },
    };
  },
});
