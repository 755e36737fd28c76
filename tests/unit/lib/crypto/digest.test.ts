import { expect, test } from '@jest/globals';
import { fingerprintOf, identityOf, sha256 } from '../../../../src/lib/crypto/digest.ts';

test('an identity is what the sender calls it, its hash when long, and the hash of name and labels without one', () => {
  expect(identityOf('f1', 'n', {})).toBe('f1');
  expect(identityOf('x'.repeat(257), 'n', {})).toBe(`sha256:${sha256('x'.repeat(257))}`);
  for (const none of [undefined, ''])
    expect(identityOf(none, 'n', { b: '1', a: '2' })).toBe(fingerprintOf('n', { a: '2', b: '1' }));
});
