import type { Labels } from '../alert/alert.ts';
import type { ChannelRules, EscalationStep } from '../notice/evaluate.ts';
import type { FlapRule } from '../notice/flap.ts';
import type { RelationRule } from './relation.ts';
import type { RouteNode } from './route.ts';
import type { AlertTerms } from './terms.ts';

/** How a channel behaves, beside where it sends. */
export interface ChannelPolicy extends ChannelRules {
  /** Messages that it may be sent: so many at once, and then evenly so many a minute. */
  readonly rate: { readonly burst: number; readonly perMinute: number };
  /** How long one attempt may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** A recurring time in which notices of some alerts are held back. */
export interface MaintenanceWindow {
  readonly name: string;
  /** Where it stands in the configuration, for people. */
  readonly place: string;
  matches(labels: Labels): boolean;
  /** The end of the span that holds at `at`, in UTC milliseconds; null where none does. */
  endAt(at: number): number | null;
  /** The next start after `at`; null where none is in sight. */
  nextStart(at: number): number | null;
}

/** Who is told what, when, by which channel, and why not: the configuration, compiled. */
export interface NotifyPolicy {
  readonly root: RouteNode;
  readonly escalations: ReadonlyMap<string, readonly EscalationStep[]>;
  readonly channels: ReadonlyMap<string, ChannelPolicy>;
  /** Names that channels had before, and what they are called now. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Inhibition and dependencies. */
  readonly relations: readonly RelationRule[];
  readonly windows: readonly MaintenanceWindow[];
  /** Of alerts that say themselves how they are told, by `termsKey`. */
  readonly terms: ReadonlyMap<string, AlertTerms>;
  /** null where nothing counts as flapping. */
  readonly flapping: FlapRule | null;
  /** After so long without success a message is given up, in milliseconds. */
  readonly giveUpMs: number;
  /** The channel that hears of channels that fail; null for none. */
  readonly fallback: string | null;
  /** Changes when the configuration does: then every live incident is looked at anew. */
  readonly version: string;
}
