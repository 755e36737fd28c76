import type { IncomingAlert } from '../core/alert.ts';
import type { IncomingNote } from '../core/note.ts';
import type { FieldError } from '../core/read.ts';

/** What a delivery says of an instance: that it was heard, or (the hub's own word) that it was not for too long. */
export type InstanceSignal =
  | {
      readonly kind: 'seen';
      readonly instanceId: string;
      readonly hostname: string;
      readonly version: string;
      readonly clockOffsetMs: number | null;
    }
  | { readonly kind: 'silent'; readonly instanceId: string };

/** One accepted request on its way into the store. */
export interface Delivery {
  /** Name of the driver, from the route. */
  readonly source: string;
  readonly origin: string;
  /** Who speaks, for the history: `cluster:<instance>`. */
  readonly actor: string;
  /** UTC milliseconds. */
  readonly receivedAt: number;
  /** The sender's clock when it signed, UTC milliseconds to the second; left out when it did not. */
  readonly sentAt?: number;
  readonly alerts: readonly IncomingAlert[];
  /** Alerts left out as invalid; told in the answer. */
  readonly errors: readonly FieldError[];
  /** What is said of alerts beside firing and resolving. */
  readonly notes?: readonly IncomingNote[];
  /** What was accepted though there is nothing to keep; told in the answer. */
  readonly remarks?: readonly string[];
  /** Name the sender gave the delivery: a second one with the same key and signature changes nothing. */
  readonly replay: { readonly key: string; readonly signature: string; readonly called?: string } | null;
  readonly instance: InstanceSignal | null;
}

/** What a delivery changed. */
export interface Counts {
  alertsCreated: number;
  alertsUpdated: number;
  alertsResolved: number;
  incidentsCreated: number;
  incidentsUpdated: number;
}

/** What its sender is told once the delivery is committed, or why it is refused. */
export type Answer =
  | {
      readonly outcome: 'committed';
      readonly counts: Readonly<Counts>;
      readonly errors: readonly FieldError[];
      readonly remarks?: readonly string[];
    }
  | { readonly outcome: 'refused'; readonly reason: string };
