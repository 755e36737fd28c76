import { expect, test } from '@jest/globals';
import { bypasses, proxyFor } from '../../../../src/lib/http/proxy.ts';

test.each([
  ['https://hub.example.com/', '*', true],
  ['https://hub.example.com/', 'example.com', true],
  ['https://hub.example.com/', '.example.com', true],
  ['https://hub.example.com/', '*.example.com', true],
  ['https://example.com/', '.example.com', true],
  ['https://hub.EXAMPLE.com./', 'a, Example.com', true],
  ['https://badexample.com/', 'example.com', false],
  ['https://hub.example.com/', 'hub.example.com:443', true],
  ['https://hub.example.com:8443/', 'hub.example.com:443', false],
  ['http://10.1.2.3/', '10.0.0.0/8', true],
  ['http://11.1.2.3/', '10.0.0.0/8', false],
  ['http://10.1.2.3/', '10.1.2.3', true],
  ['http://110.1.2.3/', '10.1.2.3', false],
  ['http://127.0.0.1:8080/', '127.0.0.1:8080', true],
  ['http://[::1]:8080/', '::1', true],
  ['http://[::1]:8080/', '[::1]', true],
  ['http://[fd00::1]/', 'fd00::/8', true],
  ['http://10.1.2.3/', '10.0.0.0/99, x/8', false],
  ['http://hub/', '', false],
])('%s with NO_PROXY=%s: %s', (url, no, direct) => expect(bypasses(new URL(url), no)).toBe(direct));

test('the proxy of the scheme, a scheme left out is http', () => {
  const settings = { http: 'p1:3128', https: 'http://p2:3128', no: 'direct' };
  expect(proxyFor(new URL('http://a/'), settings)?.href).toBe('http://p1:3128/');
  expect(proxyFor(new URL('https://a/'), settings)?.href).toBe('http://p2:3128/');
  expect(proxyFor(new URL('https://direct/'), settings)).toBeNull();
  expect(proxyFor(new URL('https://a/'), { http: 'p1:3128' })).toBeNull();
});

test.each([
  'http://localhost:8080/',
  'http://127.0.0.1/',
  'http://127.8.9.1:8080/',
  'http://[::1]:8080/',
  'https://localhost/',
])('%s is never asked of a proxy', (url) => {
  expect(proxyFor(new URL(url), { http: 'p:3128', https: 'p:3128' })).toBeNull();
});
