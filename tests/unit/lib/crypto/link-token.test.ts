import { expect, test } from '@jest/globals';
import { LINK_PURPOSES } from '../../../../src/core/action/link.ts';
import { readLink, signLink } from '../../../../src/lib/crypto/link-token.ts';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import { idOf, T } from '../../../support/stored.ts';

const KEY = { id: '3fa2c91e', secret: new Secret('0123456789abcdef0123456789abcdef') };
const CLAIMS = { incidentId: idOf(7), purpose: 'acknowledge', expiresAt: T + 999, channel: 'slack-2' } as const;

test.each(LINK_PURPOSES)('a link to %s is read as it was signed, to the second', (purpose) => {
  const link = readLink(signLink({ ...CLAIMS, purpose }, KEY));
  expect(link?.claims).toEqual({ ...CLAIMS, purpose, keyId: KEY.id, expiresAt: T });
  expect(link?.isSignedBy(KEY.secret)).toBe(true);
  expect(link?.isSignedBy(new Secret('another secret of 16'))).toBe(false);
});

test('is short enough for a text message, whatever the channel is called', () => {
  for (const channel of ['', 'slack', 'é'.repeat(200)]) {
    const token = signLink({ ...CLAIMS, channel }, KEY);
    expect(token.length).toBeLessThanOrEqual(99);
    expect(readLink(token)?.isSignedBy(KEY.secret)).toBe(true);
  }
});

test('is the same for the same message', () => {
  expect(signLink(CLAIMS, KEY)).toBe(signLink(CLAIMS, KEY));
});

test('no character of it may change', () => {
  const token = signLink(CLAIMS, KEY);
  for (let at = 0; at < token.length; at += 1) {
    for (const sign of ['A', 'z', '_', '=', '+', '%']) {
      const other = token.slice(0, at) + sign + token.slice(at + 1);
      if (other !== token) expect(readLink(other)?.isSignedBy(KEY.secret) ?? false).toBe(false);
    }
  }
});

test.each([
  '',
  'x',
  'A'.repeat(56),
  'A'.repeat(100_000),
  `${signLink(CLAIMS, KEY)}A`,
  signLink(CLAIMS, KEY).slice(0, -1),
])('a text that is none: %.20s', (text) => {
  expect(readLink(text)?.isSignedBy(KEY.secret) ?? false).toBe(false);
});
