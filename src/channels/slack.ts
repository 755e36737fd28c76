import * as z from 'zod';
import { clip, codePoints } from '../core/notice/clip.ts';
import { MRKDWN, textOr } from '../core/notice/compose.ts';
import { notDelivered } from '../core/notice/delivery.ts';
import type { NoticeMessage } from '../core/notice/message.ts';
import type { Tone } from '../core/notice/wording.ts';
import {
  baseUrl,
  type ChannelWorld,
  type DeliveryContext,
  defineChannel,
  failureOf,
  line,
  OptionError,
  objectIn,
  plainPart,
  queryOf,
  secretText,
  secretUrl,
  sendJson,
  textIn,
  webAddressOf,
} from './contract.ts';

const options = z.strictObject({
  url: secretUrl().optional().describe('Address of an incoming webhook; it cannot edit and not reply in threads'),
  token: secretText(255).optional().describe('Bot token (xoxb-…) with the scope chat:write, in place of the webhook'),
  channel: line(255).optional().describe('With a token: id of the channel, such as C0123456789'),
  base_url: baseUrl().default('https://slack.com/api').describe('With a token: where the Web API is'),
});

// Errors of the Web API (api.slack.com/methods/chat.postMessage) that say something of the target and not of the message.
const UNAUTHORIZED =
  /^(invalid_auth|not_authed|account_inactive|token_revoked|token_expired|no_permission|missing_scope)$/;
const GONE = /^(channel_not_found|is_archived|channel_is_archived|not_in_channel|no_service|no_team|no_active_hooks)$/;
const AGAIN = /^(internal_error|fatal_error|service_unavailable|request_timeout|rollup_error|team_added_to_org)$/;
const TOO_LARGE = /^(invalid_blocks|invalid_attachments|invalid_blocks_format|msg_blocks_too_long|msg_too_long)$/;

/** Slack, by an incoming webhook, or as a bot that edits its first message of an incident and replies to it. */
export const slack = defineChannel({
  name: 'slack',
  summary: 'Slack, by an incoming webhook or as a bot that edits and replies in threads',
  traits: {
    ...{ edits: false, threads: false, keepsIncidents: false, idempotent: false, onResolved: 'tell' },
    ...{ markup: 'mrkdwn', rate: { perSecond: 1, burst: 5 } },
  },
  options,
  fromUrl(url) {
    const token = plainPart(url.username);
    if (token !== '') return { token, channel: plainPart(url.host), ...queryOf(url) };
    // slack://T000/B000/key is short for the address at hooks.slack.com.
    const isShort = !/[.:]/.test(url.host);
    return { url: isShort ? `https://hooks.slack.com/services/${url.host}${url.pathname}` : webAddressOf(url) };
  },
  bind({ url, token, channel, base_url: base }, world) {
    if ((url === undefined) === (token === undefined)) throw new OptionError('url: give either url or token');
    if (url !== undefined) {
      const address = new URL(url.reveal());
      return { place: address.host, deliver: (message, context) => byWebhook(address, message, context, world) };
    }
    if (channel === undefined) throw new OptionError('channel: a bot needs the id of the channel');
    const post = (method: string, value: object, signal: AbortSignal) =>
      sendJson(world, new URL(`${base}/${method}`), value, signal, {
        headers: { authorization: `Bearer ${token?.reveal()}` },
      });
    return {
      place: `${channel} at ${new URL(base).host}`,
      traits: { edits: true, threads: true },
      deliver: (message, context) => byBot(post, channel, message, context),
    };
  },
});

async function byWebhook(
  url: URL,
  message: NoticeMessage,
  context: DeliveryContext,
  world: Pick<ChannelWorld, 'http'>,
) {
  const send = async (layout: object) => {
    const result = await sendJson(world, url, layout, context.signal);
    return { result, said: (result.body ?? '').trim() };
  };
  let { result, said } = await send(layoutOf(message, context));
  if (!result.ok && TOO_LARGE.test(said)) ({ result, said } = await send(plainOf(context)));
  if (!result.ok) return withFault(failureOf(result), said);
  const isRefused = objectIn(said).ok === false || (said !== 'ok' && !said.startsWith('{'));
  return isRefused
    ? withFault(notDelivered('invalid', true, `Slack: ${said}`), said)
    : ({ ok: true, answer: 'ok' } as const);
}

type Post = (method: string, value: object, signal: AbortSignal) => ReturnType<typeof sendJson>;

