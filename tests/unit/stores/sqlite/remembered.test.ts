import { describe, expect, test } from '@jest/globals';
import type { StoredAlert } from '../../../../src/stores/contract/ingest.ts';
import { createRememberedAlerts } from '../../../../src/stores/sqlite/remembered.ts';
import { toStored } from '../../../../src/stores/tables/tables.ts';
import fc from '../../../support/property.ts';
import { alert } from '../../../support/stored.ts';

const stored = (n: number, more: Partial<StoredAlert> = {}) => ({ ...toStored(n, alert(n)), ...more });

describe('what is remembered of an alert', () => {
  test.each([
    ['fires and does not end by itself', { endedAt: null, expiresAt: null }],
    ['has ended, and belongs to an incident', { status: 'resolved', endedAt: 1_700_000_000_123, incidentId: 'i' }],
    ['ends by itself', { expiresAt: 1_700_000_000_123, occurrences: 2 ** 40 }],
    ['belongs to no incident', { incidentId: null }],
  ] as const)('that %s is as it was', (_, more) => {
    const memory = createRememberedAlerts(4);
    memory.set('a', stored(1, more), null);
    expect(memory.get('a')).toEqual(stored(1, more));
  });

  test('moves on with a repeat and with a confirmation, and nothing else of it does', () => {
    const memory = createRememberedAlerts(4);
    memory.set('a', stored(1), 5);
    memory.set('b', stored(2), 5);
    expect(memory.repeat('a', { observedAt: 70, occurrences: 8, expiresAt: 90 }, 6)).toBe(true);
    expect(memory.get('a')).toEqual(stored(1, { observedAt: 70, occurrences: 8, expiresAt: 90 }));
    memory.confirm('a', 71);
    expect(memory.get('a')).toEqual(stored(1, { observedAt: 71, occurrences: 8, expiresAt: 90 }));
    expect([memory.says('a', 6), memory.says('a', 5), memory.says('b', 5)]).toEqual([true, false, true]);
    expect(memory.get('b')).toEqual(stored(2));
  });

  test('says nothing where it is not known what was written, or nothing is known', () => {
    const memory = createRememberedAlerts(4);
    memory.set('a', stored(1), null);
    expect([memory.says('a', 0), memory.says('a', Number.NaN), memory.says('b', 0)]).toEqual([false, false, false]);
    expect([memory.get('b'), memory.repeat('b', stored(1), 1)]).toEqual([undefined, false]);
    memory.confirm('b', 1);
    expect(memory.get('b')).toBeUndefined();
  });
});

test('whatever is found is what was set last, and what was used last is found', () => {
  const keys = fc.constantFrom(...'abcdefghij');
  const steps = fc.array(fc.tuple(fc.constantFrom('set', 'get', 'repeat', 'delete', 'clear'), keys, fc.nat(99)));
  fc.assert(
    fc.property(steps, (course) => {
      const memory = createRememberedAlerts(6);
      const model = new Map<string, StoredAlert>();
      const digests = new Map<string, number>();
      let used: string[] = [];
      for (const [step, key, n] of course) {
        const touch = () => {
          used = [key, ...used.filter((one) => one !== key)];
        };
        if (step === 'set') {
          memory.set(key, stored(n), n);
          model.set(key, stored(n));
          digests.set(key, n);
          touch();
        } else if (step === 'repeat') {
          const seen = { observedAt: n, occurrences: n, expiresAt: n };
          const before = model.get(key);
          if (!memory.repeat(key, seen, n) || before === undefined) continue;
          model.set(key, { ...before, ...seen });
          digests.set(key, n);
          touch();
        } else if (step === 'get') {
          if (memory.get(key) !== undefined) touch();
        } else {
          for (const gone of step === 'clear' ? [...model.keys()] : [key]) {
            model.delete(gone);
            digests.delete(gone);
          }
          used = step === 'clear' ? [] : used.filter((one) => one !== key);
          if (step === 'clear') memory.clear();
          else memory.delete(key);
        }
        const [last] = used;
        if (last !== undefined) {
          expect(memory.get(last)).toEqual(model.get(last));
          expect(memory.says(last, digests.get(last) ?? -1)).toBe(true);
        }
      }
      const found = used.filter((key) => memory.get(key) !== undefined);
      for (const key of found) expect(memory.get(key)).toEqual(model.get(key));
    }),
  );
});
