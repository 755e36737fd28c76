import type { IncomingAlert } from './alert/alert.ts';
import type { IncomingNote } from './alert/note.ts';
import type { Via } from './peer/path.ts';
import type { FieldError } from './reading/read.ts';
import type { EventFigure } from './sample/event.ts';

/** Source of the alerts that the hub raises itself. */
export const OWN_SOURCE = 'monitor';

/** What a submission says of an instance: that it was heard, or (the hub's own word) that it was not for too long. */
export type InstanceSignal =
  | {
      readonly kind: 'seen';
      readonly instanceId: string;
      readonly hostname: string;
      readonly version: string;
      readonly clockOffsetMs: number | null;
      /** Whether its name was made known before, by a key of its own. */
      readonly isVouched?: boolean;
      /** What it says of itself, as JSON. */
      readonly heartbeat?: string;
      /** Silence after which it raises an alert, in milliseconds; left out, that of all. */
      readonly staleAfterMs?: number;
    }
  | {
      readonly kind: 'silent';
      readonly instanceId: string;
      /** Whether so many are silent that they are one incident. */
      readonly isOneOfMany?: boolean;
    };

/** One accepted request on its way into the store. */
export interface Submission {
  /** Name of the driver, from the route. */
  readonly source: string;
  readonly origin: string;
  /** Who speaks, for the history: `cluster:<instance>`. */
  readonly actor: string;
  /** UTC milliseconds. */
  readonly receivedAt: number;
  /** The sender's clock when it signed, UTC milliseconds to the second; left out when it did not. */
  readonly sentAt?: number | undefined;
  readonly alerts: readonly IncomingAlert[];
  /** Alerts left out as invalid; told in the answer. */
  readonly errors: readonly FieldError[];
  /** Figures that applications tell, beside no alerts. */
  readonly figures?: readonly EventFigure[] | undefined;
  /** What is said of alerts beside firing and resolving. */
  readonly notes?: readonly IncomingNote[] | undefined;
  /** What was accepted though there is nothing to keep; told in the answer. */
  readonly remarks?: readonly string[] | undefined;
  /** Key of another tool that may be one of this hub's own notices; where it is, it opens and ends nothing. */
  readonly ownKey?: string | undefined;
  /** Whether it is a notice of this hub that has come back: it opens and ends nothing. */
  readonly isOwnNotice?: boolean | undefined;
  /** The incident that it was a notice of, where that is known: what people do about it elsewhere counts for it. */
  readonly ownIncidentId?: string | null | undefined;
  /** Name the sender gave the submission: a second one with the same key and signature changes nothing. */
  readonly replay: { readonly key: string; readonly signature: string; readonly called?: string } | null;
  readonly instance: InstanceSignal | null;
  /** What was left out because a bound is reached, for the operator. */
  readonly leftOut?: string | undefined;
  /** The way between hubs that it has come; left out where it began here. */
  readonly via?: Via | undefined;
}

/**
 * A request on its way into the store. What it says is read when it is its turn to be written: it may be many times as
 * large as its bytes, and the garbage collector would move all of it about for as long as it waits.
 */
export interface QueuedRequest {
  /** What it weighs while it waits: the length of its body. */
  readonly bytes: number;
  /** Whose it is, where several send: each has its turn. */
  readonly flow: string;
  /** What it says; null when there is nothing to commit, and whoever sent it is told why. Asked again when it is tried again. */
  readonly open: () => Submission | null;
}

// About what an alert takes on the wire.
const ALERT_BYTES = 300;

/** A submission that was made in this process. */
export function toQueued(submission: Submission): QueuedRequest {
  const size = submission.alerts.length + (submission.figures?.length ?? 0);
  return { bytes: size * ALERT_BYTES, flow: OWN_SOURCE, open: () => submission };
}

/** What a submission changed. */
export interface Counts {
  alertsCreated: number;
  alertsUpdated: number;
  alertsResolved: number;
  incidentsCreated: number;
  incidentsUpdated: number;
}

/** What its sender is told once the submission is committed, or why it is refused. */
export type Answer =
  | {
      readonly outcome: 'committed';
      readonly counts: Readonly<Counts>;
      readonly errors: readonly FieldError[];
      readonly remarks?: readonly string[] | undefined;
      /** It was a notice of this hub itself. */
      readonly isOwnNotice?: true;
      /** What was left out because a bound is reached, for the operator; left out for nothing. */
      readonly leftOut?: string | undefined;
    }
  | {
      readonly outcome: 'refused';
      readonly reason: string;
      /** Set where it may be taken when it is sent again. */
      readonly retryAfterS?: number;
    };
