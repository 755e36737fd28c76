import { iso } from '../../core/iso-time.ts';
import { matcherText } from '../../core/policy/matchers.ts';
import { type Silence, stateOfSilence } from '../../core/policy/silence.ts';

/** A silence or window as the API gives it: snake_case, ISO times; matchers as Alertmanager writes them, and by their parts. */
export function silenceJson(silence: Silence, now: number) {
  const { id, kind, matchers, createdBy, comment, origin, replaces, endedBy } = silence;
  return {
    id,
    kind,
    status: stateOfSilence(silence, now),
    // The window of an instance says whose it is.
    ...(kind === 'maintenance' && { instance_id: instanceOf(silence) }),
    matchers: matchers.map((matcher) => ({
      text: matcherText(matcher),
      name: matcher.name,
      value: matcher.value,
      is_regex: matcher.isRegex,
      is_equal: matcher.isEqual,
    })),
    starts_at: iso(silence.startsAt),
    ends_at: iso(silence.endsAt),
    created_by: createdBy,
    comment,
    origin,
    created_at: iso(silence.createdAt),
    updated_at: iso(silence.updatedAt),
    ended_by: endedBy,
    replaces,
  };
}

function instanceOf({ matchers }: Silence): string | null {
  const [only, ...others] = matchers;
  const isInstance = only?.name === 'instance_id' && only.isEqual && !only.isRegex && others.length === 0;
  return isInstance ? only.value : null;
}
