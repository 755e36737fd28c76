import { storable } from '../../core/reading/json.ts';

/** A PostgreSQL array of numbers as text, to be sent as one parameter. */
export function numberArray(values: readonly (number | null)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

/** A PostgreSQL array of texts as text. What no database can store (NUL, half a surrogate pair) is written out. */
export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : quoted(value))).join(',')}}`;
}

function quoted(text: string): string {
  return `"${storable(text).replace(/["\\]/g, '\\$&')}"`;
}
