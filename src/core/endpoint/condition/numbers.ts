const GO_UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const SPAN = /^[+-]?(\d{1,18}(\.\d{0,18})?(ns|us|µs|μs|ms|s|m|h)){1,8}$/;

/** Milliseconds of a time span as Go writes it (`500ms`, `1h30m`, `1.5s`); null of anything else. */
export function goDuration(text: string): number | null {
  if (text.length > 100 || !SPAN.test(text)) return null;
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|μs|ms|s|m|h)/g)];
  const sum = parts.reduce((ms, [, digits = '', unit = '']) => ms + Number(digits) * (GO_UNITS[unit] ?? 0), 0);
  return text.startsWith('-') ? -sum : sum;
}

/** A whole number in decimal, `0x`, `0o` or `0b`, of 64 bits at most; null of anything else. */
export function wholeNumber(text: string): bigint | null {
  const match = /^([+-]?)(0x[\da-f]{1,16}|0o[0-7]{1,22}|0b[01]{1,64}|\d{1,19})$/i.exec(text);
  if (match === null) return null;
  const value = BigInt((match[2] ?? '').toLowerCase());
  return match[1] === '-' ? -value : value;
}

/** What a text counts as beside an order operator: a time span in milliseconds, or a number; null of anything else. */
export function orderedNumber(text: string): number | null {
  const span = goDuration(text);
  if (span !== null) return span;
  const whole = wholeNumber(text);
  if (whole !== null) return Number(whole);
  return /^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})(e[+-]?\d{1,3})?$/i.test(text) ? Number(text) : null;
}

/** A time span as Go writes it, in whole seconds and without the parts that are zero at its end: `24h`, `1h30m`, `0s`. */
export function goDurationText(ms: number): string {
  const seconds = Math.trunc(Math.abs(ms) / 1000);
  if (seconds === 0) return '0s';
  const [h, m, s] = [Math.trunc(seconds / 3600), Math.trunc((seconds % 3600) / 60), seconds % 60];
  const parts = [...(h > 0 ? [`${h}h`] : []), ...(h > 0 || m > 0 ? [`${m}m`] : []), `${s}s`];
  while (parts.length > 1 && /^0[ms]$/.test(parts.at(-1) ?? '')) parts.pop();
  return `${ms < 0 ? '-' : ''}${parts.join('')}`;
}
