import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import type { OpenSession, Token } from '../../../../src/core/access/account.ts';
import { sha256 } from '../../../../src/lib/crypto/digest.ts';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import { newToken } from '../../../../src/lib/crypto/token.ts';
import { csrfToken } from '../../../../src/web/access/csrf.ts';
import type { GateParts } from '../../../../src/web/access/gate.ts';
import { createReadProxy } from '../../../../src/web/access/proxy.ts';
import { makeGate } from '../../../support/access.ts';

const T = 1_000_000_000;
const CONFIGURED = new Secret('0123456789abcdef');
const { id, hash, text: TOKEN } = newToken();
const token: Token = {
  ...{ id, hash, name: 'bot', role: 'write', confinement: null, createdAt: 0, createdBy: '', expiresAt: null },
  lastUsedAt: null,
};
const COOKIE = 'a'.repeat(43);
const open: OpenSession = {
  session: {
    id: sha256(COOKIE),
    personId: 'p',
    createdAt: T,
    lastSeenAt: T,
    expiresAt: T + 1000,
    address: '',
    agent: '',
  },
  person: {
    ...{ id: 'p', name: 'mira', password: 'x', subject: null, role: 'admin', confinement: null },
    ...{ createdAt: 0, createdBy: '' },
  },
};
const proxied = createReadProxy({
  kind: 'authelia',
  networks: ['10.0.0.7/32'],
  groupRoles: [{ group: 'sre', role: 'admin' }],
});

const request = (headers: Record<string, string>, remoteAddress = '192.0.2.1') =>
  ({ headers: { host: 'h', ...headers }, socket: { remoteAddress } }) as unknown as IncomingMessage;

async function ask(
  headers: Record<string, string>,
  { parts = {}, address, isChange = false }: { parts?: Partial<GateParts>; address?: string; isChange?: boolean } = {},
) {
  const touched: string[] = [];
  const gate = makeGate({
    isLocal: () => false,
    readProxy: proxied,
    reads: {
      findToken: async (wanted) => (wanted === id ? token : undefined),
      findSession: async (wanted) => (wanted === open.session.id ? open : undefined),
    },
    touch: (what, of) => touched.push(`${what} ${of}`),
    now: () => T,
    ...parts,
  });
  const wanted = { role: 'write', isChange, isConfinable: false } as const;
  const admitted = await gate.admit(request(headers, address), wanted);
  const answer = 'refused' in admitted ? admitted.refused : null;
  return { kind: 'principal' in admitted ? admitted.principal.kind : null, answer, touched };
}

const own = { 'sec-fetch-site': 'same-origin' };
const remote = { 'remote-user': 'jo', 'remote-groups': 'dev, sre' };

describe('who is let in', () => {
  test.each<[string, Record<string, string>, Parameters<typeof ask>[1], string]>([
    [
      'the configured token',
      { authorization: 'Bearer 0123456789abcdef' },
      { parts: { token: CONFIGURED } },
      'configured_token',
    ],
    ['a stored token', { authorization: `bearer ${TOKEN}` }, { isChange: true }, 'token'],
    ['a session', { cookie: `x=1; monitor=${COOKIE}` }, {}, 'person'],
    [
      'a session that proves its page',
      { cookie: `monitor=${COOKIE}`, 'x-csrf-token': csrfToken(COOKIE), ...own },
      { isChange: true },
      'person',
    ],
    ['somebody of a proxy', remote, { address: '10.0.0.7' }, 'proxy'],
    [
      'Basic of a proxy shows nothing of ours',
      { ...remote, authorization: 'Basic eDp5' },
      { address: '10.0.0.7' },
      'proxy',
    ],
    ['a program of this machine', {}, { parts: { isLocal: () => true } }, 'local'],
  ])('%s', async (_, headers, how, kind) => {
    expect(await ask(headers, how)).toMatchObject({ kind, answer: null });
  });
});

