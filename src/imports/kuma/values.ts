import { isObject } from '../../core/reading/read.ts';

/** Whether a switch is on: columns of SQLite are 0 and 1, and old backups have texts. */
export function isOn(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(1|true)$/i.test(value));
}

/** A number, also one that is written as text; undefined for what is none. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A list or an object that may stand there as JSON in a text; undefined for what is neither. */
export function jsonOf(value: unknown): unknown {
  if (Array.isArray(value) || isObject(value)) return value;
  if (typeof value !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) || isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
