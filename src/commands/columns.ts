import { spanText } from './screen/screen.ts';

/** A table for people: cells in aligned columns, a header above; the last column is not padded. */
export function columns(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const clean = [header, ...rows].map((row) => row.map(printable));
  const widths = header.map((_, index) => Math.max(...clean.map((row) => row[index]?.length ?? 0)));
  return clean.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** Names and values under one another. */
export function fields(pairs: readonly (readonly [string, string | null])[]): string[] {
  const shown = pairs.filter((pair): pair is readonly [string, string] => pair[1] !== null && pair[1] !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`);
}

/** A map on one line: `name=value  name=value`. */
export function mapText(map: Readonly<Record<string, unknown>>): string {
  return Object.entries(map)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('  ');
}

/** Text of a stranger on one line, without the control characters by which a terminal can be driven. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** How long ago a time was: `45s`, `12m`, `2h06m`, `19h`, `8d`. */
export function ago(time: string, now: number): string {
  return spanText(now - Date.parse(time));
}
