import { iso } from '../../core/iso-time.ts';
import { type MatcherSpec, type Silence, type SilenceState, stateOfSilence } from '../../core/policy/silence.ts';

/** Which silences a client of Alertmanager's API asks for. */
export interface SilenceFilter {
  /** A silence must have each of these among its own matchers, to the letter. */
  readonly filters: readonly MatcherSpec[];
  readonly states: readonly SilenceState[];
}

/** A silence as Alertmanager's API gives it; a window is one, too, for its id stands in `silencedBy`. */
export function alertmanagerSilence(silence: Silence, now: number) {
  const { id, matchers, createdBy, comment } = silence;
  return {
    id,
    status: { state: stateOfSilence(silence, now) },
    updatedAt: iso(silence.updatedAt),
    comment,
    createdBy,
    endsAt: iso(silence.endsAt),
    matchers: matchers.map(({ isEqual, isRegex, name, value }) => ({ isEqual, isRegex, name, value })),
    startsAt: iso(silence.startsAt),
  };
}

/** Whether a silence is asked for. */
export function silenceFilter({ filters, states }: SilenceFilter, now: number): (silence: Silence) => boolean {
  return (silence) =>
    states.includes(stateOfSilence(silence, now)) &&
    filters.every((wanted) => silence.matchers.some((own) => isSame(own, wanted)));
}

function isSame(a: MatcherSpec, b: MatcherSpec): boolean {
  return a.name === b.name && a.value === b.value && a.isRegex === b.isRegex && a.isEqual === b.isEqual;
}

const ORDER: readonly SilenceState[] = ['active', 'pending', 'expired'];

/** First what is active by its end, then what is to come by its start, then what is over, the last one first. */
export function inAlertmanagersOrder(silences: readonly Silence[], now: number): readonly Silence[] {
  const rank = (silence: Silence) => ORDER.indexOf(stateOfSilence(silence, now));
  return silences.toSorted((a, b) => {
    const byState = rank(a) - rank(b);
    if (byState !== 0) return byState;
    if (rank(a) === 0) return a.endsAt - b.endsAt;
    return rank(a) === 1 ? a.startsAt - b.startsAt : b.endsAt - a.endsAt;
  });
}
