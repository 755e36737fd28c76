import { expect, test } from '@jest/globals';
import { createSealer, WrongKeyError } from '../../../../src/lib/crypto/sealer.ts';

const [FIRST, SECOND] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const TEXT = 'a secret of the hub, ünd more';

test('without a key a text stands as it is', () => {
  const sealer = createSealer(null, []);
  const sealed = sealer.seal(TEXT, 'here');
  expect(sealed).toBe(`plain:${TEXT}`);
  expect(sealer.open(sealed, 'here').reveal()).toBe(TEXT);
});

test('with a key it is read by that key alone, and only where it belongs', () => {
  const sealer = createSealer(FIRST, []);
  const sealed = sealer.seal(TEXT, 'here');
  expect(sealed).not.toContain('secret');
  expect(sealer.seal(TEXT, 'here')).not.toBe(sealed);
  expect(sealer.open(sealed, 'here').reveal()).toBe(TEXT);
  expect(() => sealer.open(sealed, 'there')).toThrow(/damaged/);
  expect(() => createSealer(SECOND, []).open(sealed, 'here')).toThrow(/MONITOR_ENCRYPTION_KEY_OLD/);
  expect(() => createSealer(null, []).open(sealed, 'here')).toThrow(/set it as MONITOR_ENCRYPTION_KEY/);
});

test('keys of before open, and sign nothing', () => {
  const sealed = createSealer(FIRST, []).seal(TEXT, 'here');
  const sealer = createSealer(SECOND, [FIRST]);
  expect(sealer.open(sealed, 'here').reveal()).toBe(TEXT);
  const anew = sealer.seal(TEXT, 'here');
  expect([sealer.isCurrent(sealed), sealer.isCurrent(anew)]).toEqual([false, true]);
  expect(() => createSealer(FIRST, []).open(anew, 'here')).toThrow(WrongKeyError);
  // Taken back: what was encrypted can be read, and what is new is plain.
  expect(createSealer(null, [SECOND]).open(anew, 'here').reveal()).toBe(TEXT);
  expect(createSealer(null, [SECOND]).seal(TEXT, 'here')).toBe(`plain:${TEXT}`);
});

test('what was written plain is read with a key, and is not current', () => {
  const sealer = createSealer(FIRST, []);
  expect(sealer.open(`plain:${TEXT}`, 'here').reveal()).toBe(TEXT);
  expect(sealer.isCurrent(`plain:${TEXT}`)).toBe(false);
});

test('no byte of it may change', () => {
  const sealer = createSealer(FIRST, []);
  const sealed = sealer.seal(TEXT, 'here');
  const at = sealed.lastIndexOf(':') + 1;
  const bytes = Buffer.from(sealed.slice(at), 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const other = Buffer.from(bytes);
    other.writeUInt8(other.readUInt8(index) ^ 1, index);
    expect(() => sealer.open(sealed.slice(0, at) + other.toString('base64url'), 'here')).toThrow(WrongKeyError);
  }
  for (const text of ['', 'aes-256-gcm:', sealed.slice(0, at), sealed.slice(0, at + 8), 'other:x'])
    expect(() => sealer.open(text, 'here')).toThrow(WrongKeyError);
});
