import { instantOf, weekdayOf, type Zone } from '../time/zone.ts';
import type { EndpointMaintenance } from './endpoint.ts';
import type { Span } from './uptime.ts';

/** A window with its zone at hand. */
export type ZonedMaintenance = EndpointMaintenance & { readonly clock: Zone };

/** The parts of a span that lie in none of the windows, in their order. */
export function outsideMaintenance(windows: readonly ZonedMaintenance[], span: Span): readonly Span[] {
  let parts: readonly Span[] = [span];
  for (const window of windows)
    for (const cut of windowSpans(window, span)) parts = parts.flatMap((part) => without(part, cut));
  return parts;
}

/** The spans of a window that touch a span: it begins by the wall clock of its zone, and lasts real time. */
function windowSpans({ clock, startMinute, durationMs, weekdays }: ZonedMaintenance, { from, to }: Span): Span[] {
  const first = clock.wallTime(from - durationMs);
  const found: Span[] = [];
  for (let days = 0; ; days += 1) {
    const wall = { year: first.year, month: first.month, day: first.day + days, hour: 0, minute: startMinute };
    const start = instantOf(clock, wall, 'start');
    if (start >= to) return found;
    const day = new Date(Date.UTC(wall.year, wall.month - 1, wall.day));
    const weekday = weekdayOf({ year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() });
    if (start + durationMs > from && (weekdays.length === 0 || weekdays.includes(weekday)))
      found.push({ from: start, to: start + durationMs });
  }
}

function without(part: Span, cut: Span): readonly Span[] {
  if (cut.to <= part.from || cut.from >= part.to) return [part];
  return [
    { from: part.from, to: Math.min(part.to, cut.from) },
    { from: Math.max(part.from, cut.to), to: part.to },
  ].filter(({ from, to }) => to > from);
}
