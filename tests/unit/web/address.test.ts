import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { isLocalRequest } from '../../../src/web/address.ts';

describe('a request of a program on this machine', () => {
  const request = (headers: Record<string, string>, remoteAddress: string | undefined = '127.0.0.1') =>
    ({ headers: { host: '127.0.0.1:8080', ...headers }, socket: { remoteAddress } }) as unknown as IncomingMessage;

  test.each([
    ['straight', {}],
    ['by name', { host: 'localhost:8080' }],
    ['by IPv6', { host: '[::1]:8080' }],
    ['on the default port', { host: '127.0.0.1' }],
  ])('%s', (_, headers) => {
    expect(isLocalRequest(request(headers))).toBe(true);
  });

  test.each([
    ['through a proxy', { 'x-forwarded-for': '10.0.0.1' }],
    ['through a proxy that says so as the standard has it', { forwarded: 'for=10.0.0.1' }],
    ['through a proxy that names only the host', { 'x-forwarded-host': 'hub.example.com' }],
    ['through a proxy that names only the scheme', { 'x-forwarded-proto': 'https' }],
    ['through a proxy that names the address its own way', { 'x-real-ip': '10.0.0.1' }],
    ['through a proxy that names itself', { via: '1.1 proxy' }],
    ['from a page in a browser', { origin: 'http://127.0.0.1:8080' }],
    ['from a page without an origin', { origin: 'null' }],
    ['under a foreign name that points here', { host: 'rebound.example.com:8080' }],
    ['under a name like ours', { host: '127.0.0.1.example.com' }],
    ['under no name', { host: '' }],
  ])('not %s', (_, headers) => {
    expect(isLocalRequest(request(headers))).toBe(false);
  });

  test.each(['10.0.0.1', '::ffff:10.0.0.1', ''])('not from %s', (address) => {
    expect(isLocalRequest(request({}, address))).toBe(false);
  });

  test('from an IPv4 socket of an IPv6 server', () => {
    expect(isLocalRequest(request({}, '::ffff:127.0.0.1'))).toBe(true);
  });
});
