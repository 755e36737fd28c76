import { expect, test } from '@jest/globals';
import { createShares } from '../../../src/pipeline/shares.ts';

const LARGE = 100;
/** Shares to which these flows have sent something, one a second before the next unless told, the last one at 0. */
function after(flows: readonly string[], apartMs = 1) {
  const shares = createShares(LARGE);
  flows.forEach((flow, index) => {
    shares.seen(flow, (index + 1 - flows.length) * apartMs);
  });
  return shares;
}
const costs = (text: string) =>
  text.split(' ').map((one) => {
    const [flow = '', spent] = one.split(':');
    return { flow, spent: Number(spent) };
  });

test.each([
  ['who had all of a long commit rests as long', ['b', 'a'], 'a:500', 40, { flow: 'a', ms: 40 }],
  ['whoever of the two came last', ['a', 'b'], 'a:500', 40, { flow: 'a', ms: 40 }],
  ['however often it came since', ['b', 'a', 'a', 'a', 'a'], 'a:500', 40, { flow: 'a', ms: 40 }],
  ['what it sent in pieces counts together', ['b', 'a'], 'a:60 a:60 b:1', 40, { flow: 'a', ms: 40 }],
  ['a store that was held up is not paid for', ['b', 'a'], 'a:500', 9000, { flow: 'a', ms: 250 }],
  ['a short commit keeps nobody waiting', ['b', 'a'], 'a:500', 7, null],
  ['what is small is nobody of whom to rest', ['b', 'a'], 'a:100', 40, null],
  ['nor is who had half of it', ['b', 'a'], 'a:500 b:500', 40, null],
  ['nor is one of many', ['b', 'a'], 'a:90 b:90 c:90 d:90', 40, null],
  ['where nobody else is, nobody rests', ['a', 'a'], 'a:500', 40, null],
])('%s', (_, flows, spent, took, expected) => {
  expect(after(flows).restAfter(costs(spent), took, 0)).toEqual(expected);
});

test('who has not sent for a second is not there', () => {
  expect(after(['b', 'a'], 1000).restAfter(costs('a:500'), 40, 0)).toEqual({ flow: 'a', ms: 40 });
  expect(after(['b', 'a'], 1001).restAfter(costs('a:500'), 40, 0)).toBeNull();
});
