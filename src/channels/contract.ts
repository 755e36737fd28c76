import * as z from 'zod';
import { type DeliveryFailure, type DeliveryResult, type NotDelivered, notDelivered } from '../core/notice/delivery.ts';
import type { Markup } from '../core/notice/markup.ts';
import type { NoticeMessage } from '../core/notice/message.ts';
import type { Wording } from '../core/notice/wording.ts';
import type { Clock } from '../lib/clock.ts';
import { Secret } from '../lib/crypto/secret.ts';
import type { Exec } from '../lib/exec.ts';
import type { HttpResult } from '../lib/http/client.ts';
import type { Outbound } from '../lib/http/outbound.ts';
import type { Dial } from '../lib/net/dial.ts';

/** What a target is like. */
export interface ChannelTraits {
  /** Whether a message that was sent can be changed: the first one of an incident then shows how it stands. */
  readonly edits: boolean;
  /** Whether later messages of an incident can hang on its first one. */
  readonly threads: boolean;
  /** Whether the target keeps incidents of its own, which it repeats and escalates itself: no reminders unless asked for. */
  readonly keepsIncidents: boolean;
  /** Whether it is told that somebody has acknowledged, for it calls people until then; left out for no. */
  readonly acknowledges?: boolean;
  /** Whether the target drops a message that it has had: then an attempt without an answer is safe to repeat. */
  readonly idempotent: boolean;
  /** What the end of an incident becomes. */
  readonly onResolved: 'tell' | 'edit' | 'none';
  /** How many messages a target should be sent: a bucket that is refilled evenly. */
  readonly rate: { readonly perSecond: number; readonly burst: number };
  /** The markup of `text` in which values of templates are escaped. */
  readonly markup: Markup;
}

/** What an attempt is given beside the message. */
export interface Attempt {
  /** Aborted when the attempt has to end. */
  readonly signal: AbortSignal;
  /** `progress` of the attempt before, if it gave any. */
  readonly progress?: string | undefined;
}

/** What `deliver` of a plug-in is given beside the message. */
export interface DeliveryContext extends Attempt {
  /** The message that is to be edited: the change belongs into it. Null for a new one. */
  readonly edit: string | null;
  /** The message that this one is a reply to; null for none. */
  readonly thread: string | null;
  /** What the message says, with the operator's title in place of the built-in headline. */
  readonly wording: Wording;
  /** What the operator's templates came to; left out where there is none. */
  readonly rendered: Rendered;
}

/** Texts in place of the built-in ones. */
export interface Rendered {
  /** One line, without markup; it stands in the wording, too. */
  readonly title?: string;
  /** In the channel's markup. */
  readonly text?: string;
  /** Only for channels that take HTML beside text. */
  readonly html?: string;
}

/** The doors that a channel may use. Made once in a process. */
export interface ChannelWorld {
  readonly http: Outbound;
  readonly dial: Dial;
  readonly exec: Exec;
  readonly clock: Clock;
  /** Name of this machine. */
  readonly hostname: string;
  /** Programs that channels may start, by absolute path. */
  readonly programs: readonly string[];
}

/** Sends one message; never rejects for what a target does. */
export type Deliver = (message: NoticeMessage, context: DeliveryContext) => Promise<DeliveryResult>;

/** What a plug-in makes of its options. */
export interface Binding {
  readonly deliver: Deliver;
  /** Where it sends, for people; holds no secret. */
  readonly place: string;
  /** Traits that depend on the options. */
  readonly traits?: Partial<ChannelTraits>;
}

/** A plug-in: one file in this folder, one line in `list.ts`, a page in `docs/channels`, its fixtures in `tests/fixtures/channels/<name>`. */
export interface Channel {
  /** The file's name, and the scheme of its addresses. */
  readonly name: string;
  /** One line for the docs. */
  readonly summary: string;
  readonly traits: ChannelTraits;
  /** Shape of its options, secrets made by `secretText`. */
  readonly options: z.ZodObject;
  /** Options from an address such as `slack://…`; without it the channel has no such form. Throws `AddressError`. */
  readonly fromUrl?: (url: URL) => Readonly<Record<string, unknown>>;
  /** Takes what `options` made of the operator's. Throws `OptionError` on what only the machine can tell. */
  bind(options: never, world: ChannelWorld): Binding | Promise<Binding>;
}

/** An address that is none of this channel; the message says what it looks like, and repeats nothing of it. */
export class AddressError extends Error {
  override name = 'AddressError';
}

/** Options that the schema accepts and that cannot work here; the message names the option and the fix. */
export class OptionError extends Error {
  override name = 'OptionError';
}

/** Keeps the type of a plug-in's options between its schema and its `bind`. */
export function defineChannel<S extends z.ZodObject>(
  channel: Omit<Channel, 'options' | 'bind'> & {
    readonly options: S;
    bind(options: z.output<S>, world: ChannelWorld): Binding | Promise<Binding>;
  },
): Channel {
  return channel;
}

