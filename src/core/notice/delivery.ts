import type { TellPhase } from './notice.ts';

/** A message was handed over. */
export interface Delivered {
  readonly ok: true;
  /** What the target calls the message, where it can be edited or replied to later. At most 512 characters. */
  readonly ref?: string;
  /** What the target answered, on one line, for `monitor explain`. Holds no secret. */
  readonly answer?: string;
}

/**
 * Why a message was not handed over, for figures and breakers.
 *
 * | kind | means |
 * |---|---|
 * | `invalid` | the target does not accept this message; it may accept another |
 * | `unauthorized` | the target does not accept our credentials |
 * | `gone` | there is no such target, or no longer |
 * | `limited` | the target asks for fewer messages |
 * | `unavailable` | the target has a problem of its own: 5xx, a mail server's 4xx |
 * | `timeout` | no answer in time: the message may have arrived |
 * | `network` | no connection, or one that broke: the message may have arrived |
 * | `blocked` | the address is not allowed, or the configuration cannot work |
 */
export const DELIVERY_FAILURES = [
  'invalid',
  'unauthorized',
  'gone',
  'limited',
  'unavailable',
  'timeout',
  'network',
  'blocked',
] as const;
/** One of them. */
export type DeliveryFailure = (typeof DELIVERY_FAILURES)[number];

/** A message was not handed over, or only to some. */
export interface NotDelivered {
  readonly ok: false;
  readonly kind: DeliveryFailure;
  /** False when the same message may well be accepted later. */
  readonly permanent: boolean;
  /** In words a person can act on, on one line. Holds no secret. */
  readonly reason: string;
  /** How long the target wants no further message, in milliseconds: at most an hour. */
  readonly retryAfterMs?: number;
  /** How far it got, such as the recipients that have it: the next attempt of the same message is given this back. */
  readonly progress?: string;
}

/** What one attempt came to. */
export type DeliveryResult = Delivered | NotDelivered;

/** A failure in one line. */
export function notDelivered(kind: DeliveryFailure, permanent: boolean, reason: string): NotDelivered {
  return { ok: false, kind, permanent, reason };
}

/** One attempt to tell one message on one channel. */
export interface NoticeAttempt {
  readonly channel: string;
  readonly phase: TellPhase;
  readonly key: string;
  /** 1 for the first attempt of the message. */
  readonly attempt: number;
  /** When it began, UTC milliseconds. */
  readonly at: number;
  /** How long it took, in milliseconds; null where nobody knows. */
  readonly tookMs: number | null;
  /** `unknown`: it may have arrived. */
  readonly outcome: 'ok' | 'failed' | 'unknown';
  /** What the channel answered, or why it failed; never with a secret. */
  readonly reason: string;
  /** The digest that it was part of; null for a message of its own. */
  readonly digest: string | null;
}
