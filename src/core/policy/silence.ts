import type { Labels } from '../alert/alert.ts';

/** One condition of a silence, as Alertmanager's API has it. */
export interface MatcherSpec {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** A matcher and a time span in which notices are held back: the row of the `silences` table. Times are UTC milliseconds. */
export interface Silence {
  /** UUID. */
  readonly id: string;
  /** `maintenance` is a silence by another word: a window opened by hand. */
  readonly kind: 'silence' | 'maintenance';
  /** All of them must hold. */
  readonly matchers: readonly MatcherSpec[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly updatedAt: number;
  /** The silence in whose place it stands, when a change made a new one of it; null for none. */
  readonly replaces: string | null;
}

/** A silence that can be asked. */
export interface CompiledSilence extends Silence {
  readonly matches: (labels: Labels) => boolean;
}

/** Where a silence stands in time. */
export function stateOfSilence(
  { startsAt, endsAt }: Pick<Silence, 'startsAt' | 'endsAt'>,
  now: number,
): 'pending' | 'active' | 'expired' {
  if (now >= endsAt) return 'expired';
  return now < startsAt ? 'pending' : 'active';
}