async function byBot(post: Post, channel: string, message: NoticeMessage, context: DeliveryContext) {
  const [place = channel, ts = ''] = (context.edit ?? context.thread ?? '').split(' ');
  const isEdit = context.edit !== null && ts !== '';
  const send = async (method: string, layout: object) => {
    const target = isEdit && method === 'chat.update' ? { channel: place, ts } : { channel };
    const thread = !isEdit && ts !== '' ? { thread_ts: ts, reply_broadcast: true } : {};
    const result = await post(method, { ...target, ...thread, ...layout }, context.signal);
    return { result, answer: objectIn(result.body) };
  };
  const method = isEdit ? 'chat.update' : 'chat.postMessage';
  let { result, answer } = await send(method, layoutOf(message, context));
  let error = textIn(answer, 'error');
  if (TOO_LARGE.test(error)) ({ result, answer } = await send(method, plainOf(context)));
  else if (isEdit && /^(message_not_found|cant_update_message|edit_window_closed)$/.test(error)) {
    ({ result, answer } = await send('chat.postMessage', layoutOf(message, context)));
  }
  error = textIn(answer, 'error');
  if (!result.ok) return withFault(failureOf(result, error), error);
  if (answer.ok !== true)
    return withFault(notDelivered('invalid', true, `Slack: ${error || 'no answer of the Web API'}`), error);
  return { ok: true, ref: `${textIn(answer, 'channel') || channel} ${textIn(answer, 'ts')}`, answer: 'ok' } as const;
}

/** What Slack's word says of the target, whatever the status was. */
function withFault(failure: ReturnType<typeof notDelivered>, said: string) {
  if (UNAUTHORIZED.test(said)) return { ...failure, kind: 'unauthorized', permanent: true } as const;
  if (GONE.test(said)) return { ...failure, kind: 'gone', permanent: true } as const;
  if (said === 'ratelimited' || said === 'rate_limited')
    return { ...failure, kind: 'limited', permanent: false } as const;
  return AGAIN.test(said) ? ({ ...failure, kind: 'unavailable', permanent: false } as const) : failure;
}

const COLOURS: Readonly<Record<Tone, string>> = {
  critical: '#D63232',
  warning: '#E8A317',
  info: '#2F7DD1',
  resolved: '#36A64F',
  neutral: '#8D8D8D',
};
const LIMITS = { text: 3000, section: 3000, field: 2000, fields: 10, button: 75, url: 3000, context: 300 };

/** The first line as the message itself, the rest in an attachment, which alone has a colour. */
function layoutOf({ hub }: NoticeMessage, { wording, rendered }: DeliveryContext) {
  const { links, facts, footer, tone } = wording;
  const body = textOr(
    rendered.text,
    { ...wording, links: [] },
    MRKDWN,
    { most: LIMITS.section, measure: codePoints },
    'none',
  );
  const fields = facts
    .slice(0, LIMITS.fields)
    .map(({ name, value }) => mrkdwn(`*${MRKDWN.escape(name)}*\n${MRKDWN.escape(value)}`));
  const buttons = links
    .filter(({ url }) => url.length <= LIMITS.url)
    .map(({ label, url }) => ({
      type: 'button',
      text: { type: 'plain_text', text: clip(label, LIMITS.button) },
      url,
      action_id: label.toLowerCase(),
    }));
  const blocks = [
    ...(body === '' ? [] : [{ type: 'section', text: mrkdwn(body) }]),
    ...(fields.length > 0 && rendered.text === undefined ? [{ type: 'section', fields }] : []),
    ...(buttons.length > 0 ? [{ type: 'actions', elements: buttons }] : []),
    {
      type: 'context',
      ...(hub.marker !== '' && { block_id: hub.marker }),
      elements: [mrkdwn(MRKDWN.escape(clip(footer, LIMITS.context)))],
    },
  ];
  return { ...firstLine(wording.headline), attachments: [{ color: COLOURS[tone], blocks }] };
}

/** All of it as one text, for a Slack that accepts nothing else. */
function plainOf({ wording }: DeliveryContext) {
  const text = textOr(undefined, wording, MRKDWN, { most: LIMITS.text, measure: codePoints });
  return { text, attachments: [], unfurl_links: false, unfurl_media: false };
}

function firstLine(headline: string) {
  return { text: MRKDWN.bold(clip(headline, 1000)), unfurl_links: false, unfurl_media: false };
}

function mrkdwn(text: string) {
  return { type: 'mrkdwn', text };
}
