import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { contentDigest } from '../../../src/stores/sqlite/content-digest.ts';
import { openSqliteStore } from '../../../src/stores/sqlite/store.ts';
import fc from '../../support/property.ts';
import { alert, save, write } from '../../support/stored.ts';

const content = fc.record({
  labels: fc.dictionary(fc.string(), fc.string()),
  annotations: fc.dictionary(fc.string(), fc.string()),
  metrics: fc.dictionary(fc.string(), fc.jsonValue()),
});

test('contents have the same digest exactly when they are the same text', () => {
  fc.assert(
    fc.property(content, content, (one, other) => {
      const copy = JSON.parse(JSON.stringify(one)) as typeof one;
      expect(contentDigest(copy)).toBe(contentDigest(one));
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(contentDigest(one) === contentDigest(other)).toBe(isSame);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['a text that goes from a value to its key', { labels: { a: 'bc' } }, { labels: { ab: 'c' } }],
  ['a field that goes from one map to the next', { labels: { a: 'b' } }, { annotations: { a: 'b' } }],
  ['a figure that becomes its text', { metrics: { a: 1 } }, { metrics: { a: '1' } }],
  ['a figure', { metrics: { a: 95.2 } }, { metrics: { a: 95.3 } }],
  ['nothing that becomes a text', { metrics: { a: null } }, { metrics: { a: 'null' } }],
  ['the order', { labels: { a: '', b: '' } }, { labels: { b: '', a: '' } }],
])('%s is another content', (_, one, other) => {
  const whole = { labels: {}, annotations: {}, metrics: {} };
  expect(contentDigest({ ...whole, ...one })).not.toBe(contentDigest({ ...whole, ...other }));
});

test('it is a whole number that a double can hold, spread over its range', () => {
  const digests = Array.from({ length: 20_000 }, (_, index) =>
    contentDigest({ labels: { name: `alert-${index}` }, annotations: {}, metrics: {} }),
  );
  expect(digests.every(Number.isSafeInteger)).toBe(true);
  expect(new Set(digests).size).toBe(20_000);
  for (const divisor of [2, 8, 2 ** 32, 2 ** 50]) {
    expect(new Set(digests.map((digest) => Math.floor(digest / divisor) % 8)).size).toBeGreaterThan(
      divisor === 2 ** 50 ? 7 : 1,
    );
  }
});

test('a repeat that says something else is written, also when another connection wrote in between', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-digest-'));
  const file = join(folder, 'monitor.db');
  const [store, other] = [openSqliteStore(file), openSqliteStore(file)];
  try {
    const messageOf = async () => (await store.findAlert(alert(1).id))?.annotations.message;
    const say = (message: string) => ({ ...alert(1), annotations: { message } });
    await save(store, { alerts: [write('insert', say('first'))] });
    const ref = await store.transaction(async (tx) => {
      const { source, origin, fingerprint } = alert(1);
      const [found] = await tx.findAlerts([{ source, origin, fingerprint, key: write('insert', alert(1)).key }]);
      return found?.ref ?? 0;
    });
    const repeat = (message: string) => ({ ...write('refresh', say(message)), ref });
    await save(store, { alerts: [repeat('first')] });
    expect(await messageOf()).toBe('first');
    await save(store, { alerts: [repeat('second')] });
    expect(await messageOf()).toBe('second');
    await save(other, { alerts: [repeat('of the other')] });
    await save(store, { alerts: [repeat('second')] });
    expect(await messageOf()).toBe('second');
  } finally {
    await store.close();
    await other.close();
    rmSync(folder, { recursive: true });
  }
});
