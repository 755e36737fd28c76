import { expect, test } from '@jest/globals';
import { LIMIT, moreLines } from '../../../src/commands/reading.ts';

test.each([
  [{ limit: LIMIT }, 'monitor alerts --cursor abc'],
  [{ limit: '5' }, 'monitor alerts --limit 5 --cursor abc'],
  [
    { status: 'firing', severity: 'critical', limit: LIMIT, instance: 'web-1', config: '/etc/monitor/my.yaml' },
    'monitor alerts --status firing --severity critical --instance web-1 --config /etc/monitor/my.yaml --cursor abc',
  ],
  [{ limit: LIMIT, cursor: 'of-the-page-before' }, 'monitor alerts --cursor abc'],
  [{ limit: LIMIT, instance: "Bob's machine" }, "monitor alerts --instance 'Bob'\\''s machine' --cursor abc"],
  [{ limit: LIMIT, instance: undefined, config: undefined }, 'monitor alerts --cursor abc'],
])('the next page of a list called with %j', (given, call) => {
  expect(moreLines('alerts', given, 'abc')).toEqual(['', `More: ${call}`]);
});

test('the last page has none after it', () => {
  expect(moreLines('alerts', { limit: '5' }, null)).toEqual([]);
});
