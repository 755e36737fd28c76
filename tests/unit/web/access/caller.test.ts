import { describe, expect, test } from '@jest/globals';
import type { PageOrigin } from '../../../../src/core/access/decide.ts';
import { createReadCaller } from '../../../../src/web/access/caller.ts';

const readCaller = createReadCaller({ trustedProxies: ['10.0.0.0/8'], publicUrl: 'https://pub.example' });
const read = (headers: Record<string, string>, remoteAddress = '192.0.2.1') =>
  readCaller({ headers, socket: { remoteAddress } } as never);

describe('whether it came over TLS, and which cookie counts', () => {
  const both = { cookie: 'a=1; __Host-monitor=strong;monitor=weak' };
  test.each<[string, Record<string, string>, string, boolean, string]>([
    ['plain', { host: 'h' }, '192.0.2.1', false, 'weak'],
    ['the public address', { host: 'pub.example' }, '192.0.2.1', true, 'strong'],
    ['a trusted proxy says so', { host: 'h', 'x-forwarded-proto': 'https' }, '10.0.0.1', true, 'strong'],
    [
      'the last of several proxies says no',
      { host: 'h', 'x-forwarded-proto': 'https, http' },
      '10.0.0.1',
      false,
      'weak',
    ],
    ['anybody says so', { host: 'h', 'x-forwarded-proto': 'https' }, '192.0.2.1', false, 'weak'],
  ])('%s', (_, headers, address, isSecure, session) => {
    expect(read({ ...headers, ...both }, address)).toMatchObject({ isSecure, session });
  });
});

test('what a program calls itself is cut, and one line of plain signs', () => {
  expect(read({ 'user-agent': `curl\u00e9\n${'x'.repeat(300)}` }).agent).toBe(`curl${'x'.repeat(196)}`);
});

test.each<[string, Record<string, string>, PageOrigin]>([
  ['a program', { host: 'hub.example.com' }, 'unsaid'],
  ['the address bar', { host: 'hub.example.com', 'sec-fetch-site': 'none' }, 'own'],
  [
    'a page of the hub',
    { host: 'hub.example.com', 'sec-fetch-site': 'same-origin', origin: 'https://hub.example.com' },
    'own',
  ],
  [
    'a page of the hub behind a proxy',
    { host: '10.0.0.2', 'sec-fetch-site': 'same-origin', origin: 'https://h' },
    'own',
  ],
  ['an older browser on a page of the hub', { host: 'hub.example.com', origin: 'https://hub.example.com' }, 'own'],
  ['another site', { host: 'hub.example.com', 'sec-fetch-site': 'cross-site' }, 'foreign'],
  ['another host of the site', { host: 'hub.example.com', 'sec-fetch-site': 'same-site' }, 'foreign'],
  ['an older browser on another site', { host: 'hub.example.com', origin: 'https://evil.example.com' }, 'foreign'],
  ['a page without an origin', { host: 'hub.example.com', origin: 'null' }, 'foreign'],
  ['an old browser that tells its page alone', { host: 'h', referer: 'https://evil.example.com/x' }, 'foreign'],
  ['a page that a proxy serves under the public address', { host: '10.0.0.2', origin: 'https://pub.example' }, 'own'],
])('%s: %j is %s', (_, headers, origin) => {
  expect(read(headers).origin).toBe(origin);
});
