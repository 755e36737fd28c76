import type { FieldError } from '../../core/reading/read.ts';
import type { Answer } from '../../core/submission.ts';
import { failure, later, type Reply } from '../reply.ts';

/** What became of a webhook request. Only `replyTo` makes HTTP of it. */
export type Outcome = Accepted | Refusal | Postponed;

/** A body that is stored. */
export interface Accepted {
  readonly outcome: 'accepted';
  readonly answer: Extract<Answer, { readonly outcome: 'committed' }>;
  /** What its driver tells the sender beside the usual, by field. */
  readonly extraFields?: Readonly<Record<string, string>> | undefined;
}

/** A request that is refused, and would be again. */
export interface Refusal {
  readonly outcome: 'refused';
  readonly cause: keyof typeof STATUS;
  /** For the sender: the field, and the fix. */
  readonly message: string;
  readonly errors?: readonly FieldError[] | undefined;
}

/** A request that may succeed when it is sent again. */
export interface Postponed {
  readonly outcome: 'postponed';
  /** `full`: a bound of what may grow is reached, which its operator must know. */
  readonly cause: 'rate_limited' | 'unavailable' | 'full';
  readonly message: string;
  readonly retryAfterS: number;
}

const STATUS = {
  unreadable: 400,
  unknown_driver: 400,
  cut_off: 400,
  forbidden: 403,
  method: 405,
  too_large: 413,
  encoding: 415,
} as const;

/** A refusal with its reason. */
export function refusal(cause: Refusal['cause'], message: string, errors?: readonly FieldError[]): Refusal {
  return { outcome: 'refused', cause, message, errors };
}

/** What the hub cannot do now. */
export function postponed(message: string, retryAfterS = 5, cause: Postponed['cause'] = 'unavailable'): Postponed {
  return { outcome: 'postponed', cause, message, retryAfterS };
}

/** The outcome of what failed on the side of the hub. */
export function notTakenNow(): Postponed {
  return postponed('the hub cannot accept this now');
}

/** The HTTP answer to a request. */
export function replyTo(outcome: Outcome): Reply {
  if (outcome.outcome === 'refused') return failure(STATUS[outcome.cause], outcome.message, outcome.errors);
  if (outcome.outcome === 'postponed') {
    const status = outcome.cause === 'unavailable' ? 503 : 429;
    return later(status, outcome.message, outcome.retryAfterS);
  }
  const { counts, errors, remarks = [] } = outcome.answer;
  const body = {
    status: errors.length === 0 ? 'success' : 'partial',
    alerts_created: counts.alertsCreated,
    alerts_updated: counts.alertsUpdated,
    alerts_resolved: counts.alertsResolved,
    incidents_created: counts.incidentsCreated,
    incidents_updated: counts.incidentsUpdated,
    errors: errors.length > 0 ? errors : undefined,
    remarks: remarks.length > 0 ? remarks : undefined,
    ...outcome.extraFields,
  };
  return { status: 200, body };
}
