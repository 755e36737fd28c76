import type { AlertStatus, Severity } from '../alert/alert.ts';
import type { Silence } from '../policy/silence.ts';
import type { Via } from './path.ts';

/** What names an alert on every hub. */
export interface AlertName {
  readonly source: string;
  readonly origin: string;
  readonly fingerprint: string;
}

/** An alert that something is about: enough to find it on another hub, to compare it with a filter, and to ask Alerta for it. */
export interface AlertAbout extends AlertName {
  /** Its id on the hub that tells. */
  readonly id: string;
  readonly severity: Severity;
  /** By the clock of whoever told it, UTC milliseconds: orders the turns of an alert on all hubs. */
  readonly observedAt: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** A turn of an alert as it crosses from hub to hub. Times are UTC milliseconds. */
export interface AlertState extends AlertAbout {
  readonly name: string;
  readonly status: AlertStatus;
  readonly annotations: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Key of its incident. */
  readonly groupKey: string;
  /** Set where it ended because nobody told it again; a hub that is told it still knows better. */
  readonly isExpired?: true;
  /** Why it ended, where that was no recovery. */
  readonly resolution?: string;
}

/** What somebody did about an incident, as it crosses. */
export interface ActionDone {
  /** The id that it got at the first door. */
  readonly id: string;
  readonly kind: string;
  readonly by: string;
  readonly comment: string;
  /** UTC milliseconds; of an acknowledgement or a shelving. */
  readonly until?: number;
  readonly assignee?: string;
}

interface Head extends Via {
  /** When it happened, by the clock of the hub where it began, UTC milliseconds. */
  readonly at: number;
  readonly actor: string;
}

/** One thing that a hub tells another: what has crossed once never changes its meaning. */
export type PeerEntry = Head &
  (
    | { readonly kind: 'alert'; readonly alert: AlertState }
    | {
        readonly kind: 'action';
        readonly action: ActionDone;
        /** Key of the incident, and when it was opened: its episode. */
        readonly incidentKey: string;
        readonly openedAt: number;
        /** Alerts of the incident, some of them. */
        readonly alerts: readonly AlertAbout[];
      }
    | { readonly kind: 'delete'; readonly by: string; readonly alerts: readonly AlertAbout[] }
    | { readonly kind: 'silence'; readonly silence: Silence }
  );
