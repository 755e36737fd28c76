import fc from 'fast-check';

/** JSON texts, not values: only a text can name a key twice, or hold a number that no value can. */
type Text = string;

const ODD: readonly Text[] = [
  'null', 'true', 'false', '0', '-0', '1', '-1', '1e999', '-1e999', '5e-324', '9007199254740993', '1774785600', '1774785600000',
  '253402300800000', '123456789012345678901234567890', '""', '" "', '"\\u0000"', '"\\ud800"', '"\\udc00x"', '"\\ud83d\\ude00"',
  '"__proto__"', '"constructor"', '"0001-01-01T00:00:00Z"', '"9999-99-99"', '"2026-03-29T12:00:00Z"', '"+275760-09-13T00:00:00Z"',
  '[]', '{}', '[[]]', '{"":""}', '{"__proto__":{}}', '{"toString":1,"valueOf":null}', '{"length":1e9}',
]; // biome-ignore format: a table

const KEYS = [
  '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'toJSON', 'then', 'length', '', '\0', '\ud800', 'a', 'b',
  'instance_id', 'hostname', 'checker', 'original_severity', 'metrics', 'message',
]; // biome-ignore format: a table

const wild = fc.string({ unit: 'binary', maxLength: 40 });
const key = fc.oneof(fc.constantFrom(...KEYS), wild).map((text) => JSON.stringify(text));
const long = fc.integer({ min: 200, max: 3000 }).map((length) => JSON.stringify('é'.repeat(length)));
const odd: fc.Arbitrary<Text> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...ODD) },
  { weight: 2, arbitrary: wild.map((text) => JSON.stringify(text)) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 4, stringUnit: 'binary' }) },
  { weight: 1, arbitrary: long },
);

function text(...words: string[]): fc.Arbitrary<Text> {
  return fc.constantFrom(...words.map((word) => JSON.stringify(word)));
}

function objectOf(pairs: fc.Arbitrary<readonly (readonly [Text, Text])[]>): fc.Arbitrary<Text> {
  return pairs.map((list) => `{${list.map(([name, value]) => `${name}:${value}`).join(',')}}`);
}

/** What the format wants, and one time in `rarity` something else. */
function mostly(right: fc.Arbitrary<Text>, rarity: number): fc.Arbitrary<Text> {
  return fc.oneof({ weight: rarity, arbitrary: right }, { weight: 1, arbitrary: odd });
}

const map = objectOf(fc.array(fc.tuple(key, odd), { maxLength: 6 }));
const time = fc
  .integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 })
  .map((ms) => JSON.stringify(new Date(ms).toISOString()));
const few = fc.integer({ min: 0, max: 60 }).map((n) => JSON.stringify(`f${n}`));

const FIELDS: Record<string, fc.Arbitrary<Text>> = {
  fingerprint: mostly(few, 8),
  name: mostly(text('CPU usage', 'Disk', ''), 3),
  status: mostly(text('firing', 'resolved', 'firing', 'OK', 'Alerting'), 6),
  severity: mostly(text('critical', 'warning', 'info', 'page', '5'), 6),
  started_at: mostly(time, 2),
  ended_at: mostly(time, 2),
  observed_at: mostly(time, 2),
  labels: mostly(map, 4),
  annotations: mostly(map, 4),
  metrics: mostly(map, 4),
};

const field = fc
  .constantFrom(...Object.keys(FIELDS))
  .chain((name) => fc.tuple(fc.constant(JSON.stringify(name)), FIELDS[name] as fc.Arbitrary<Text>));
const alert = objectOf(
  fc.array(fc.oneof({ weight: 8, arbitrary: field }, { weight: 1, arbitrary: fc.tuple(key, odd) }), { maxLength: 12 }),
);
const instance = fc.integer({ min: 0, max: 30 }).map((n) => JSON.stringify(`fuzz-${n}`));

/** Bodies of the cluster format with anything in any place: every field, wrong types, keys named twice, hostile keys. */
export const bodies: fc.Arbitrary<Text> = fc
  .record({
    source: fc.oneof({ weight: 30, arbitrary: text('cluster') }, { weight: 1, arbitrary: odd }),
    instance_id: fc.oneof({ weight: 30, arbitrary: instance }, { weight: 1, arbitrary: odd }),
    hostname: mostly(text('h', ''), 5),
    version: mostly(text('1.0'), 5),
    alerts: mostly(
      fc.array(mostly(alert, 8), { maxLength: 6 }).map((list) => `[${list.join(',')}]`),
      20,
    ),
    more: fc.array(fc.tuple(key, odd), { maxLength: 2 }),
  })
  .map(({ more, ...fields }) => {
    const pairs = Object.entries(fields).map(([name, value]) => [JSON.stringify(name), value] as const);
    return `{${[...pairs, ...more].map(([name, value]) => `${name}:${value}`).join(',')}}`;
  });

/** A body that a hub takes. */
export const VALID = JSON.stringify({
  source: 'cluster',
  instance_id: 'fuzz-0',
  hostname: 'h',
  version: '1.0',
  alerts: [
    {
      fingerprint: 'f0',
      name: 'CPU usage',
      status: 'firing',
      severity: 'critical',
      started_at: '2026-03-29T12:00:00Z',
      observed_at: '2026-03-29T12:00:01.000Z',
      labels: { checker: 'cpu', city: 'Zürich' },
      annotations: { message: 'CPU at 95.2 %' },
      metrics: { cpu_percent: 95.2, cores: [1, 2, { a: null }] },
    },
  ],
});
