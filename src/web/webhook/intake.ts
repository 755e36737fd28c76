import type { Answer, Delivery, Parcel } from '../../core/submission.ts';
import type { Driver, Parsed, Verified } from '../../drivers/contract.ts';
import type { Limiter } from '../limits.ts';
import { failure, later, notTaken, type Reply } from '../reply.ts';
import type { GivenBody } from './body-value.ts';
import type { Credential } from './credentials.ts';
import { parseBody } from './driver-body.ts';

/** A request whose sender is known: all that is left is its body. */
export interface Job {
  readonly driver: string;
  /** UTC milliseconds. */
  readonly receivedAt: number;
  readonly userAgent: string;
  readonly body: GivenBody;
  /** For `ParseContext`. */
  readonly apiPath?: string | undefined;
  readonly verified: Verified;
  readonly credential: Credential;
}

/** Reads a body, commits what it says, and gives the answer; never rejects. */
export type Intake = (job: Job) => Promise<Reply>;

/** What intake needs of the rest of the hub. */
export interface IntakeParts {
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly limit: Limiter;
  /** For `ParseContext`, in milliseconds. */
  readonly resolveTimeoutMs: number;
  /** Resolves once what the parcel holds is on disk. */
  readonly submit: (parcel: Parcel) => Promise<Answer | null>;
  /** Hears of deliveries that could not be committed. */
  readonly onFailure: (error: unknown) => void;
}

/** Intake over the given parts. */
export function createIntake(parts: IntakeParts): Intake {
  return async (job) => {
    const driver = parts.drivers.get(job.driver);
    if (driver === undefined) return failure(400, 'Unknown driver');
    const { credential, receivedAt } = job;
    const waitOf = (origin: string) => parts.limit(`${credential.name}:${origin}`, receivedAt);
    // Before it waits with others, where it is known whose it is; of a push with the shared secret only its body tells.
    const origin = credential.instanceId ?? (job.driver === 'cluster' ? undefined : '');
    let wait = origin === undefined ? undefined : waitOf(origin);
    if (wait !== undefined && wait > 0) return tooMany(wait);
    let refusal: Reply | undefined;
    let told: Parsed['told'];
    const open = () => {
      const parsed = parsedOf(driver, job, parts);
      if ('status' in parsed) {
        refusal = parsed;
        return null;
      }
      // However often it is opened, it is one request.
      wait ??= waitOf(parsed.origin);
      if (wait > 0) {
        refusal = tooMany(wait);
        return null;
      }
      told = parsed.told;
      return deliveryOf(job, parsed);
    };
    try {
      const answer = await parts.submit({ bytes: job.body.bytes.length, open });
      return answer === null ? (refusal ?? notTaken()) : replyTo(answer, told);
    } catch (error) {
      parts.onFailure(error);
      return later(503, 'the hub cannot commit at the moment', 5);
    }
  };
}

function tooMany(wait: number): Reply {
  return later(429, 'too many requests from this credential', wait);
}

/** What the body says, or the answer to whoever may not say it. */
function parsedOf(
  driver: Driver,
  { receivedAt, userAgent, body: given, apiPath, verified, credential }: Job,
  { resolveTimeoutMs, onFailure }: IntakeParts,
): Parsed | Reply {
  const body = given.read();
  if (!body.ok) return body.reply;
  const { sentAt } = verified;
  let parsed: ReturnType<typeof parseBody>;
  try {
    parsed = parseBody(driver, body, { userAgent, receivedAt, sentAt, apiPath, resolveTimeoutMs });
  } catch (error) {
    // A driver that fails must not take the batch with it.
    onFailure(error);
    return notTaken();
  }
  if (!parsed.ok) return failure(parsed.tooMany ? 413 : 400, parsed.message, parsed.errors);
  if (credential.instanceId === undefined || credential.instanceId === parsed.origin) return parsed;
  return failure(403, `this key speaks for ${credential.instanceId} only, the push names another instance_id`);
}

function deliveryOf({ driver, receivedAt, verified, credential }: Job, parsed: Parsed): Delivery {
  const { origin, alerts, errors, notes, remarks, instance } = parsed;
  const actor = origin === '' ? driver : `${driver}:${origin}`;
  const signal = instance === undefined ? null : ({ kind: 'seen', ...instance } as const);
  const replay =
    verified.replay === undefined ? null : { ...verified.replay, key: `${credential.name}:${verified.replay.key}` };
  const when = { receivedAt, sentAt: verified.sentAt };
  return { source: driver, origin, actor, ...when, alerts, errors, notes, remarks, replay, instance: signal };
}

function replyTo(answer: Answer, told: Parsed['told']): Reply {
  if (answer.outcome === 'refused') return failure(403, answer.reason);
  return { status: 200, body: told === undefined ? answerJson(answer) : { ...answerJson(answer), ...told } };
}

/** An answer as its sender reads it, once it is JSON text. */
export function answerJson(answer: Answer): Record<string, unknown> {
  if (answer.outcome === 'refused') return { status: 'error', message: answer.reason };
  const { counts, errors, remarks } = answer;
  return {
    status: errors.length === 0 ? 'success' : 'partial',
    alerts_created: counts.alertsCreated,
    alerts_updated: counts.alertsUpdated,
    alerts_resolved: counts.alertsResolved,
    incidents_created: counts.incidentsCreated,
    incidents_updated: counts.incidentsUpdated,
    errors: errors.length > 0 ? errors : undefined,
    remarks: remarks !== undefined && remarks.length > 0 ? remarks : undefined,
  };
}
