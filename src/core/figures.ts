/** `value` with at most `digits` decimals. */
export function round(value: number, digits = 1): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

/** Share of `part` in `whole` in percent with one decimal; 0 of nothing. */
export function percentOf(part: number, whole: number): number {
  return whole > 0 ? round((part / whole) * 100) : 0;
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes as a person reads them: `1.5 GiB`. */
export function bytesText(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${round(bytes / 1024 ** step)} ${SIZES[step]}`;
}

/** Units in which people write times, in milliseconds. */
export const TIME_UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const SPANS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** Milliseconds as a person reads them, in at most two units: `3 d 4 h`, `250 ms`. */
export function spanText(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const first = SPANS.findIndex(([unit]) => ms >= unit);
  const [unit, name] = SPANS[first] ?? SPANS[3];
  const next = SPANS[first + 1];
  const rest = next === undefined ? 0 : Math.floor((ms % unit) / next[0]);
  return `${Math.floor(ms / unit)} ${name}${rest > 0 && next !== undefined ? ` ${rest} ${next[1]}` : ''}`;
}

/** What a figure has reached, for the end of a message: ` (critical at 90%)`, empty when ok. */
export function reached(
  status: 'ok' | 'warning' | 'critical',
  thresholds: { readonly warning: number | null; readonly critical: number | null },
  unit: string,
): string {
  return status === 'ok' ? '' : ` (${status} at ${thresholds[status]}${unit})`;
}

const LONG_UNITS: Readonly<Record<string, number>> = { ...TIME_UNITS, w: 604_800_000 };

/** Milliseconds of a time such as `90s` or `1h30m`, or of a number of seconds; null of anything else. */
export function parseDuration(written: string | number): number | null {
  if (typeof written === 'number') return written * 1000;
  if (!/^(\d{1,9}(ms|s|m|h|d|w))+$/.test(written)) return null;
  const parts = [...written.matchAll(/(\d+)(ms|s|m|h|d|w)/g)];
  return parts.reduce((sum, [, digits, unit = '']) => sum + Number(digits) * (LONG_UNITS[unit] ?? 0), 0);
}
