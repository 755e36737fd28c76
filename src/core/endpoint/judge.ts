import type { QuorumRule } from './watched.ts';

/** What a probe said last of an endpoint. */
export interface Witness {
  readonly probe: string;
  /** When it looked, UTC milliseconds. */
  readonly at: number;
  /** `abstain`: it cannot tell, for its own network fails, or it has not looked often enough. */
  readonly says: 'up' | 'down' | 'abstain';
}

/** Why a verdict is what it is. */
export type VerdictReason =
  /** As many as the rule asks for say that it is down. */
  | 'enough_down'
  /** Fewer do. */
  | 'not_enough_down'
  /** They do, and only one sees it, while another that testifies is asked to look, or sees nothing of it. */
  | 'unconfirmed'
  /** No probe testifies. */
  | 'no_witness'
  /** Some do, but fewer than the rule needs. */
  | 'too_few_witnesses';

/** What the witnesses come to. */
export interface Verdict {
  readonly state: 'up' | 'down' | 'unknown';
  readonly reason: VerdictReason;
  readonly up: number;
  readonly down: number;
  /** How many have to say that it is down. */
  readonly needed: number;
}

/** What a verdict is made by. */
export interface JudgeRule {
  readonly rule: QuorumRule;
  /** Ids of the probes that are to look; what others said counts for nothing. */
  readonly probes: readonly string[];
  readonly intervalMs: number;
  /** Those of them that have not been heard for too long: they testify nothing, however fresh their last look is. */
  readonly silent?: ReadonlySet<string>;
}

const SHORTEST_FRESH_MS = 60_000;

/** For how long a look testifies: three intervals, a minute at least. */
export function freshMs(intervalMs: number): number {
  return Math.max(3 * intervalMs, SHORTEST_FRESH_MS);
}

/**
 * The verdict of the witnesses that look at an endpoint, are fresh, heard, and do not abstain. Under `majority-down` a tie is
 * down. Too few of them is `unknown`, never `down`: none; fewer than the quorum; and where a majority or all are asked,
 * fewer than half of the probes that are to look.
 */
export function judge(
  witnesses: readonly Witness[],
  { rule, probes, intervalMs, silent }: JudgeRule,
  now: number,
): Verdict {
  const span = freshMs(intervalMs);
  const fresh = witnesses.filter(
    ({ probe, at, says }) =>
      says !== 'abstain' && now - at <= span && probes.includes(probe) && silent?.has(probe) !== true,
  );
  const down = fresh.filter(({ says }) => says === 'down').length;
  const up = fresh.length - down;
  const needed = neededDown(rule, fresh.length, probes.length);
  const counts = { up, down, needed };
  if (fresh.length === 0) return { state: 'unknown', reason: 'no_witness', ...counts };
  if (fresh.length < leastWitnesses(rule, probes.length))
    return { state: 'unknown', reason: 'too_few_witnesses', ...counts };
  return down >= needed
    ? { state: 'down', reason: 'enough_down', ...counts }
    : { state: 'up', reason: 'not_enough_down', ...counts };
}

/** How many of so many witnesses have to say that it is down; where none is there, of as many as are to look. */
function neededDown(rule: QuorumRule, witnesses: number, probes: number): number {
  if (rule.kind === 'quorum') return rule.down;
  const of = witnesses === 0 ? probes : witnesses;
  if (rule.strategy === 'any-down') return 1;
  return rule.strategy === 'all-down' ? of : Math.ceil(of / 2);
}

function leastWitnesses(rule: QuorumRule, probes: number): number {
  if (rule.kind === 'quorum') return rule.down;
  return rule.strategy === 'any-down' ? 1 : Math.ceil(probes / 2);
}
