import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import { headerOf, signatureMatches, signedTime, signV1, signV2 } from '../../../../src/lib/crypto/signature.ts';

// The vector that the other implementation of the format was run with: 113 bytes, as json.dumps writes them.
const SECRET = new Secret('s3cret');
const BODY =
  '{"source": "cluster", "instance_id": "web-server-03", "hostname": "ip-10-0-1-42", "version": "1.0", "alerts": []}';
const V1 = '6afdc42c3db95ff340ca74b6d6e428a86b409dc5ace683afb4b505e29b4618c8';
const REQUEST = { timestamp: '1774785600', nonce: 'a1b2c3d4', method: 'POST', path: '/alerts/webhook/cluster/' };

describe('version 1', () => {
  test('is that of the other implementation', () => {
    expect(Buffer.byteLength(BODY)).toBe(113);
    expect(signV1(SECRET, BODY)).toBe(V1);
    expect(signV1(SECRET, Buffer.from(BODY))).toBe(V1);
  });

  test('is over bytes, not over characters', () => {
    const body = Buffer.from([0xff, 0x00, 0xc3, 0x28]);
    const key = 'schlüssel mit ümlauten';
    expect(signV1(new Secret(key), body)).toBe(createHmac('sha256', key).update(body).digest('hex'));
  });
});

describe('version 2', () => {
  const signed = 'v2:1774785600:a1b2c3d4:POST:/alerts/webhook/cluster/:';

  test('binds time, nonce, method and path to the body', () => {
    const expected = createHmac('sha256', 's3cret').update(`${signed}${BODY}`).digest('hex');
    expect(signV2(SECRET, REQUEST, BODY)).toBe(expected);
    expect(signV2(SECRET, REQUEST, Buffer.from(BODY))).toBe(expected);
  });

  test.each([
    ['time', { timestamp: '1774785601' }],
    ['nonce', { nonce: 'a1b2c3d5' }],
    ['method', { method: 'PUT' }],
    ['path', { path: '/alerts/webhook/cluster' }],
  ])('another %s is another signature', (_, fields) => {
    expect(signV2(SECRET, { ...REQUEST, ...fields }, BODY)).not.toBe(signV2(SECRET, REQUEST, BODY));
  });
});

describe('what a header may say', () => {
  test.each([
    ['bare hex', V1],
    ['with its name', `sha256=${V1}`],
    ['in capitals', V1.toUpperCase()],
    ['with its name in capitals', `SHA256=${V1.toUpperCase()}`],
    ['with blanks around it', `  ${V1} `],
  ])('%s: is taken', (_, header) => {
    expect(signatureMatches(header, V1)).toBe(true);
  });

  test.each([
    ['nothing', ''],
    ['the name alone', 'sha256='],
    ['one digit less', V1.slice(1)],
    ['one digit less at the end', V1.slice(0, -1)],
    ['one digit more', `${V1}0`],
    ['one digit changed', `${V1.slice(0, -1)}9`],
    ['another name', `sha1=${V1}`],
    ['two names', `sha256=sha256=${V1}`],
    ['a list', `${V1}, ${V1}`],
    ['another alphabet', Buffer.from(V1, 'hex').toString('base64')],
    ['digits that look alike', V1.replace('6', '６')],
    ['a line more', `${V1}\n${V1}`],
  ])('%s: is not', (_, header) => {
    expect(signatureMatches(header, V1)).toBe(false);
  });
});

test('a header has one value, whatever the letter case of its name', () => {
  const headers = { 'x-a': ' v ', 'x-b': ['v', 'w'], 'x-c': undefined };
  expect(['X-A', 'x-a', 'X-B', 'X-C', 'X-D'].map((name) => headerOf(headers, name))).toEqual(['v', 'v', '', '', '']);
});

describe('a signed time', () => {
  const NOW = 1_774_785_600_000;
  const at = (seconds: number) => signedTime('X-Time', String(NOW / 1000 + seconds), NOW);

  test('is believed within 300 s of the arrival', () => {
    for (const off of [-300, -1, 0, 1, 300]) expect(at(off)).toEqual({ ok: true, sentAt: NOW + off * 1000 });
  });

  test('is refused beyond, by how much and on which side', () => {
    expect(at(301)).toEqual({
      ok: false,
      reason: "the sender's clock is 301 s ahead of the hub's, more than 300 s: correct the clock",
    });
    expect(at(-301)).toMatchObject({ reason: expect.stringContaining("301 s behind the hub's") });
  });

  test.each(['', 'now', '-1', '1.5', '1e9', '1234567890123'])('of %p is refused', (text) => {
    expect(signedTime('X-Time', text, NOW)).toEqual({ ok: false, reason: 'X-Time must be Unix seconds' });
  });
});
