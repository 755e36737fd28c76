import { describe, expect, test } from '@jest/globals';
import { heard, refused, together, unheard } from '../../../src/core/source-report.ts';

const NOTHING = { source: 'zabbix', heardAt: null, remark: null, remarkAt: null, refusal: null, refusedAt: null };

describe('what is known of a source', () => {
  test('a body moves the time, and a remark stays until the next one', () => {
    const first = heard(unheard('zabbix'), 10, ['one', 'the last one']);
    expect(first).toEqual({ ...NOTHING, heardAt: 10, remark: 'the last one', remarkAt: 10 });
    expect(heard(first, 20, [])).toEqual({ ...first, heardAt: 20 });
  });

  test('a refusal is no body', () => {
    expect(refused(unheard('zabbix'), 10, 'wrong secret')).toEqual({
      ...NOTHING,
      refusal: 'wrong secret',
      refusedAt: 10,
    });
  });

  test('long texts are cut, never within a character', () => {
    const long = `${'x'.repeat(499)}😀`;
    expect(heard(unheard('a'), 1, [long]).remark).toBe('x'.repeat(499));
    expect(refused(unheard('a'), 1, long).refusal).toHaveLength(499);
  });

  test('of two reports the later of each thing counts, in either order', () => {
    const one = refused(heard(unheard('a'), 5, ['new']), 1, 'old');
    const other = refused(heard({ ...unheard('a'), remark: 'old', remarkAt: 2 }, 9, []), 4, 'new');
    const both = { source: 'a', heardAt: 9, remark: 'new', remarkAt: 5, refusal: 'new', refusedAt: 4 };
    expect(together(one, other)).toEqual(both);
    expect(together(other, one)).toEqual(both);
    expect(together(unheard('a'), one)).toEqual(one);
    expect(together(one, unheard('a'))).toEqual(one);
  });
});
