const REMOVED = Symbol('removed');
const GONE: readonly unknown[] = [REMOVED, null, '', '<no value>'];
const WRONG_TYPES: readonly unknown[] = [{}, [], [[null]], { a: { b: 1 } }, true];
// Of the long ones that end otherwise, a careless regular expression takes time by the square.
const HUGE: readonly unknown[] = [
  ...['x'.repeat(100_000), 1e300, 1e15, 'x '.repeat(2000)],
  ...[`${'/'.repeat(50_000)}x`, `${' '.repeat(50_000)}x`],
];
const MACROS: readonly unknown[] = ['{EVENT.ID}', '{$ZABBIX.URL}', '$ALERT_ID', '{{ .Status }}', '{{json state}}'];

/** What a field of a body may be instead of what it is: left out, empty, of a wrong type, huge, a macro that nobody filled in. */
export const BROKEN: readonly unknown[] = [...GONE, ...WRONG_TYPES, ...HUGE, ...MACROS];

/** A body of which one part is something else. */
export interface Mutant {
  readonly path: string;
  readonly mutant: unknown;
}

/** The body with each of its parts, one at a time, replaced by each of the values. */
export function* mutants(body: unknown, values: readonly unknown[], path = ''): Generator<Mutant> {
  if (typeof body !== 'object' || body === null) return;
  for (const [key, inner] of Object.entries(body)) {
    const at = `${path}.${key}`;
    for (const value of values) yield { path: at, mutant: replaced(body, key, value) };
    for (const one of mutants(inner, values, at)) yield { path: one.path, mutant: replaced(body, key, one.mutant) };
  }
}

function replaced(body: object, key: string, value: unknown): unknown {
  if (Array.isArray(body)) {
    return value === REMOVED ? body.toSpliced(Number(key), 1) : body.with(Number(key), value);
  }
  const { [key]: _, ...rest } = body as Record<string, unknown>;
  return value === REMOVED ? rest : { ...rest, [key]: value };
}