describe('who is not, and no failure falls through to another way', () => {
  const local = { parts: { isLocal: () => true } };
  test.each<[string, Record<string, string>, Parameters<typeof ask>[1], number, string]>([
    ['a wrong token of a local program', { authorization: 'Bearer wrong' }, local, 401, 'bearer token is not'],
    ['a token with another secret', { authorization: `Bearer ${TOKEN.slice(0, -1)}!` }, {}, 401, 'bearer token is not'],
    [
      'a wrong token beside a session',
      { authorization: 'Bearer wrong', cookie: `monitor=${COOKIE}` },
      {},
      401,
      'bearer',
    ],
    ['an ended session of a local program', { cookie: 'monitor=old' }, local, 401, 'has ended'],
    [
      'an ended session beside a proxy',
      { ...remote, cookie: 'monitor=old' },
      { address: '10.0.0.7' },
      401,
      'has ended',
    ],
    ['headers of a proxy from elsewhere', remote, {}, 403, 'no MONITOR_API_TOKEN'],
    [
      'a proxy that names nobody',
      { 'remote-groups': 'sre' },
      { address: '10.0.0.7', ...local },
      403,
      'no MONITOR_API_TOKEN',
    ],
    ['a proxy that names two', { 'remote-user': 'a,b' }, { address: '10.0.0.7' }, 403, 'no MONITOR_API_TOKEN'],
    ['a person without a group', { 'remote-user': 'jo' }, { address: '10.0.0.7' }, 403, 'MONITOR_GROUP_ROLES'],
    ['the hash in place of the secret', { cookie: `monitor=${open.session.id}` }, {}, 401, 'has ended'],
    ['nothing, where a token is wanted', {}, { parts: { token: CONFIGURED } }, 401, 'log in'],
    [
      'a change of another page',
      { cookie: `monitor=${COOKIE}`, origin: 'http://evil' },
      { isChange: true },
      403,
      'page of this hub',
    ],
    ['a change without the token', { cookie: `monitor=${COOKIE}`, ...own }, { isChange: true }, 403, 'X-CSRF-Token'],
    [
      'a change with another one',
      { cookie: `monitor=${COOKIE}`, ...own, 'x-csrf-token': 'b' },
      { isChange: true },
      403,
      'X-CSRF-Token',
    ],
  ])('%s', async (_, headers, how, status, message) => {
    const { kind, answer, touched } = await ask(headers, how);
    expect([kind, answer?.status]).toEqual([null, status]);
    expect(JSON.stringify(answer?.body)).toContain(message);
    expect(touched).toEqual([]);
  });

  test('the cookie of a session that has ended is taken away', async () => {
    const { answer } = await ask({ cookie: 'monitor=old' });
    expect(answer?.headers?.['Set-Cookie']).toMatch(/^monitor=; Path=\/; Max-Age=0;/);
  });
});

test('its last use is written once a minute', async () => {
  expect((await ask({ authorization: `Bearer ${TOKEN}` })).touched).toEqual([`token ${id}`]);
  expect((await ask({ cookie: `monitor=${COOKIE}` })).touched).toEqual([]);
  const later = {
    parts: { now: () => T + 60_000, reads: { findToken: async () => undefined, findSession: async () => longer } },
  };
  const longer = { ...open, session: { ...open.session, expiresAt: T + 1e9 } };
  expect((await ask({ cookie: `monitor=${COOKIE}` }, later)).touched).toEqual([`session ${open.session.id}`]);
});

test('a store that cannot be read lets nobody in', async () => {
  const broken = async () => {
    throw new Error('the store is away');
  };
  const parts = { isLocal: () => true, reads: { findToken: broken, findSession: broken } };
  await expect(ask({ authorization: `Bearer ${TOKEN}` }, { parts })).rejects.toThrow('away');
  await expect(ask({ cookie: 'monitor=x' }, { parts })).rejects.toThrow('away');
});
