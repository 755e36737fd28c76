import { expect, test } from '@jest/globals';
import { LIMIT, moreLines } from '../../../../src/commands/screen/pages.ts';

const page = (fields = {}) => ({ items: [1, 2, 3], next_cursor: 'abc', ...fields });

test.each([
  [{ limit: LIMIT }, 'monitor alerts --cursor abc'],
  [{ limit: '5' }, 'monitor alerts --limit 5 --cursor abc'],
  [
    { status: ['firing'], severity: ['critical'], limit: LIMIT, instance: ['web-1'], config: '/etc/monitor/my.yaml' },
    'monitor alerts --status firing --severity critical --instance web-1 --config /etc/monitor/my.yaml --cursor abc',
  ],
  [{ status: ['firing', 'unknown'], limit: LIMIT }, 'monitor alerts --status firing --status unknown --cursor abc'],
  [{ limit: LIMIT, cursor: 'of-the-page-before' }, 'monitor alerts --cursor abc'],
  [{ limit: LIMIT, instance: ["Bob's machine"] }, "monitor alerts --instance 'Bob'\\''s machine' --cursor abc"],
  [{ limit: LIMIT, label: ['a!=b c'] }, "monitor alerts --label 'a!=b c' --cursor abc"],
  [{ limit: LIMIT, instance: undefined, config: undefined }, 'monitor alerts --cursor abc'],
])('the next page of a list called with %j', (given, call) => {
  expect(moreLines('alerts', given, page())).toEqual(['', `More: ${call}`]);
});

test.each([
  [{ total: 209, total_is_more: false }, '3 of 209. '],
  [{ total: 6138, total_is_more: false }, '3 of 6,138. '],
  [{ total: 10_000, total_is_more: true }, '3 of more than 10,000. '],
])('how many there are: %j', (counted, text) => {
  expect(moreLines('alerts', {}, page(counted))[1]).toBe(`${text}More: monitor alerts --cursor abc`);
});

test('the last page has none after it', () => {
  expect(moreLines('alerts', { limit: '5' }, page({ next_cursor: null, total: 3 }))).toEqual([]);
});
