import type { Severity } from '../../core/alert/alert.ts';
import type { NoticeStateName } from './notices.ts';

/** What is counted of the store for figures; each by an index of what is counted. */
export interface StoreFigures {
  /** Alerts that fire. */
  readonly firing: readonly { readonly severity: Severity; readonly count: number }[];
  /** Incidents that are open or acknowledged. */
  readonly live: readonly { readonly status: string; readonly severity: Severity; readonly count: number }[];
  /** Notices of which something is to be done. */
  readonly outbox: readonly { readonly channel: string; readonly state: NoticeStateName; readonly count: number }[];
  /** When the look that is due first was or is due, UTC milliseconds; null where none is planned. */
  readonly nextEvaluationAt: number | null;
}
