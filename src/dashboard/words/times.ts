/** The zone in which times are shown: the viewer's own, or UTC. */
export type Zone = 'local' | 'UTC';

/** Writes moments of time, each given in UTC milliseconds. */
export interface Times {
  /** Name of the zone, as it stands in the top bar. */
  readonly zone: string;
  /** `14:18` */
  minute(at: number): string;
  /** `14:18:02` */
  clock(at: number): string;
  /** `2026-03-29` */
  day(at: number): string;
  /** `14:18:02`, and behind the date where that is not the day of `now`. */
  clockOrDay(at: number, now: number): string;
  /** `14:18` of today, `Mon 30 Mar, 14:18` of another day. */
  until(at: number, now: number): string;
  /** `2026-03-29 14:18:02.004 UTC` */
  full(at: number): string;
  /** `Sun 29` */
  weekday(at: number): string;
  /** The start of the day in which it lies, and so many days later: days of 23 and 25 hours are counted as days. */
  dayStart(at: number, daysLater?: number): number;
}

interface Parts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

/** Times of one zone; `own` is the name of the viewer's. */
export function createTimes(zone: Zone, own = new Intl.DateTimeFormat('en').resolvedOptions().timeZone): Times {
  const timeZone = zone === 'UTC' ? 'UTC' : own;
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone, ...options });
  const whole = format({
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    hourCycle: 'h23',
  });
  const names = format({ weekday: 'short', day: 'numeric' });
  const month = format({ month: 'short' });
  const short = format({ timeZoneName: 'short' });
  const parts = (at: number): Parts =>
    Object.fromEntries(whole.formatToParts(at).map(({ type, value }) => [type, value])) as unknown as Parts;
  const zoneAt = (at: number) =>
    timeZone === 'UTC'
      ? 'UTC'
      : (short.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone);
  const day = (at: number) => {
    const { year, month, day } = parts(at);
    return `${year}-${month}-${day}`;
  };
  const minute = (at: number) => `${parts(at).hour}:${parts(at).minute}`;
  const clock = (at: number) => `${minute(at)}:${parts(at).second}`;
  const weekday = (at: number) => names.format(at).replace(',', '');
  const dayStart = (at: number, daysLater = 0) => {
    const { year, month, day } = parts(at);
    const wanted = Date.UTC(Number(year), Number(month) - 1, Number(day) + daysLater);
    return wanted - offsetAt(wanted - offsetAt(wanted, parts), parts);
  };
  return {
    zone: timeZone,
    minute,
    clock,
    day,
    weekday,
    dayStart,
    clockOrDay: (at, now) => (day(at) === day(now) ? clock(at) : `${day(at)} ${clock(at)}`),
    until: (at, now) => (day(at) === day(now) ? minute(at) : `${weekday(at)} ${month.format(at)}, ${minute(at)}`),
    full: (at) => `${day(at)} ${clock(at)}.${String(new Date(at).getUTCMilliseconds()).padStart(3, '0')} ${zoneAt(at)}`,
  };
}

/** By how much the clock of the zone is ahead of UTC at this moment, in milliseconds. */
function offsetAt(at: number, parts: (at: number) => Parts): number {
  const { year, month, day, hour, minute, second } = parts(at);
  const shown = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return shown - Math.floor(at / 1000) * 1000;
}
