import { expect, test } from '@jest/globals';
import { createRecent } from '../../../src/lib/recent.ts';
import fc from '../../support/property.ts';

test('what it gives is what was set last; what it forgets is what was not used for long', () => {
  const key = fc.constantFrom(...'abcdefghij');
  const call = fc.oneof(
    fc.record({ get: key }),
    fc.record({ set: key, value: fc.nat() }),
    fc.record({ clear: fc.constant(true) }),
  );
  fc.assert(
    fc.property(fc.array(call, { maxLength: 200 }), fc.integer({ min: 2, max: 12 }), (calls, entries) => {
      const recent = createRecent<number>(entries);
      let truth = new Map<string, number>();
      for (const one of calls) {
        if ('clear' in one) {
          recent.clear();
          truth = new Map();
        } else if ('set' in one) {
          recent.set(one.set, one.value);
          truth.set(one.set, one.value);
          expect(recent.get(one.set)).toBe(one.value);
        } else expect([undefined, truth.get(one.get)]).toContain(recent.get(one.get));
      }
    }),
  );
});

test('what is used between two others is kept, however many come and go', () => {
  const recent = createRecent<number>(10);
  recent.set('kept', 1);
  for (let index = 0; index < 1000; index += 1) {
    recent.set(`passing ${index}`, index);
    if (index % 3 === 0) expect(recent.get('kept')).toBe(1);
  }
  expect(recent.get('passing 1')).toBeUndefined();
});
