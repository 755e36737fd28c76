import { expect, test } from '@jest/globals';
import { heldBack, heldBackText } from '../../../../src/commands/check/held-back.ts';
import type { CheckResult, CheckStatus } from '../../../../src/core/check.ts';
import { type CheckState, nextState } from '../../../../src/core/cluster/payload.ts';

const found = (status: CheckStatus, items?: Readonly<Record<string, CheckStatus>>): CheckResult => ({
  checker: 'disk',
  status,
  message: '',
  metrics: {},
  checkedAt: 5,
  durationMs: 1,
  ...(items !== undefined && {
    items: Object.entries(items).map(([name, state]) => {
      return { name, title: name, status: state, message: '', metrics: {}, labels: {} };
    }),
  }),
});
const rule = { attempts: 3, forMs: 0 };
const [ok] = [nextState(undefined, { status: 'ok', checkedAt: 1 })];
const seen = nextState(undefined, { status: 'critical', checkedAt: 1 }, rule);
const told = nextState(undefined, { status: 'critical', checkedAt: 1 });

test.each<[string, CheckResult, Record<string, CheckState>, typeof rule, string]>([
  ['seen once', found('critical'), { disk: seen }, rule, ' [not told yet: 1 of 3 runs in a row]'],
  ['not seen', found('critical'), { disk: ok }, rule, ' [not told yet: 0 of 3 runs in a row]'],
  ['for a time', found('critical'), { disk: seen }, { attempts: 1, forMs: 60_000 }, ' [not told yet: for 1 min]'],
  ['told', found('critical'), { disk: told }, rule, ''],
  ['no agent', found('critical'), {}, rule, ''],
  ['nothing wrong', found('ok'), { disk: seen }, rule, ''],
  ['told at once', found('critical'), { disk: ok }, { attempts: 1, forMs: 0 }, ''],
  [
    'an item',
    found('critical', { 'disk:/': 'critical' }),
    { 'disk:/': seen },
    rule,
    ' [not told yet: 1 of 3 runs in a row]',
  ],
  [
    'one of two items told',
    found('critical', { 'disk:/': 'critical', 'disk:/a': 'warning' }),
    { 'disk:/': seen, 'disk:/a': told },
    rule,
    '',
  ],
])('%s', (_, result, states, confirmation, text) => {
  const held = heldBack([result], [{ check: { name: 'disk', confirmation } }], states);
  expect(heldBackText(result, held)).toBe(text);
});
