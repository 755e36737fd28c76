import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readNotify } from '../../../../src/config/notify/read.ts';
import { compilePolicy } from '../../../../src/notify/policy/compile.ts';
import { blocks } from '../../../support/pages.ts';
import fc from '../../../support/property.ts';
import { ROOT } from '../../../support/sources.ts';

const PAGE = readFileSync(join(ROOT, 'docs/notify.md'), 'utf8');
const EXAMPLES = blocks(PAGE, 'yaml').map((text) => (parse(text) as { notify: Record<string, unknown> }).notify);

type Json = unknown;
const junk = fc.constantFrom<Json>(
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    '',
    ' ',
    'x',
    '\n',
    '\u0000',
    '{{',
    'a=b',
    'a=~"("',
    '99:99-00:00',
    '-32:40',
    'FREQ=YEARLY;BYDAY=53MO',
    '0 0 31 2 *',
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    { a: null },
    { x: { y: [] } },
    '1h30m',
    '0s',
    '9999w',
    'Europe/Berlin',
    'mon:sun',
    '-1',
    'file:/',
    'env:',
    'toString',
    'constructor',
  ],
);

/** One value somewhere in it is another. */
function mutant(value: Json, path: readonly number[], other: Json): Json {
  const [step = 0, ...rest] = path;
  if (typeof value !== 'object' || value === null || path.length === 0) return other;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return other;
  if (Array.isArray(value)) return value.map((one, index) => (String(index) === key ? mutant(one, rest, other) : one));
  return { ...value, [key]: mutant((value as Record<string, Json>)[key], rest, other) };
}

test('whatever stands in notify, a start says what is wrong with it, or goes on; it never fails by itself', async () => {
  const given = fc.tuple(fc.constantFrom(...EXAMPLES), fc.array(fc.nat(12), { maxLength: 6 }), junk);
  await fc.assert(
    fc.asyncProperty(given, async ([example, path, other]) => {
      const values = mutant(example, path, other);
      if (typeof values !== 'object' || values === null || Array.isArray(values)) return;
      const policyFile = { values: { ...values }, at: () => 'monitor.yaml:1', folder: '/' };
      const notify = { allowPrivateTargets: [], allowPrograms: [] };
      const read = await readNotify({ notify, policyFile } as never, { env: {}, cwd: '/', isTrial: true });
      if (read === null) return;
      const known = read.document.channels.map(({ id }) => id);
      const { problems } = compilePolicy(read.document, new Map(), known);
      for (const problem of [...read.problems, ...problems]) {
        expect(problem).toMatch(/^monitor\.yaml:1: notify\.\S+: \S/);
        expect(problem).not.toMatch(/Invalid input|undefined|\[object/);
      }
    }),
    { numRuns: 400 },
  );
});
