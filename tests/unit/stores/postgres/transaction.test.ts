import { expect, test } from '@jest/globals';
import type { Changes } from '../../../../src/stores/contract/ingest.ts';
import { createPostgresTransaction } from '../../../../src/stores/postgres/transaction.ts';
import type { Run } from '../../../../src/stores/postgres/work.ts';
import { alert, changes, idOf, incident, instance, T, write } from '../../../support/stored.ts';

/** What each statement of a `save` is given, as the server would read it. */
async function sent(fields: Partial<Changes>): Promise<unknown[][]> {
  const given: unknown[][] = [];
  const run: Run = async (_, values) => {
    given.push([...values]);
    return { rows: [], rowCount: 3 } as never;
  };
  await createPostgresTransaction(run, async () => []).save(changes(fields));
  return given;
}

/** The same rows in all orders that three can have. */
function orders<T>(rows: readonly T[]): T[][] {
  if (rows.length < 2) return [[...rows]];
  return rows.flatMap((row, index) => orders(rows.filter((_, other) => other !== index)).map((rest) => [row, ...rest]));
}

const record = (key: string) => ({ key, signature: '', answer: '{}', at: T });

// Two hubs that insert the same rows wait for each other in a circle unless both take them in one order.
test.each<[string, { [K in keyof Changes]?: readonly [Changes[K][number], Changes[K][number], Changes[K][number]] }]>([
  ['instances', { instances: [instance('a'), instance('b'), instance('c')] }],
  ['alerts', { alerts: [write('insert', alert(1)), write('insert', alert(2)), write('insert', alert(3))] }],
  ['incidents', { incidents: [incident(1), incident(2), incident(3)] }],
  ['replays', { replays: [record('a'), record('b'), record('c')] }],
])('new %s go to the server in one order, whatever order they come in', async (kind, fields) => {
  const all = orders<unknown>(fields[kind as keyof Changes] as readonly unknown[]);
  expect(all).toHaveLength(6);
  const [first, ...others] = await Promise.all(all.map((rows) => sent({ [kind]: rows })));
  expect(first?.length).toBeGreaterThan(0);
  for (const other of others) expect(other).toEqual(first);
});

test('an incident that has ended goes before the live one of its key', async () => {
  const ended = incident(9, { key: 'k', status: 'resolved', resolvedAt: T });
  const [values] = await sent({ incidents: [ended, incident(2, { key: 'k' }), incident(1, { key: 'a' })] });
  expect(values?.[0]).toBe(`{${[idOf(1), idOf(9), idOf(2)].map((id) => `"${id}"`).join(',')}}`);
});
