import type * as z from 'zod';
import type { IncomingAlert } from '../core/alert/alert.ts';
import type { IncomingNote } from '../core/alert/note.ts';
import type { FieldError } from '../core/reading/read.ts';
import type { Secret } from '../lib/crypto/secret.ts';

/** A webhook request before its body is parsed. */
export interface RawRequest {
  /** Upper-case method. */
  readonly method: string;
  /** Path as sent, without query. */
  readonly path: string;
  /** What followed the driver's name in the path, if anything: a secret. */
  readonly pathSecret?: string | undefined;
  /** Header values by lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** Arrival, UTC milliseconds. */
  readonly receivedAt: number;
}

/** What a verified request proves beside its origin. */
export interface Verified {
  readonly ok: true;
  /** The sender's signed time, UTC milliseconds. */
  readonly sentAt?: number;
  /** Present when the sender gave the request a name of its own: a second one with the same name changes nothing. `called` is what the sender calls it, such as a header. */
  readonly replay?: { readonly key: string; readonly signature: string; readonly called?: string };
}

/** A request that is not who it says, with a reason its sender can act on. */
export interface Refused {
  readonly ok: false;
  readonly reason: string;
}

/** What an instance tells of itself with a push. */
export interface InstanceReport {
  readonly instanceId: string;
  readonly hostname: string;
  /** Version of the program that sent it, from its User-Agent; '' when it does not say. */
  readonly version: string;
  /** Sender's clock minus ours in milliseconds; null when unsigned. */
  readonly clockOffsetMs: number | null;
}

/** What a body says, after its driver has read it. */
export interface Parsed {
  readonly ok: true;
  /** The instance of a cluster push, else ''. */
  readonly origin: string;
  readonly alerts: readonly IncomingAlert[];
  /** Alerts left out because they are invalid. */
  readonly errors: readonly FieldError[];
  /** What is said of alerts beside firing and resolving: acknowledgements, notes, escalations. */
  readonly notes?: readonly IncomingNote[];
  /** What was accepted though there is nothing to keep: a test of the connection, an event type without a meaning here. */
  readonly remarks?: readonly string[];
  readonly instance?: InstanceReport;
  /** What the sender knows it by, where that may be a notice of this hub that has come back. */
  readonly ownKey?: string;
  /** What the answer tells beside the usual, by field. */
  readonly extraFields?: Readonly<Record<string, string>>;
}

/** A body that holds nothing this driver can keep; `tooMany` when it holds more alerts than a request may. */
export interface Unreadable {
  readonly ok: false;
  readonly message: string;
  readonly errors: readonly FieldError[];
  readonly tooMany?: boolean;
}

/** What `parse` may use of the request. */
export interface ParseContext {
  /** The sender's User-Agent; '' when it names none. */
  readonly userAgent: string;
  readonly receivedAt: number;
  readonly sentAt?: number | undefined;
  /** The path of the vendor's own API by which it came; left out when it came by the driver's route. */
  readonly apiPath?: string | undefined;
  /** Time after which an alert that is not told again has ended, where its sender tells no end; left out, five minutes. */
  readonly resolveTimeoutMs?: number;
}

/** A plug-in: one file in this folder, one line in `list.ts`, its fixtures in `tests/fixtures/drivers/<name>`. */
export interface Driver {
  /** The file's name, the last part of its route, and the `source` of its alerts. */
  readonly name: string;
  /** One line for the docs. */
  readonly summary: string;
  /** How its senders can prove who they are, beside a signature; all of them use the driver's one secret. */
  readonly schemes: readonly Scheme[];
  /** Whether a body that came without a route is this vendor's: exactly one driver claims each real body. */
  claims(body: unknown): boolean;
  /**
   * Only where the vendor signs. Verifies the raw bytes against each of the secrets (several during rotation); pure
   * but for the HMAC. `isSigned` says whether the request carries a signature at all.
   */
  readonly signature?: {
    isSigned(request: RawRequest): boolean;
    verify(request: RawRequest, secrets: readonly Secret[], policy: VerifyPolicy): Verified | Refused;
  };
  /** Reads a parsed JSON body; never throws. */
  parse(body: unknown, context: ParseContext): Parsed | Unreadable;
  /** Only where senders may be set to another method than POST: all that are taken. */
  readonly methods?: readonly string[];
  /** Only for senders that take a common answer amiss: their status in place of it, such as `{ 429: 503 }`. */
  readonly statuses?: Readonly<Record<number, number>>;
  /** Only where senders may encode a body as a form: flat texts, or JSON in the one field `payload`. */
  readonly forms?: true;
  /** Only where senders show the secret in the body: that field of it. A header or the path, where shown, comes first. */
  secretIn?(texts: unknown): string | undefined;
  /**
   * Only for senders with a fixed path: those of the vendor's own API that are taken beside the driver's route, and
   * behind it. What comes by them is answered as the vendor answers.
   */
  readonly api?: {
    readonly paths: readonly string[];
    answer(common: Answered, path: string): Answered;
  };
  /** Only where the operator may choose: shape of `drivers.<name>`, and the driver with those choices bound. */
  readonly options?: z.ZodObject;
  bind?(options: unknown): Driver;
}

/**
 * A way to show the secret: `Authorization: Bearer <secret>`, basic authentication with the secret as its password,
 * the header `X-Webhook-Token`, or the last part of the path, `/alerts/webhook/<driver>/<secret>`.
 */
export type Scheme = 'bearer' | 'basic' | 'header' | 'path';

/** The operator's choices that bear on verification. */
export interface VerifyPolicy {
  /** Refuse what is not signed with time and nonce. */
  readonly requireV2: boolean;
}

/** An answer to a sender, before it is written. */
export interface Answered {
  readonly status: number;
  /** A JSON document; undefined for an empty body. */
  readonly body: unknown;
}
