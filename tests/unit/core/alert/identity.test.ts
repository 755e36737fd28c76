import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { alertKey, canonicalIdentity } from '../../../../src/core/alert/identity.ts';
import { setOwn } from '../../../../src/core/reading/read.ts';
import { fingerprintOf } from '../../../../src/lib/crypto/digest.ts';
import fc from '../../../support/property.ts';

test('the order of labels does not matter, their names and values do', () => {
  const text = canonicalIdentity('CPU', { b: '2', a: '1' });
  expect(text).toBe('["CPU",[["a","1"],["b","2"]]]');
  expect(canonicalIdentity('CPU', { a: '1', b: '2' })).toBe(text);
  expect(canonicalIdentity('CPU', { a: '2', b: '1' })).not.toBe(text);
  expect(canonicalIdentity('CPU', { ab: '12' })).not.toBe(text);
});

test('a label named __proto__ counts', () => {
  const labels = {};
  setOwn(labels, '__proto__', 'x');
  expect(canonicalIdentity('CPU', labels)).toBe('["CPU",[["__proto__","x"]]]');
});

test('the fingerprint that stands in is 32 hex digits of SHA-256', () => {
  const hash = createHash('sha256').update('["CPU",[["a","ü"]]]').digest('hex');
  expect(fingerprintOf('CPU', { a: 'ü' })).toBe(hash.slice(0, 32));
});

test('two identities have one text only when they are the same', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', ':', '\u0001', '/') });
  const identity = fc.tuple(part, part, part);
  fc.assert(
    fc.property(identity, identity, (a, b) => {
      expect(alertKey(...a) === alertKey(...b)).toBe(a.every((text, index) => text === b[index]));
    }),
  );
});
