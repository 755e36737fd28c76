import type { Labels } from '../alert/alert.ts';
import { type CompileRegex, compileMatchers } from './matchers.ts';

/** One condition of a silence, as Alertmanager's API has it. */
export interface MatcherSpec {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** A silence holds back what people said is known; a maintenance window is the same for work on machines. */
export const SILENCE_KINDS = ['silence', 'maintenance'] as const;
/** One of them. */
export type SilenceKind = (typeof SILENCE_KINDS)[number];

/** By which door it came in. */
export const SILENCE_ORIGINS = ['api', 'cli', 'alertmanager', 'alerta'] as const;
/** One of them. */
export type SilenceOrigin = (typeof SILENCE_ORIGINS)[number];

/** Matchers and a time span in which notices are held back: the row of the `silences` table. Times are UTC milliseconds. */
export interface Silence {
  /** UUID. */
  readonly id: string;
  readonly kind: SilenceKind;
  /** All of them must hold. */
  readonly matchers: readonly MatcherSpec[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly origin: SilenceOrigin;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The silence that it replaced when that was changed; null for none. */
  readonly replaces: string | null;
  /** Set once its end stands in the history: when it ended, and who ended it (`monitor` when its time was over). */
  readonly endedAt: number | null;
  readonly endedBy: string | null;
}

/** A silence that can be asked. */
export interface CompiledSilence extends Silence {
  readonly matches: (labels: Labels) => boolean;
}

/** Where a silence stands in time. */
export type SilenceState = 'pending' | 'active' | 'expired';

/** Where a silence stands at `now`. */
export function stateOfSilence({ startsAt, endsAt }: Pick<Silence, 'startsAt' | 'endsAt'>, now: number): SilenceState {
  if (now >= endsAt) return 'expired';
  return now < startsAt ? 'pending' : 'active';
}

/** A stored silence to be asked. One whose pattern cannot be read any more holds nothing back: people hear too much rather than nothing. */
export function compileSilence(silence: Silence, compile: CompileRegex): CompiledSilence {
  try {
    return { ...silence, matches: compileMatchers(silence.matchers, compile) };
  } catch {
    return { ...silence, matches: () => false };
  }
}
