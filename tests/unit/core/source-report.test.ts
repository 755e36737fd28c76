import { describe, expect, test } from '@jest/globals';
import { emptyReport, mergeReports, recordRefused, recordSeen } from '../../../src/core/source-report.ts';

const NOTHING = {
  source: 'zabbix',
  heardAt: null,
  remark: null,
  remarkAt: null,
  refusal: null,
  refusedAt: null,
  ownNotices: 0,
};

describe('what is known of a source', () => {
  test('a body moves the time, and a remark stays until the next one', () => {
    const first = recordSeen(emptyReport('zabbix'), 10, ['one', 'the last one']);
    expect(first).toEqual({ ...NOTHING, heardAt: 10, remark: 'the last one', remarkAt: 10 });
    expect(recordSeen(first, 20, [])).toEqual({ ...first, heardAt: 20 });
  });

  test('a refusal is no body', () => {
    expect(recordRefused(emptyReport('zabbix'), 10, 'wrong secret')).toEqual({
      ...NOTHING,
      refusal: 'wrong secret',
      refusedAt: 10,
    });
  });

  test('long texts are cut, never within a character', () => {
    const long = `${'x'.repeat(499)}😀`;
    expect(recordSeen(emptyReport('a'), 1, [long]).remark).toBe('x'.repeat(499));
    expect(recordRefused(emptyReport('a'), 1, long).refusal).toHaveLength(499);
  });

  test('of two reports the later of each thing counts, in either order', () => {
    const one = recordRefused(recordSeen(emptyReport('a'), 5, ['new']), 1, 'old');
    const other = recordRefused(recordSeen({ ...emptyReport('a'), remark: 'old', remarkAt: 2 }, 9, []), 4, 'new');
    const both = { source: 'a', heardAt: 9, remark: 'new', remarkAt: 5, refusal: 'new', refusedAt: 4, ownNotices: 0 };
    expect(mergeReports(one, other)).toEqual(both);
    expect(mergeReports(other, one)).toEqual(both);
    expect(mergeReports(emptyReport('a'), one)).toEqual(one);
    expect(mergeReports(one, emptyReport('a'))).toEqual(one);
  });
});
