import { expect, test } from '@jest/globals';
import { passwordFault } from '../../../../src/core/access/password.ts';

test.each([
  ['correct horse battery', null],
  ['пароль из слов', null],
  ['too short', '12 characters'],
  ['aaaaaaaaaaaaaaaa', 'repeats'],
  ['mira mira mira 1', 'must not hold the name'],
  ['x'.repeat(600) + 'abcdefgh'.repeat(60), 'at most'],
])('%.30s: %s', (password, fault) => {
  const found = passwordFault(password, 'Mira');
  if (fault === null) expect(found).toBeNull();
  else expect(found).toContain(fault);
});
