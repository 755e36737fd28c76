import {
  type AlertStatus,
  type Doubt,
  type IncomingAlert,
  type Labels,
  LIMITS,
  type Severity,
} from '../alert/alert.ts';
import { cutText } from './json.ts';
import { type FieldError, isObject, setOwn } from './read.ts';
import { isOverSeverity, severityOfWord, statusOfWord } from './words.ts';

/**
 * A word of a sender. As text, the common table (`core/words.ts`) says what it means; with `means`, the driver does,
 * and undefined there is a word that its own table does not know either.
 */
export type Word<Meaning> = string | { readonly word: string; readonly means: Meaning | undefined };

/** What a driver read of one alert, before words are mapped and bounds are kept. Times are UTC milliseconds. */
export interface AlertDraft {
  /** At most `LIMITS.fingerprint` characters: see `identityOf` in `lib/digest.ts`. */
  readonly fingerprint: string;
  readonly name: string | undefined;
  /** Left out, the alert fires: a missing field must not close a problem. */
  readonly status: Word<AlertStatus> | undefined;
  /** Left out, it is a warning. */
  readonly severity: Word<Severity> | undefined;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly metrics?: Readonly<Record<string, unknown>> | undefined;
  /** Left out, the time observed, or the end when that was before. */
  readonly startedAt?: number | undefined;
  /** Left out, the time observed; ignored while it fires. */
  readonly endedAt?: number | undefined;
  /** When the sender saw this state; left out or later than the arrival, the arrival. */
  readonly observedAt?: number | undefined;
  /** Left out, the name. */
  readonly groupKey?: string | undefined;
  /** Ignored while it fires. */
  readonly resolution?: string | undefined;
  /** When it resolves unless it is told again; left out, never. Ignored once it is resolved. */
  readonly expiresAt?: number | undefined;
  /** Only its identity and status are told: what is stored of it stays. Ignored while it fires. */
  readonly statusOnly?: boolean;
  /** See `IncomingAlert`. Ignored while it fires. */
  readonly isImplied?: boolean;
  /** Nothing tells it apart but a text that may change. */
  readonly isGuessed?: boolean;
}

/**
 * An alert from a draft. The sender's own words stand in `annotations.original_status` and `original_severity`
 * whenever what is stored differs from them; a word that nobody knows makes a firing alert, or a warning.
 */
export function incomingAlert(draft: AlertDraft, receivedAt: number): IncomingAlert {
  const annotations = { ...draft.annotations };
  const { status, severity, doubt } = meant(draft, annotations);
  const doubts = draft.isGuessed ? [...doubt, GUESSED] : doubt;
  const full = draft.name?.trim() || 'Unknown Alert';
  if (full.length > LIMITS.name) setOwn(annotations, 'original_name', full);
  const name = cutText(full, LIMITS.name);
  const observedAt = Math.min(draft.observedAt ?? receivedAt, receivedAt);
  const isResolved = status === 'resolved';
  const endedAt = isResolved ? (draft.endedAt ?? observedAt) : null;
  return {
    fingerprint: cutText(draft.fingerprint, LIMITS.fingerprint),
    name,
    status,
    severity,
    labels: draft.labels,
    annotations,
    metrics: draft.metrics ?? {},
    startedAt: draft.startedAt ?? Math.min(observedAt, endedAt ?? observedAt),
    endedAt,
    observedAt,
    groupKey: draft.groupKey || name,
    ...(isResolved && draft.resolution !== undefined && { resolution: draft.resolution }),
    ...(isResolved && draft.statusOnly && { statusOnly: true }),
    ...(isResolved && draft.isImplied && { isImplied: true }),
    ...(doubts.length > 0 && { doubts }),
    ...(!isResolved && draft.expiresAt !== undefined && { expiresAt: draft.expiresAt }),
  };
}

/** What the words of an alert mean, and what is doubtful about it. */
export interface Meant {
  readonly status: AlertStatus;
  readonly severity: Severity;
  /** One at most. */
  readonly doubt: readonly Doubt[];
}

