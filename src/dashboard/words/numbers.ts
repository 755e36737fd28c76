/** A count with its thousands apart: `10,000`; `—` where it is not known. */
export function countText(count: number | null | undefined): string {
  return count === null || count === undefined || !Number.isFinite(count)
    ? '—'
    : Math.round(count).toLocaleString('en');
}

/** A count and what is counted, which agree: `1 alert`, `2 alerts`. */
export function countOf(count: number, one: string, several = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : several}`;
}

/** A count that may have stopped at a bound: `10,000+`. */
export function totalText(total: number | null | undefined, isMore = false): string {
  return `${countText(total)}${isMore ? '+' : ''}`;
}

/** A number with at most three digits that matter, as meters show it. */
export function figureText(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '—';
  if (Math.abs(value) >= 1000) return countText(value);
  return String(Number(value.toPrecision(3)));
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes in the units of IEC: `12.1 GiB`. */
export function bytesText(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return '—';
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, Math.abs(bytes))) / 10)));
  return `${figureText(bytes / 1024 ** power)} ${UNITS[power] ?? ''}`;
}

/** A share in percent, rounded down, so that what is not whole does not look whole: 99.996 is `99.99 %`. */
export function shareText(percent: number | null | undefined): string {
  if (percent === null || percent === undefined || !Number.isFinite(percent)) return '—';
  return `${(Math.floor(percent * 100 + 1e-9) / 100).toFixed(2)} %`;
}

/** A percentage as meters show it: one decimal. */
export function percentText(percent: number | null | undefined): string {
  return percent === null || percent === undefined || !Number.isFinite(percent) ? '—' : `${percent.toFixed(1)} %`;
}

/** A figure in the unit that its name says: `free_bytes`, `used_percent`, `offset_ms`. */
export function metricText(name: string, value: number): string {
  if (/(^|_)bytes(_|$)/.test(name)) return bytesText(value);
  if (/(^|_)(percent|pct)(_|$)/.test(name)) return `${figureText(value)} %`;
  if (/_ms$/.test(name)) return `${figureText(value)} ms`;
  if (/_(seconds|s)$/.test(name)) return `${figureText(value)} s`;
  return figureText(value);
}

/** An uptime from 0 to 1: `99.98 %`, and `100 %` only where nothing was ever down. */
export function uptimeText(ratio: number | null | undefined): string {
  return ratio === 1 ? '100 %' : shareText(ratio === null || ratio === undefined ? null : ratio * 100);
}
