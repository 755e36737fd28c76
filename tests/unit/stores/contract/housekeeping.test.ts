import { expect, test } from '@jest/globals';
import { judgeExpiry } from '../../../../src/stores/contract/housekeeping.ts';

const NOW = 1_000;
const NO_GRACE = { before: 0, until: 0 };
const GRACE = { before: 500, until: 1_200 };

test.each([
  ['it has resolved', 'resolved', 900, 100, NO_GRACE, { outcome: 'forget' }],
  ['it does not expire any more', 'firing', null, 100, NO_GRACE, { outcome: 'forget' }],
  ['it has been told again', 'firing', 1_001, 600, NO_GRACE, { outcome: 'move', to: 1_001 }],
  ['its time has come', 'firing', 1_000, 600, NO_GRACE, { outcome: 'expired' }],
  ['it could not be told again yet', 'firing', 900, 499, GRACE, { outcome: 'move', to: 1_200 }],
  ['it has been told since', 'firing', 900, 500, GRACE, { outcome: 'expired' }],
  ['the grace is over', 'firing', 900, 499, { before: 500, until: 1_000 }, { outcome: 'expired' }],
] as const)('a look at an alert: %s', (_, status, expiresAt, lastSeenAt, grace, verdict) => {
  expect(judgeExpiry({ status, expiresAt, lastSeenAt }, NOW, grace)).toEqual(verdict);
});
