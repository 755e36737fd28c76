import { readBody, type UnreadableBody } from '../../core/reading/body.ts';
import type { Answer, QueuedRequest, Submission } from '../../core/submission.ts';
import type { Driver, Parsed, Verified } from '../../drivers/contract.ts';
import { parseBody } from '../../drivers/read.ts';
import type { Limiter } from '../limits.ts';
import type { Credential } from './credentials.ts';
import { notTakenNow, type Outcome, type Postponed, postponed, type Refusal, refusal } from './outcome.ts';

/** A request whose sender is known: all that is left is its body. */
export interface Job {
  readonly driver: string;
  /** UTC milliseconds. */
  readonly receivedAt: number;
  readonly userAgent: string;
  readonly body: Buffer;
  /** Of the body, as its sender declares it; '' when it does not. */
  readonly contentType: string;
  /** For `ParseContext`. */
  readonly apiPath?: string | undefined;
  readonly verified: Verified;
  readonly credential: Credential;
  /** Who has a turn of its own while others wait: the credential, and the address where many share it. */
  readonly flow: string;
}

/** Reads a body, commits what it says, and tells what became of it; never rejects. */
export type Intake = (job: Job) => Promise<Outcome>;

/** What intake needs of the rest of the hub. */
export interface IntakeParts {
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly limit: Limiter;
  /** Of the clock. */
  readonly monotonic: () => number;
  /** For `ParseContext`, in milliseconds. */
  readonly resolveTimeoutMs: number;
  /** Resolves once what the request holds is on disk. */
  readonly submit: (request: QueuedRequest) => Promise<Answer | null>;
  /** What stands in every notice of this hub; '' while that is not known. */
  readonly ownMarker: () => string;
  /** Called when a submission cannot be committed. */
  readonly onFailure: (error: unknown) => void;
}

// What one request of the rate limit stands for: a larger one counts as several, and so does one that takes long to read.
const REQUEST_BYTES = 64 * 1024;
const REQUEST_MS = 5;

/** Intake over the given parts. */
export function createIntake(parts: IntakeParts): Intake {
  return async (job) => {
    const driver = parts.drivers.get(job.driver);
    if (driver === undefined) return refusal('unknown_driver', 'Unknown driver');
    const { credential, receivedAt } = job;
    const cost = Math.max(1, job.body.length / REQUEST_BYTES);
    const waitOf = (origin: string) => parts.limit(`${credential.name}:${origin}`, receivedAt, cost);
    // Before it waits with others, where it is known whose it is; of a push with the shared secret only its body tells.
    const origin = credential.instanceId ?? (job.driver === 'cluster' ? undefined : '');
    let wait = origin === undefined ? undefined : waitOf(origin);
    if (wait !== undefined && wait > 0) return tooMany(wait);
    let failed: Refusal | Postponed | undefined;
    let extraFields: Parsed['extraFields'];
    const open = () => {
      const began = parts.monotonic();
      const isOwn = isMarked(job, parts.ownMarker());
      const read = parsedOf(driver, job, parts);
      // A notice of a form that no driver reads has arrived all the same, and its channel does not fail.
      const parsed = isOwn && 'outcome' in read && read.outcome === 'refused' ? NOTHING_READ : read;
      const more = (parts.monotonic() - began) / REQUEST_MS - cost;
      if (more > 0) parts.limit(`${credential.name}:${origin ?? ''}`, receivedAt, more);
      if ('outcome' in parsed) {
        failed = parsed;
        return null;
      }
      // However often it is opened, it is one request.
      wait ??= waitOf(parsed.origin);
      if (wait > 0) {
        failed = tooMany(wait);
        return null;
      }
      extraFields = parsed.extraFields;
      return submissionOf(job, parsed, isOwn);
    };
    try {
      const answer = await parts.submit({ bytes: job.body.length, flow: job.flow, open });
      if (answer === null) return failed ?? notTakenNow();
      if (answer.outcome === 'refused') {
        const { reason, retryAfterS } = answer;
        return retryAfterS === undefined ? refusal('forbidden', reason) : postponed(reason, retryAfterS, 'full');
      }
      return { outcome: 'accepted', answer, extraFields };
    } catch (error) {
      parts.onFailure(error);
      return postponed('the hub cannot commit now');
    }
  };
}

const NOTHING_READ: Parsed = { ok: true, origin: '', alerts: [], errors: [] };

function tooMany(wait: number): Postponed {
  return postponed('too many requests from this credential', wait, 'rate_limited');
}

/** What the body says, or why its sender may not say it. */
function parsedOf(
  driver: Driver,
  { receivedAt, userAgent, body, contentType, apiPath, verified, credential }: Job,
  { resolveTimeoutMs, onFailure }: IntakeParts,
): Parsed | Refusal | Postponed {
  const content = readBody(body, contentType);
  if (!content.ok) return unreadableBody(content);
  const { sentAt } = verified;
  let parsed: ReturnType<typeof parseBody>;
  try {
    parsed = parseBody(driver, content, { userAgent, receivedAt, sentAt, apiPath, resolveTimeoutMs });
  } catch (error) {
    // A driver that fails must not take the batch with it.
    onFailure(error);
    return notTakenNow();
  }
  if (!parsed.ok) return refusal(parsed.tooMany ? 'too_large' : 'unreadable', parsed.message, parsed.errors);
  if (credential.instanceId === undefined || credential.instanceId === parsed.origin) return parsed;
  return refusal(
    'forbidden',
    `this key is valid for ${credential.instanceId} only, the push names another instance_id`,
  );
}

/** The refusal of a body that no driver could read. */
export function unreadableBody({ cause, message, errors }: UnreadableBody): Refusal {
  return cause === 'too_deep' ? refusal('too_large', message) : refusal('unreadable', message, errors);
}

/** Whether the hub itself has sent this, straight or by way of another tool: its marker stands in it. */
function isMarked({ driver, userAgent, body }: Job, marker: string): boolean {
  // Whoever pushes is an instance, and no tool that was told something.
  if (marker === '' || driver === 'cluster') return false;
  return userAgent.includes(marker) || body.includes(marker);
}

function submissionOf(
  { driver, receivedAt, verified, credential }: Job,
  parsed: Parsed,
  isOwnNotice: boolean,
): Submission {
  const { origin, alerts, errors, notes, remarks, instance, ownKey } = parsed;
  const actor = origin === '' ? driver : `${driver}:${origin}`;
  const signal =
    instance === undefined
      ? null
      : ({ kind: 'seen', ...instance, isVouched: credential.instanceId !== undefined } as const);
  const replay =
    verified.replay === undefined ? null : { ...verified.replay, key: `${credential.name}:${verified.replay.key}` };
  const when = { receivedAt, sentAt: verified.sentAt };
  const own = { ...(isOwnNotice && { isOwnNotice }), ...(ownKey !== undefined && { ownKey }) };
  return { source: driver, origin, actor, ...when, alerts, errors, notes, remarks, replay, instance: signal, ...own };
}
