import { expect, test } from '@jest/globals';
import { isHashOf, newToken, tokenParts } from '../../../../src/lib/crypto/token.ts';

test('a token is read back into its parts, of which only the hash is kept', () => {
  const { id, hash, text } = newToken();
  const parts = tokenParts(text);
  expect(parts).toEqual({ id, secret: expect.stringMatching(/^[\w-]{43}$/) });
  expect(hash).not.toContain(parts?.secret);
  expect(isHashOf(hash, parts?.secret ?? '')).toBe(true);
  expect(isHashOf(hash, newToken().text.slice(-43))).toBe(false);
  expect(isHashOf('', '')).toBe(false);
});

test.each(['', 'x', 'mon_', 'mon_0123456789abcdef_short', 'MON_0123456789abcdef_x', ` ${newToken().text}`])(
  '"%s" is none',
  (text) => {
    expect(tokenParts(text)).toBeNull();
  },
);
