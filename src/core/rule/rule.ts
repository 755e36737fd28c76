import type { Labels, Severity } from '../alert/alert.ts';
import type { Timing, Truth } from './level.ts';
import type { Points } from './points.ts';

/** Which series a condition reads: those of one metric whose labels match. */
export interface Selector {
  readonly metric: string;
  readonly matches: (labels: Labels) => boolean;
}

/** A series that belongs to a group. */
export interface Member {
  readonly labels: Labels;
  readonly points: Points;
  /** Time of its first point; UTC milliseconds. */
  readonly firstAt: number;
}

/** What a condition sees of one group at one tick. */
export interface Scope {
  /** The tick, UTC milliseconds. */
  readonly at: number;
  readonly everyMs: number;
  /** The series of the group, in the order of the selectors. */
  readonly members: readonly (readonly Member[])[];
  /** When the rule was first judged. */
  readonly beganAt: number;
  /** How long of (from, to] the hub could not be reached, in milliseconds. */
  readonly downMs: (from: number, to: number) => number;
  /** What another rule says for this group. */
  readonly truthOf: (rule: string) => Truth;
}

/** What was found: a figure to be compared, or null with the reason why there is none. */
export interface Finding {
  readonly value: number | null;
  /** Why there is no figure, for people: `too few`, `no data`. */
  readonly reason?: string;
  /** Of what could not be judged, the fault of the program or of the rule. */
  readonly failure?: string;
}

/** What a kind of rule makes of its options. */
export interface Condition {
  readonly selectors: readonly Selector[];
  /** Names of the labels that make a group; null where each series is one. */
  readonly groupBy: readonly string[] | null;
  /** Groups that there are from the beginning, though nothing was heard of them. */
  readonly expected: readonly Labels[];
  /** How far back it looks from a tick, in milliseconds. */
  readonly lookbackMs: number;
  /** Names of the rules whose state it reads. */
  readonly refersTo: readonly string[];
  /** How it ends while nothing is known; null for not. See `Timing`. */
  readonly unknownEndsMs: number | null;
  /** Its severities, the worst first; null for that of the rule. */
  readonly levels: readonly (Severity | null)[];
  /** Looks at a group. */
  readonly look: (scope: Scope) => Finding;
  /** Whether a level holds of a figure; one that fires may hold where it would not begin to. */
  readonly holds: (value: number, level: number, isFiring: boolean) => boolean;
}

/** A rule: what raises an alert, when, and what is said of it. */
export interface Rule {
  readonly name: string;
  readonly condition: Condition;
  /** Time between two ticks, which are multiples of it since the epoch, in milliseconds. */
  readonly everyMs: number;
  readonly timing: Omit<Timing, 'unknownEndsMs'>;
  /** After it has fired for a group it does not begin again for so long, in milliseconds. */
  readonly suppressMs: number;
  /** Of a group of which nothing was heard for so long, nothing more is said. */
  readonly forgetMs: number;
  readonly severity: Severity;
  /** What decides, as one text: where it changes, what was remembered is judged anew. */
  readonly identity: string;
}
