const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span as lists show it: `8 s`, `14 min`, `2 h 6 m`, `19 h`, `4 d`. Milliseconds; what is below nothing is none. */
export function spanText(ms: number): string {
  const span = Math.max(0, ms);
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < 10 * HOUR) {
    const minutes = Math.floor((span % HOUR) / MINUTE);
    return minutes === 0 ? `${Math.floor(span / HOUR)} h` : `${Math.floor(span / HOUR)} h ${minutes} m`;
  }
  if (span < 2 * DAY) return `${Math.floor(span / HOUR)} h`;
  return `${Math.floor(span / DAY)} d`;
}

/** How long until a span of this age reads otherwise, in milliseconds. */
export function nextChange(ms: number): number {
  if (ms < 0) return SECOND;
  const step = ms < MINUTE ? SECOND : MINUTE;
  return step - (ms % step);
}

/** A length of time that ended, in words: `after 18 min`. */
export function afterText(from: string | null, to: string | null): string {
  if (from === null || to === null) return '';
  return `after ${spanText(Date.parse(to) - Date.parse(from))}`;
}
