import { describe, expect, test } from '@jest/globals';
import { comparePositions, decideResume, isPosition } from '../../../src/core/history-position.ts';

test.each(['0', '17', '3:4', '9:9223372036854775807'])('%s is a position', (text) => {
  expect(isPosition(text)).toBe(true);
});

test.each([
  '',
  '-1',
  '1.5',
  '1:',
  ':1',
  '1:2:3',
  'x',
  '1 ',
  ' 1',
  '1\n',
  '9223372036854775808',
  '1:99999999999999999999',
  '٣',
])('%j is none', (text) => {
  expect(isPosition(text)).toBe(false);
});

test.each<[string, string, number]>([
  ['1', '2', -1],
  ['10', '9', 1],
  ['7', '7', 0],
  ['1:9', '2:0', -1],
  ['2:10', '2:9', 1],
  ['9007199254740993', '9007199254740992', 1],
])('%s and %s: %d', (left, right, expected) => {
  expect(Math.sign(comparePositions(left, right))).toBe(expected);
});

describe('where a stream can go on', () => {
  const there = { position: '10', head: '20', before: { position: '10', at: 500 }, next: '11', keptSince: 100 };
  test.each<[string, Partial<Parameters<typeof decideResume>[0]>, ReturnType<typeof decideResume>]>([
    ['everything behind it is there', {}, 'resume'],
    ['it is the head', { position: '20', next: null }, 'resume'],
    ['it is beyond the head: of another store, or one that was restored', { position: '21' }, 'unknown_position'],
    ['it is no position', { position: 'x' }, 'unknown_position'],
    ['its event is older than what is kept', { before: { position: '8', at: 99 }, next: '13' }, 'older_than_retention'],
    ['nothing of before is there', { before: null, next: '15' }, 'older_than_retention'],
    ['nothing of before is there, but the next number is', { before: null }, 'resume'],
    ['everything is kept for ever', { before: null, next: '15', keptSince: null }, 'resume'],
    [
      'of transactions no number follows another',
      { position: '1:10', head: '3:1', before: null, next: '2:11' },
      'older_than_retention',
    ],
  ])('%s', (_, fields, expected) => {
    expect(decideResume({ ...there, ...fields })).toBe(expected);
  });
});
