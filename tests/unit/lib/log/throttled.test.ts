import { expect, test } from '@jest/globals';
import { throttled, throttledErrors } from '../../../../src/lib/log/throttled.ts';
import { StoreError } from '../../../../src/stores/contract/error.ts';
import { handClock } from '../../../support/hand-clock.ts';

test('a listener is called once in ten seconds, with how often it was not', async () => {
  const { clock, tick } = handClock();
  const said: unknown[] = [];
  const tell = throttled(clock, (...given) => said.push(given));
  for (let turn = 0; turn < 5; turn += 1) tell('a');
  await tick(10_000);
  tell('b');
  expect(said).toEqual([
    ['a', 0],
    ['b', 4],
  ]);
});

test('errors: a line for each kind, short where the error says what to do', async () => {
  const { clock, tick } = handClock();
  const lines: unknown[] = [];
  const tell = throttledErrors(clock, { error: (fields, message) => lines.push([message, fields]) });
  const [full, fault] = [new StoreError('the disk is full', { unavailable: true }), new Error('a fault')];
  for (const error of [full, full, fault, full]) tell('failed', error);
  await tick(10_000);
  tell('failed', full);
  expect(lines).toEqual([
    ['failed', { reason: 'the disk is full' }],
    ['failed', { error: fault }],
    ['failed', { reason: 'the disk is full', more: 2 }],
  ]);
});
