import { presentText, presentTime } from './absent.ts';
import { isObject, type JsonObject } from './read.ts';

/** Text of the first of these fields that stands for something, without blanks around it. */
export function pick(body: JsonObject, ...fields: readonly string[]): string | undefined {
  for (const field of fields) {
    const text = presentText(body[field])?.trim();
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Text of a scalar, or the texts of a list, apart by commas. */
export function listOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return presentText(value)?.trim();
  const texts = value.flatMap((one) => presentText(one)?.trim() ?? []);
  return texts.length === 0 ? undefined : texts.join(', ');
}

/** A body without the texts that its sender left as they stand in the template, at any depth. */
export function withoutMacros(body: JsonObject, macro: RegExp): JsonObject {
  const isLeft = (value: unknown) => typeof value === 'string' && macro.test(value);
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.filter((one) => !isLeft(one)).map(clean);
    return isObject(value) ? withoutMacros(value, macro) : value;
  };
  const kept = Object.entries(body).filter(([, value]) => !isLeft(value));
  return Object.fromEntries(kept.map(([key, value]) => [key, clean(value)]));
}

/** UTC milliseconds of the first of these fields that holds a time of this century, as text or number. */
export function timeIn(body: JsonObject, ...fields: readonly string[]): number | undefined {
  const at = presentTime(pick(body, ...fields));
  return at === undefined || at < Date.UTC(2001, 0) ? undefined : at;
}

/** The value of a JSON text inside a body; undefined when it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
