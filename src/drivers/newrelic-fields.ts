import { presentText } from '../core/absent.ts';
import type { JsonObject } from '../core/read.ts';

/** What New Relic leaves of a template that it could not fill in: `{{json owner}}`, `$INCIDENT_ID`. */
const UNRESOLVED = /^\s*(?:\{\{.*\}\}|\$[A-Z][A-Z0-9_]*)\s*$/s;

/** Text of a scalar that stands for something. */
export function textOf(value: unknown): string | undefined {
  const text = presentText(value)?.trim();
  return text === undefined || UNRESOLVED.test(text) ? undefined : text;
}

/** Text of the first of these fields that has one. */
export function pick(body: JsonObject, ...fields: readonly string[]): string | undefined {
  for (const field of fields) {
    const text = textOf(body[field]);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Text of a scalar, or the texts of a list, apart by commas. */
export function listOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return textOf(value);
  const texts = value.flatMap((one) => textOf(one) ?? []);
  return texts.length === 0 ? undefined : texts.join(', ');
}
