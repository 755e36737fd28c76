import type { EndpointAlert, Strategy } from './endpoint.ts';
import type { PushRule } from './push/schedule.ts';

/** How many witnesses make an endpoint down: a strategy, or so many of them. */
export type QuorumRule =
  | { readonly kind: 'strategy'; readonly strategy: Strategy }
  | { readonly kind: 'quorum'; readonly down: number };

/** When the failures of one probe count, and when its successes do: after so many in a row. */
export type Thresholds = Pick<EndpointAlert, 'failureThreshold' | 'successThreshold'>;

/** An endpoint as its verdict needs it: who looks, how often, and what follows. Plain, so that it crosses into a thread. */
export interface WatchedEndpoint {
  readonly key: string;
  readonly name: string;
  /** '' for none. */
  readonly group: string;
  /** What people read of where it is; '' for one that is not looked at but calls. */
  readonly target: string;
  /** Added to those of its alerts. */
  readonly labels: Readonly<Record<string, string>>;
  /** Ids of the probes that look at it. */
  readonly probes: readonly string[];
  readonly intervalMs: number;
  readonly rule: QuorumRule;
  readonly alerts: readonly EndpointAlert[];
  /** Those of the probes that are silent at the moment, where that is known. */
  readonly silent?: ReadonlySet<string>;
  /** Whether it is not found down by one probe alone, while another testifies; left out for no. */
  readonly confirm?: boolean;
  /** Keys of endpoints without which it cannot be up; left out for none. */
  readonly dependsOn?: readonly string[];
  /** Milliseconds up to which its badge of the response time has each of the first five colours; left out for Gatus's. */
  readonly badgeSteps?: readonly number[];
  /** Of one that is called: when. */
  readonly push?: PushRule;
}

/** Thresholds where an endpoint has no alert: those of Gatus. */
export const DEFAULT_THRESHOLDS: Thresholds = { failureThreshold: 3, successThreshold: 2 };

/** `<group>/<name>`, or the name alone where there is no group. */
export function endpointTitle({ group, name }: Pick<WatchedEndpoint, 'group' | 'name'>): string {
  return group === '' ? name : `${group}/${name}`;
}
