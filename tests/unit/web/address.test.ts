import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { createClientAddress, createIsLocal } from '../../../src/web/address.ts';

const request = (headers: Record<string, string>, remoteAddress: string | undefined = '127.0.0.1', version = '1.1') =>
  ({
    headers: { host: '127.0.0.1:8080', ...headers },
    socket: { remoteAddress },
    httpVersionMajor: Number(version.split('.')[0]),
    httpVersionMinor: Number(version.split('.')[1]),
  }) as unknown as IncomingMessage;

describe('a request of a program on this machine', () => {
  const isLocal = createIsLocal([]);

  test.each([
    ['straight', {}],
    ['by name', { host: 'localhost:8080' }],
    ['by IPv6', { host: '[::1]:8080' }],
    ['on the default port', { host: '127.0.0.1' }],
    ['of somebody who typed the address into a browser', { 'sec-fetch-site': 'none' }],
    [
      'of a page of the hub itself that changes something',
      { 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:8080', referer: 'http://127.0.0.1:8080/page' },
    ],
    ['of a page of the hub itself', { 'sec-fetch-site': 'same-origin', referer: 'http://127.0.0.1:8080/page' }],
  ])('%s', (_, headers) => {
    expect(isLocal(request(headers))).toBe(true);
  });

  test.each([
    ['through a proxy', { 'x-forwarded-for': '10.0.0.1' }],
    ['through a proxy that says so as the standard has it', { forwarded: 'for=10.0.0.1' }],
    ['through a proxy that names only the host', { 'x-forwarded-host': 'hub.example.com' }],
    ['through a proxy that names only the scheme', { 'x-forwarded-proto': 'https' }],
    ['through a proxy that names the address its own way', { 'x-real-ip': '10.0.0.1' }],
    ['through a proxy that names itself', { via: '1.1 proxy' }],
    ['through a tunnel of Cloudflare', { 'cf-connecting-ip': '10.0.0.1' }],
    ['through a content network', { 'cdn-loop': 'cloudflare' }],
    ['through Envoy', { 'x-envoy-external-address': '10.0.0.1' }],
    ['through a load balancer of Amazon', { 'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678' }],
    ['through a proxy that keeps the path', { 'x-original-uri': '/api/v1/alerts' }],
    ['through one that names the client', { 'true-client-ip': '10.0.0.1' }],
    ['through one that names the cluster client', { 'x-cluster-client-ip': '10.0.0.1' }],
    ['from a page in a browser', { origin: 'http://127.0.0.1:8080' }],
    [
      'from a page of another origin that says it is ours',
      { 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:3000' },
    ],
    ['from a page without an origin', { origin: 'null' }],
    ['from a page elsewhere that asks without an origin', { 'sec-fetch-site': 'cross-site' }],
    ['from a page of a neighbour', { 'sec-fetch-site': 'same-site' }],
    ['from two sites at once', { 'sec-fetch-site': 'none, cross-site' }],
    ['from a page that an older browser only refers to', { referer: 'https://evil.example.com/' }],
    ['from a page on another port', { referer: 'http://127.0.0.1:3000/' }],
    ['under a foreign name that points here', { host: 'rebound.example.com:8080' }],
    ['under a name like ours', { host: '127.0.0.1.example.com' }],
    ['under a name that looks like ours', { host: '127.0.0.1:8080@example.com' }],
    ['under no name', { host: '' }],
  ])('not %s', (_, headers) => {
    expect(isLocal(request(headers))).toBe(false);
  });

  test.each(['10.0.0.1', '::ffff:10.0.0.1', ''])('not from %s', (address) => {
    expect(isLocal(request({}, address))).toBe(false);
  });

  test('from an IPv4 socket of an IPv6 server', () => {
    expect(isLocal(request({}, '::ffff:127.0.0.1'))).toBe(true);
  });

  test.each(['1.0', '0.9'])('not by HTTP/%s, as nginx speaks to what is behind it', (version) => {
    expect(isLocal(request({}, '127.0.0.1', version))).toBe(false);
  });
});

describe('a proxy on this machine that only lets in whom it knows', () => {
  const isLocal = createIsLocal(['Monitor.example.com']);
  const host = 'monitor.example.com';

  test.each([
    ['names the sender', { host, 'x-forwarded-for': '10.0.0.1' }, '127.0.0.1', '1.1', true],
    ['speaks HTTP/1.0', { host }, '127.0.0.1', '1.0', true],
    ['hides itself', { host: `${host}:443` }, '127.0.0.1', '1.1', true],
    ['forwards under another name', { host: 'other.example.com', via: '1.1 p' }, '127.0.0.1', '1.1', false],
    ['forwards under the name of this machine', { 'x-forwarded-for': '10.0.0.1' }, '127.0.0.1', '1.1', false],
    ['is on another machine', { host }, '10.0.0.7', '1.1', false],
    ['forwards what a foreign page asks', { host, 'sec-fetch-site': 'cross-site' }, '127.0.0.1', '1.1', false],
    ['forwards what a foreign page posts', { host, origin: 'https://evil.example.com' }, '127.0.0.1', '1.1', false],
  ])('%s', (_, headers, address, version, expected) => {
    expect(isLocal(request(headers, address, version))).toBe(expected);
  });
});

describe('the address of a sender', () => {
  test.each([
    ['no proxy is trusted', [], '127.0.0.1', '10.9.9.9', '127.0.0.1'],
    ['the connection is no proxy', ['10.0.0.0/8'], '192.0.2.1', '10.9.9.9', '192.0.2.1'],
    ['the proxy names it', ['127.0.0.1'], '127.0.0.1', '192.0.2.1', '192.0.2.1'],
    ['the sender has written one before', ['127.0.0.1'], '127.0.0.1', '203.0.113.5, 192.0.2.1', '192.0.2.1'],
    ['there are two proxies', ['127.0.0.1', '10.0.0.0/8'], '::ffff:127.0.0.1', '192.0.2.1, 10.1.1.1', '192.0.2.1'],
    ['all are proxies', ['127.0.0.1', '10.0.0.0/8'], '127.0.0.1', '10.2.2.2, 10.1.1.1', '10.2.2.2'],
    ['the proxy writes ports', ['::1'], '::1', '192.0.2.1:443', '192.0.2.1'],
    ['the proxy writes IPv6 with a port', ['::1'], '::1', '[2001:db8::1]:443', '2001:db8::1'],
    ['the proxy writes no address', ['::1'], '::1', 'unknown', '::1'],
    ['the proxy is silent', ['::1'], '::1', '', '::1'],
  ])('%s', (_, trusted, connection, forwarded, expected) => {
    const headers: Record<string, string> = forwarded === '' ? {} : { 'x-forwarded-for': forwarded };
    expect(createClientAddress(trusted)(request(headers, connection))).toBe(expected);
  });
});