/** A secret of 1 to `max` characters without control characters: its value prints as `[secret]`. */
export function secretText(max = 4096) {
  const error = `must be a secret of 1 to ${max} characters, without control characters`;
  return z
    .string({ error })
    .regex(new RegExp(`^[^\\p{Cc}]{1,${max}}$`, 'u'), { error })
    .transform((value) => new Secret(value))
    .meta({ secret: true });
}

/** An http or https address that is itself a secret, as webhooks are. */
export function secretUrl() {
  const error = 'must be an address that begins with https:// or http://';
  return z
    .string({ error })
    .refine((text) => /^https?:\/\/[^/\s]/i.test(text) && URL.canParse(text) && !/[\s\p{Cc}]/u.test(text), { error })
    .transform((text) => new Secret(text))
    .meta({ secret: true });
}

/** Base address of a server, without its last slash. */
export function baseUrl() {
  const error = 'must be a base address such as https://ntfy.example.com, without user name, query or fragment';
  return z
    .string({ error })
    .refine((text) => /^https?:\/\/[^/\s@?#]+(\/[^\s?#]*)?$/i.test(text) && URL.canParse(text), { error })
    .transform((text) => text.replace(/\/+$/, ''));
}

/** One line of text of 1 to `max` characters: no control characters, so nothing can be smuggled into a header. */
export function line(max: number) {
  const error = `must be one line of 1 to ${max} characters, without control characters`;
  return z.string({ error }).regex(new RegExp(`^[^\\p{Cc}\\p{Zl}\\p{Zp}]{1,${max}}$`, 'u'), { error });
}

const KINDS: Readonly<Record<string, DeliveryFailure>> = {
  401: 'unauthorized',
  403: 'unauthorized',
  404: 'gone',
  410: 'gone',
  429: 'limited',
};

/** What an answer that is no success means for the delivery; `said` in place of what the answer says, where the target has a form of its own. */
export function failureOf(result: HttpResult & { readonly ok: false }, said?: string): NotDelivered {
  const { kind, permanent, status = 0, retryAfterMs } = result;
  if (kind === 'status') {
    const isMoved = status >= 300 && status < 400;
    const named = KINDS[status] ?? (isMoved ? 'gone' : permanent ? 'invalid' : 'unavailable');
    const reason = said === undefined || said === '' ? result.reason : `HTTP ${status}: ${said}`;
    return { ...notDelivered(named, permanent, reason), ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  const isBlocked = kind === 'blocked' || kind === 'invalid';
  return notDelivered(isBlocked ? 'blocked' : kind === 'timeout' ? 'timeout' : 'network', permanent, result.reason);
}

/**
 * Ends in a target with incidents of its own what a message `closes`, one after the other; gives the failure of the first
 * that could not be ended, null when all are. The next attempt of the same message goes on there.
 */
export async function closeEach(
  { key, closes = [] }: NoticeMessage,
  progress: string | undefined,
  close: (key: string) => Promise<NotDelivered | null>,
): Promise<NotDelivered | null> {
  const [, closed, last = ''] = /^closed (\w+) (\w*)$/.exec(progress ?? '') ?? [];
  let done = closed === key ? last : '';
  for (const one of closes) {
    if (one <= done) continue;
    const failure = await close(one);
    if (failure !== null) return { ...failure, progress: `closed ${key} ${done}` };
    done = one;
  }
  return null;
}

/** Whether the attempt before got as far as `closeEach`: what the message itself says has arrived. */
export function isClosing({ key }: NoticeMessage, progress: string | undefined): boolean {
  return progress?.startsWith(`closed ${key} `) === true;
}

/** Sends a value as JSON. */
export function sendJson(
  { http }: Pick<ChannelWorld, 'http'>,
  url: URL,
  value: unknown,
  signal: AbortSignal,
  more: { readonly method?: 'POST' | 'PUT' | 'PATCH'; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<HttpResult> {
  const headers = { 'content-type': 'application/json', ...more.headers };
  return http.send({ method: more.method ?? 'POST', url, headers, body: JSON.stringify(value), signal });
}

/** The text of a field of an answer, '' when there is none. */
export function textIn(object: Readonly<Record<string, unknown>>, field: string): string {
  const value = object[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The web address in an address such as `slack://hooks.example.com/x`; `slack+http://` is one without TLS. */
export function webAddressOf(url: URL): string {
  return `${serverOf(url)}${url.pathname}${url.search}`;
}

/** The server in such an address, without path and user. */
export function serverOf(url: URL): string {
  return `${url.protocol.endsWith('+http:') ? 'http' : 'https'}://${url.host}`;
}

/** A part of an address as it was meant. */
export function plainPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What stands behind the question mark, as options by name. */
export function queryOf(url: URL): Readonly<Record<string, string>> {
  return Object.fromEntries(url.searchParams);
}

/** The JSON object of an answer; empty for anything else. */
export function objectIn(body: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
