import { iso } from '../../core/iso-time.ts';
import type { MuteReason } from '../../core/notice/notice.ts';
import { type Matchable, matchLabels } from '../../core/policy/labels.ts';
import { compileMatchers } from '../../core/policy/matchers.ts';
import { type CompiledSilence, compileSilence, type Silence, stateOfSilence } from '../../core/policy/silence.ts';
import { indexSilences } from '../../core/policy/silence-index.ts';
import { createRecent } from '../../lib/recent.ts';
import { anchoredRegex } from '../../lib/regex.ts';
import type { Hold, ReadStore } from '../../stores/contract/reads.ts';
import type { SilenceReads } from '../../stores/contract/silences.ts';

/** What holds back the notices of an alert or incident, as the API gives it: `kind` is the reason, `id` what does it. */
export interface Muted {
  readonly kind: MuteReason;
  readonly id: string;
  /** ISO 8601; null until something changes. */
  readonly until: string | null;
}

/** What mutes things at one moment: two reads for a whole list. */
export interface Muting {
  /** Silences and windows that hold back an alert, in the order of their ends. */
  silencesOf(alert: Matchable): readonly Silence[];
  /** What else holds back the incident of an alert. */
  holdsOf(incidentId: string | null): readonly Hold[];
  /** What is shown of that: the silence that ends last, or the first of the others; null for nothing. */
  alert(alert: Matchable & { readonly incidentId: string | null }): Muted | null;
  incident(incidentId: string): Muted | null;
}

// Compiled ones that are remembered: what a silence holds back never changes under its id.
const COMPILED = 10_000;

/** What mutes the incidents of a page, and their alerts; one read. */
export type MutingOf = (incidentIds: readonly (string | null)[]) => Promise<Muting>;

/** Reads the silences that hold at `now`, for one page or several. */
export function createMuting(
  store: Pick<SilenceReads, 'liveSilences'> & Pick<ReadStore, 'findHolds'>,
): (now: number) => Promise<MutingOf> {
  const compiled = createRecent<CompiledSilence['matches']>(COMPILED);
  const matchesOf = (silence: Silence) => {
    const matches = compiled.get(silence.id) ?? compileSilence(silence, anchoredRegex).matches;
    compiled.set(silence.id, matches);
    return matches;
  };
  return async (now) => {
    const live = await store.liveSilences(now);
    const active = live
      .filter((silence) => stateOfSilence(silence, now) === 'active')
      .map((silence) => ({ ...silence, matches: matchesOf(silence) }));
    const matching = indexSilences(active);
    const silencesOf = (alert: Matchable) => (active.length === 0 ? [] : matching(matchLabels(alert)));
    return async (incidentIds) => {
      const ids = [...new Set(incidentIds.filter((id) => id !== null))];
      const holds = new Map<string, Hold[]>();
      for (const hold of await store.findHolds(ids)) {
        holds.set(hold.incidentId, [...(holds.get(hold.incidentId) ?? []), hold]);
      }
      const holdsOf = (incidentId: string | null) => (incidentId === null ? [] : (holds.get(incidentId) ?? []));
      const incident = (incidentId: string | null): Muted | null => {
        const [hold] = holdsOf(incidentId);
        return hold === undefined ? null : { kind: hold.reason, id: hold.by, until: iso(hold.until) };
      };
      return {
        silencesOf,
        holdsOf,
        incident,
        alert: (alert) => {
          const last = silencesOf(alert).at(-1);
          if (last === undefined) {
            // What a silence held back until now says nothing of an alert that no silence matches.
            const other = incident(alert.incidentId);
            return other?.kind === 'silenced' ? null : other;
          }
          const kind = last.kind === 'maintenance' ? 'maintenance' : 'silenced';
          return { kind, id: last.id, until: iso(last.endsAt) };
        },
      };
    };
  };
}

/** The test whether matchers hold of an alert: the same that holds notices back. Throws an Error whose message says why they cannot be read. */
export function matcherTest(matchers: Silence['matchers']): (alert: Matchable) => boolean {
  const matches = compileMatchers(matchers, anchoredRegex);
  return (alert) => matches(matchLabels(alert));
}