const NO_DOUBT: readonly Doubt[] = [];
const MISSING: readonly Doubt[] = [{ kind: 'status_missing' }];
/** That nothing tells an alert apart but a text that may change. */
export const GUESSED: Doubt = { kind: 'identity_guessed' };

/**
 * What status and severity mean. Other words than those of ours are kept in `annotations.original_status` and
 * `original_severity`. Without a status, a severity such as "cleared" is it.
 */
export function meant(
  given: {
    readonly status: Word<AlertStatus> | undefined;
    readonly severity: Word<Severity> | undefined;
  },
  annotations: Labels,
): Meant {
  const severity = meaning(given.severity, severityOfWord, 'warning', 'original_severity', annotations);
  if (given.status === undefined) {
    const isOver = given.severity !== undefined && isOverSeverity(textOf(given.severity));
    return isOver ? { status: 'resolved', severity, doubt: NO_DOUBT } : { status: 'firing', severity, doubt: MISSING };
  }
  const status = meaning(given.status, statusOfWord, undefined, 'original_status', annotations);
  if (status !== undefined) return { status, severity, doubt: NO_DOUBT };
  return { status: 'firing', severity, doubt: [{ kind: 'status_unknown', word: cutText(textOf(given.status), 100) }] };
}

function textOf(word: Word<string>): string {
  return typeof word === 'string' ? word : word.word;
}

function meaning<M extends string, Otherwise extends M | undefined>(
  given: Word<M> | undefined,
  known: (word: string) => M | undefined,
  otherwise: Otherwise,
  annotation: string,
  annotations: Labels,
): M | Otherwise {
  if (given === undefined) return otherwise;
  const means = (typeof given === 'string' ? known(given) : given.means) ?? otherwise;
  const word = textOf(given);
  if (word !== means) setOwn(annotations, annotation, word);
  return means;
}

/** Longest time by which requests of one alert overtake each other on their way. */
const OVERTAKING_MS = 60_000;

/**
 * The `observedAt` for senders that tell when an alert began (`startedAt`) and, once resolved, ended (`endedAt`), but
 * not when they looked, and that tell it in every request. Without a start it is the arrival.
 *
 * Neither the time told nor the arrival alone will do. By the arrival, a firing notice that a second Alertmanager sends
 * some seconds after the first one's resolved notice would open the problem again. By the time told, an alert that
 * comes back with its old start (Prometheus could not reach Alertmanager, which resolved it by `resolve_timeout`)
 * would be older than its own end for ever, and nobody would hear of it again. So the time told decides within the
 * minute in which requests may overtake each other, and the arrival beyond it. For requests that come in the order
 * in which they were sent this never goes back: no resolve is older than its firing, and no repeat is stale.
 */
export function toldTime(startedAt: number | undefined, endedAt: number | undefined, receivedAt: number): number {
  if (startedAt === undefined) return receivedAt;
  return Math.min(Math.max(startedAt, endedAt ?? 0, receivedAt - OVERTAKING_MS), receivedAt);
}

/** The answer of `parse` to a body that holds nothing to keep; the message names the field and the fix. */
export function unreadable(path: string, message: string) {
  return { ok: false, message, errors: [{ path, message }] as readonly FieldError[] } as const;
}

/** The answer to a body with more alerts than it may hold, else null. */
export function tooManyAlerts(path: string, count: number, most: number = LIMITS.groupAlerts) {
  if (count <= most) return null;
  const message = `a request holds at most ${most} alerts, this one ${count}: send them in smaller groups`;
  return { ...unreadable(path, message), tooMany: true } as const;
}

/** Whether a body says that it is a push of an instance, which only the driver `cluster` takes. */
export function isPush(body: unknown): boolean {
  return isObject(body) && typeof body.source === 'string' && body.source.trim().toLowerCase() === 'cluster';
}
