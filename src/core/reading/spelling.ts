import { isObject, type JsonObject } from './read.ts';

/** A name of a field without what spellings differ in: `alert_id`, `alertId`, `AlertID` and `alert-id` are one. */
export function plainName(name: string): string {
  const bare = name.replaceAll('_', '');
  // Nearly all names are so, and it is asked for every field of every alert.
  return /^[a-z0-9]*$/.test(bare) ? bare : bare.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}

/**
 * A body in which each of the names is there under its own spelling, wherever it came in another, or inside one of the
 * `nested` objects: `alert: { id: 1 }` is `alert_id`. What is there under its own name stays.
 */
export function respelled(body: JsonObject, names: readonly string[], nested: readonly string[] = []): JsonObject {
  const missing = new Map(names.filter((name) => !Object.hasOwn(body, name)).map((name) => [plainName(name), name]));
  if (missing.size === 0) return body;
  const found: Record<string, unknown> = {};
  const look = (value: JsonObject, prefix: string) => {
    for (const key of Object.keys(value)) {
      const name = missing.get(prefix + plainName(key));
      if (name !== undefined && !Object.hasOwn(found, name)) found[name] = value[key];
    }
  };
  look(body, '');
  for (const key of nested) {
    const inner = body[key];
    if (isObject(inner)) look(inner, plainName(key));
  }
  return Object.keys(found).length === 0 ? body : { ...body, ...found };
}
