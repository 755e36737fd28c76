import * as z from 'zod';
import { utf8Bytes } from '../core/notice/clip.ts';
import { HTML, PLAIN, textOr } from '../core/notice/compose.ts';
import { RETRY_AFTER_LIMIT_MS } from '../lib/http/outbound.ts';
import {
  baseUrl,
  type DeliveryContext,
  defineChannel,
  failureOf,
  objectIn,
  plainPart,
  queryOf,
  secretText,
  sendJson,
  serverOf,
  textIn,
} from './contract.ts';

const options = z.strictObject({
  base_url: baseUrl().describe('Homeserver'),
  token: secretText(1024).describe('Access token of the account that writes'),
  room: z
    .string()
    .regex(/^[!#][^\s\p{Cc}]{1,254}$/u, 'must be a room, such as !abc:example.com')
    .describe('Id of the room, !…:server, or its alias, #…:server'),
});

// An event has 65,536 bytes with everything in it, and an edit holds its texts twice.
const BUDGET = 10_000;

/** A room of Matrix; its transaction id makes a repeat harmless. Encrypted rooms show the messages as unencrypted. */
export const matrix = defineChannel({
  name: 'matrix',
  summary: 'Matrix, in a room without encryption, with edits and threads',
  traits: {
    ...{ edits: true, threads: true, keepsIncidents: false, idempotent: true, onResolved: 'tell' },
    ...{ markup: 'html', rate: { perSecond: 0.2, burst: 10 } },
  },
  options,
  // matrix://token@server/!room:server
  fromUrl: (url) => ({
    base_url: serverOf(url),
    token: plainPart(url.username || url.password),
    room: plainPart(url.pathname.slice(1)) || plainPart(url.hash),
    ...queryOf(url),
  }),
  bind({ base_url: base, token, room }, world) {
    const headers = { authorization: `Bearer ${token.reveal()}` };
    const call = async (method: 'PUT' | 'POST', path: string, value: object, signal: AbortSignal) => {
      const result = await sendJson(world, new URL(`${base}/_matrix/client/v3/${path}`), value, signal, {
        method,
        headers,
      });
      return { result, answer: objectIn(result.body) };
    };
    return {
      place: `${room} at ${new URL(base).host}`,
      async deliver(message, context) {
        const content = contentOf(context);
        const send = (id: string) =>
          call('PUT', `rooms/${encodeURIComponent(id)}/send/m.room.message/${message.key}`, content, context.signal);
        let id = room;
        let { result, answer } = await send(room);
        if (!result.ok && (answer.errcode === 'M_FORBIDDEN' || room.startsWith('#'))) {
          const joined = await call('POST', `join/${encodeURIComponent(room)}`, {}, context.signal);
          id = textIn(joined.answer, 'room_id') || room;
          ({ result, answer } = joined.result.ok ? await send(id) : joined);
        }
        if (result.ok) return { ok: true, ref: textIn(answer, 'event_id'), answer: `HTTP ${result.status}` };
        const wait = answer.retry_after_ms;
        const asked =
          typeof wait === 'number' ? { retryAfterMs: Math.min(Math.max(0, wait), RETRY_AFTER_LIMIT_MS) } : {};
        return { ...failureOf(result, `${textIn(answer, 'errcode')} ${textIn(answer, 'error')}`.trim()), ...asked };
      },
    };
  },
});

function contentOf({ wording, rendered, edit, thread }: DeliveryContext) {
  const limit = { most: BUDGET, measure: utf8Bytes };
  const html = textOr(rendered.html ?? rendered.text, wording, HTML, limit).replaceAll('\n', '<br>');
  const text = {
    msgtype: 'm.text',
    body: textOr(undefined, wording, PLAIN, limit),
    format: 'org.matrix.custom.html',
    formatted_body: html,
  };
  if (edit !== null) {
    return {
      ...text,
      body: `* ${text.body}`,
      'm.new_content': text,
      'm.relates_to': { rel_type: 'm.replace', event_id: edit },
    };
  }
  if (thread === null) return text;
  const relation = {
    rel_type: 'm.thread',
    event_id: thread,
    is_falling_back: true,
    'm.in_reply_to': { event_id: thread },
  };
  return { ...text, 'm.relates_to': relation };
}
