import type { Figures } from '../../core/sample/figures.ts';

/** Figures of an instance, as they came. */
export interface SampleWrite extends Figures {
  readonly instanceId: string;
  /** UTC milliseconds. */
  readonly receivedAt: number;
}

/** The same as it is kept. */
export interface StoredSample extends SampleWrite {
  /** The position behind it, for `samplesAfter`. */
  readonly position: string;
}

/** What is remembered of the rules, by a name. */
export interface RuleMemory {
  readonly name: string;
  /** JSON text. */
  readonly state: string;
}

/** The part of a write transaction that is about samples and rules. */
export interface SampleTransaction {
  /** Replaces what is remembered of the rules as a whole. */
  saveRules(memories: readonly RuleMemory[]): Promise<void>;
  /** Forgets the oldest samples that came before `before`, at most `limit`; gives how many. */
  pruneSamples(before: number, limit: number): Promise<number>;
}

/** What is read of samples and rules. */
export interface SampleReads {
  /** Samples behind a position in the order of their commits, '' for the first; on PostgreSQL only what no running transaction can still precede. */
  samplesAfter(position: string, limit: number): Promise<readonly StoredSample[]>;
  /** Samples of an instance in [from, to), oldest first; of two of one time the later to come stands behind. */
  samplesOf(instanceId: string, from: number, to: number, limit: number): Promise<readonly StoredSample[]>;
  /** The last samples that came, newest first, from the one before `before` (a number that `ref` gave; null for the last). */
  latestSamples(before: number | null, limit: number): Promise<readonly (StoredSample & { readonly ref: number })[]>;
  ruleMemories(): Promise<readonly RuleMemory[]>;
}
