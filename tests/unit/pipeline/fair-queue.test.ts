import { describe, expect, test } from '@jest/globals';
import { createFairQueue, type Queued } from '../../../src/pipeline/fair-queue.ts';
import fc from '../../support/property.ts';

interface Item extends Queued {
  readonly name: string;
}

/** A queue with a credit of 10 a round, and items such as `a:3 b:3 a:20`. */
function queueOf(items: string) {
  const queue = createFairQueue<Item>(10);
  const counts = new Map<string, number>();
  for (const item of items.split(' ')) {
    const [flow = '', cost] = item.split(':');
    const number = counts.get(flow) ?? 0;
    counts.set(flow, number + 1);
    queue.push({ flow, cost: Number(cost), name: `${flow}${number}` });
  }
  return queue;
}
const namesOf = (items: readonly Item[]) => items.map(({ name }) => name).join(' ');

/** What is taken, batch by batch. */
function batches(items: string, most: number): string[] {
  const queue = queueOf(items);
  const taken: string[] = [];
  while (queue.size() > 0) taken.push(namesOf(queue.take(most)));
  return taken;
}

describe('what is taken', () => {
  test.each([
    ['of one sender all, in order', 'a:5 a:5 a:5', 100, ['a0 a1 a2']],
    ['of one sender as much as fits', 'a:5 a:5 a:5', 11, ['a0 a1', 'a2']],
    ['what is larger than a batch, alone', 'a:500 a:5', 11, ['a0', 'a1']],
    ['of several what their credit pays for', 'a:5 a:5 a:5 b:5', 100, ['a0 a1 b0', 'a2']],
    ['what is large when its credit pays for it', 'a:25 b:5 b:5 b:5 b:5', 100, ['b0 b1', 'b2 b3', 'a0']],
    ['small ones first, however many large ones came before', 'a:40 a:40 b:1 c:1', 100, ['b0 c0', 'a0 a1']],
    ['with whom had no room, next', 'a:10 b:10 c:10 a:10 b:10', 15, ['a0', 'b0', 'c0', 'a1', 'b1']],
  ])('%s', (_, items, most, expected) => {
    expect(batches(items, most)).toEqual(expected);
  });

  test('nothing where nothing waits', () => {
    expect(createFairQueue(10).take(100)).toEqual([]);
  });
});

test('what is put back comes first of its flow, and is paid for once', () => {
  const queue = queueOf('a:5 a:5 a:5 b:5 b:5');
  const taken = queue.take(100);
  expect(namesOf(taken)).toBe('a0 a1 b0 b1');
  queue.unshift(taken.slice(1));
  expect([queue.size(), namesOf(queue.take(100)), namesOf(queue.take(100))]).toEqual([4, 'a1 a2 b0 b1', '']);
});

test('a flow that is held keeps its order and what it owes, counts for nothing until it is released, and is not forgotten', () => {
  const queue = queueOf('a:5 a:5 b:5');
  queue.hold('a');
  queue.hold('a');
  queue.push({ flow: 'a', cost: 5, name: 'a2' });
  expect([queue.size(), queue.isEmpty()]).toEqual([1, false]);
  const taken = queue.take(100);
  expect([namesOf(taken), namesOf(queue.take(100)), queue.size(), queue.isEmpty()]).toEqual(['b0', '', 0, false]);
  queue.unshift(taken);
  queue.release('a');
  expect(queue.size()).toBe(4);
  queue.hold('b');
  expect([namesOf(queue.take(100)), queue.isEmpty()]).toEqual(['a0 a1 a2', false]);
  queue.release('b');
  expect([namesOf(queue.take(100)), queue.isEmpty()]).toEqual(['b0', true]);
});

test('who owes waits while others have something, and for a bounded time', () => {
  const queue = queueOf('a:10 a:10 b:10 b:10 b:10');
  queue.take(100);
  queue.charge('a', 15);
  expect([namesOf(queue.take(100)), namesOf(queue.take(100))]).toEqual(['b1', 'b2']);
  queue.push({ flow: 'c', cost: 1, name: 'c0' });
  queue.charge('a', 1e9);
  for (let round = 0; round < 70 && queue.size() > 0; round += 1) {
    queue.push({ flow: 'c', cost: 1, name: 'c' });
    queue.take(100);
  }
  expect(queue.take(100).map(({ flow }) => flow)).not.toContain('a');
});

test('whatever comes and goes: nothing is lost, each flow keeps its order, and none waits for ever', () => {
  const item = fc.record({ flow: fc.constantFrom('a', 'b', 'c', 'd'), cost: fc.integer({ min: 1, max: 60 }) });
  const step = fc.oneof(item, fc.constant('take' as const), fc.constant('put back' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const queue = createFairQueue<Item>(10);
      const [pushed, taken]: [Item[], Item[]] = [[], []];
      const take = () => {
        const batch = queue.take(50);
        if (batch.length > 1) expect(batch.reduce((sum, { cost }) => sum + cost, 0)).toBeLessThanOrEqual(50);
        return batch;
      };
      for (const [index, one] of steps.entries()) {
        if (one === 'take') taken.push(...take());
        else if (one === 'put back') {
          const [first, ...rest] = take();
          if (first !== undefined) taken.push(first);
          queue.unshift(rest);
        } else {
          pushed.push({ ...one, name: String(index) });
          queue.push(pushed.at(-1) as Item);
        }
      }
      for (let batch = take(); batch.length > 0; batch = take()) taken.push(...batch);
      for (const flow of 'abcd') {
        const of = (items: readonly Item[]) => items.filter((one) => one.flow === flow);
        expect(of(taken)).toEqual(of(pushed));
      }
      expect(queue.size()).toBe(0);
    }),
  );
});
