import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Secret } from '../../../src/lib/crypto/secret.ts';
import fc from '../../support/property.ts';

test('the HMAC of a secret is that of Node, for keys and bodies of any length and any split', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 200 }),
      fc.array(fc.uint8Array({ maxLength: 300 })),
      fc.string(),
      (key, parts, text) => {
        const chunks = parts.map((part) => Buffer.from(part));
        const expected = createHmac('sha256', key).update(text).update(Buffer.concat(chunks)).digest('hex');
        expect(new Secret(key).hmac(text, ...chunks)).toBe(expected);
      },
    ),
    { numRuns: 500 },
  );
});
