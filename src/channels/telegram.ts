import * as z from 'zod';
import { utf16Units } from '../core/notice/clip.ts';
import { composeText, HTML, PLAIN, textOr } from '../core/notice/compose.ts';
import { isOver, type NoticeMessage } from '../core/notice/message.ts';
import { RETRY_AFTER_LIMIT_MS } from '../lib/http/outbound.ts';
import {
  baseUrl,
  type DeliveryContext,
  defineChannel,
  failureOf,
  OptionError,
  objectIn,
  plainPart,
  queryOf,
  secretText,
  sendJson,
  textIn,
} from './contract.ts';

const CHAT = 'must be the number of a chat, or @name of a channel';
const options = z.strictObject({
  token: secretText(255).describe('Token of the bot, as @BotFather gives it'),
  chat: z
    .union([z.int(), z.string().regex(/^(-?\d{1,20}|@\w{1,64})$/)], { error: CHAT })
    .describe('Number of a chat (of groups negative), or @name of a channel'),
  topic: z.int().positive().optional().describe('Number of a topic of a group with topics'),
  base_url: baseUrl().default('https://api.telegram.org').describe('A Bot API server of your own'),
});

const LIMIT = { most: 4096, measure: utf16Units };

/** Telegram, as a bot, in its HTML. */
export const telegram = defineChannel({
  name: 'telegram',
  summary: 'Telegram, as a bot that replies to its first message of an incident, or edits it',
  traits: {
    ...{ edits: true, threads: true, keepsIncidents: false, idempotent: false, onResolved: 'tell' },
    // Of a group Telegram takes 20 messages a minute.
    ...{ markup: 'html', rate: { perSecond: 0.33, burst: 5 } },
  },
  options,
  // A token holds a colon: telegram://123456:secret@-1001234567890
  fromUrl: (url) => ({
    token: `${plainPart(url.username)}:${plainPart(url.password)}`,
    chat: plainPart(url.host),
    ...queryOf(url),
  }),
  bind({ token, chat: given, topic, base_url: base }, world) {
    if (!/^\d+:[\w-]+$/.test(token.reveal()))
      throw new OptionError('token: must look like 123456:ABC-DEF, as @BotFather gives it');
    const chat = typeof given === 'string' && given.startsWith('@') ? given : Number(given);
    const call = async (method: string, value: object, signal: AbortSignal) => {
      const result = await sendJson(world, new URL(`${base}/bot${token.reveal()}/${method}`), value, signal);
      return { result, answer: objectIn(result.body) };
    };
    return {
      place: `chat ${chat} at ${new URL(base).host}`,
      async deliver(message, context) {
        let text = textOf(context);
        const [place, id] = (context.edit ?? context.thread ?? '').split(' ').map(Number);
        const replies = id ? { reply_parameters: { message_id: id, allow_sending_without_reply: true } } : {};
        const target = topic === undefined ? {} : { message_thread_id: topic };
        const quiet = { disable_notification: isQuiet(message) };
        const send = (to: number | string) =>
          call(
            'sendMessage',
            { chat_id: to, ...text, ...target, ...quiet, ...(context.edit === null && replies) },
            context.signal,
          );
        const edit = () => call('editMessageText', { chat_id: place, message_id: id, ...text }, context.signal);
        const isEdit = context.edit !== null && id !== undefined;
        let [to, { result, answer }] = [chat as number | string, await (isEdit ? edit() : send(chat))];
        const said = () => textIn(answer, 'description');
        if (isEdit && /message is not modified/i.test(said()))
          return { ok: true, ref: context.edit ?? '', answer: 'not modified' };
        if (isEdit && /message (to edit not found|can't be edited)/i.test(said()))
          ({ result, answer } = await send(chat));
        if (/can't parse entities/i.test(said())) {
          text = plainOf(context);
          ({ result, answer } = await (isEdit ? edit() : send(to)));
        }
        const { migrate_to_chat_id: moved, retry_after: wait } = parametersOf(answer);
        if (typeof moved === 'number') {
          to = moved;
          ({ result, answer } = await send(to));
        }
        if (result.ok && answer.ok === true) {
          const sent = objectIn(JSON.stringify(answer.result ?? null));
          const note = to === chat ? 'ok' : `ok; the chat has moved: set chat to ${to}`;
          return { ok: true, ref: `${to} ${textIn(sent, 'message_id') || id}`, answer: note };
        }
        if (result.ok)
          return { ok: false, kind: 'invalid', permanent: true, reason: `this is not Telegram's Bot API: ${base}` };
        const asked = typeof wait === 'number' ? { retryAfterMs: Math.min(wait * 1000, RETRY_AFTER_LIMIT_MS) } : {};
        const failure = failureOf(result, said());
        const isGone = result.status === 400 && /chat not found/i.test(said());
        return { ...failure, ...asked, ...(isGone && { kind: 'gone' as const }) };
      },
    };
  },
});

interface Text {
  readonly text: string;
  readonly parse_mode?: 'HTML';
  readonly link_preview_options: object;
}

function textOf({ wording, rendered }: DeliveryContext): Text {
  return {
    text: textOr(rendered.text, wording, HTML, LIMIT),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
  };
}

function plainOf({ wording }: DeliveryContext): Text {
  return { text: composeText(wording, PLAIN, LIMIT), link_preview_options: { is_disabled: true } };
}

function isQuiet(message: NoticeMessage): boolean {
  return isOver(message) || message.incident.severity === 'info';
}

function parametersOf(answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return objectIn(JSON.stringify(answer.parameters ?? null));
}
