import type { Silence } from '../wire/documents.ts';
import type { Times } from '../words/times.ts';

/** A day of the calendar: where it begins and ends, as shares of the week. Days of 23 and 25 hours are so wide. */
export interface CalendarDay {
  readonly at: number;
  readonly word: string;
  readonly left: number;
  readonly width: number;
}

/** A bar of the calendar, as shares of the week. */
export interface CalendarBar {
  readonly silence: Silence;
  readonly left: number;
  readonly width: number;
}

/** A week from the day on which `from` lies. */
export interface Week {
  readonly start: number;
  readonly end: number;
  readonly days: readonly CalendarDay[];
  readonly bars: readonly CalendarBar[];
  /** Where now is; null outside of the week. */
  readonly now: number | null;
}

const DAYS = 7;

/** Lays out what holds in the week that begins so many weeks from today. */
export function weekOf(silences: readonly Silence[], now: number, weeksLater: number, times: Times): Week {
  const start = times.dayStart(now, weeksLater * DAYS);
  const end = times.dayStart(now, (weeksLater + 1) * DAYS);
  const share = (at: number) => (Math.min(end, Math.max(start, at)) - start) / (end - start);
  const days = Array.from({ length: DAYS }, (_, day) => {
    const at = times.dayStart(now, weeksLater * DAYS + day);
    const next = times.dayStart(now, weeksLater * DAYS + day + 1);
    return { at, word: times.weekday(at), left: share(at), width: share(next) - share(at) };
  });
  const bars = silences
    .filter(({ starts_at: from, ends_at: to }) => Date.parse(to) > start && Date.parse(from) < end)
    .sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at))
    .map((silence) => {
      const left = share(Date.parse(silence.starts_at));
      return { silence, left, width: share(Date.parse(silence.ends_at)) - left };
    });
  return { start, end, days, bars, now: now >= start && now < end ? share(now) : null };
}
