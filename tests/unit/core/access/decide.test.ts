import { describe, expect, test } from '@jest/globals';
import type { Token } from '../../../../src/core/access/account.ts';
import {
  type AccessQuestion,
  type AccessRefusal,
  type Credential,
  decideAccess,
} from '../../../../src/core/access/decide.ts';

const NOW = 1_000_000;
const IDLE = 1000;
const WEB = [{ name: 'team', values: ['web'], isNot: false }];

const token = (more: Partial<Token> = {}): Token => ({
  ...{ id: 't1', name: 'deploy', hash: 'x', role: 'write', confinement: null, createdAt: 0, createdBy: 'mira' },
  ...{ expiresAt: null, lastUsedAt: null, ...more },
});
const bearer = (found: 'configured' | 'unknown' | Token): Credential => ({ scheme: 'bearer', found });
const session = (
  more: { lastSeenAt?: number; expiresAt?: number; role?: 'read' | 'write' | 'admin'; isConfined?: boolean } = {},
  csrf: 'right' | 'wrong' | 'missing' = 'right',
): Credential => {
  const { lastSeenAt = NOW, expiresAt = NOW + 1, role = 'write', isConfined = false } = more;
  return {
    scheme: 'session',
    csrf,
    found: {
      session: { id: 's', personId: 'p', createdAt: 0, lastSeenAt, expiresAt, address: '', agent: '' },
      person: {
        ...{ id: 'p', name: 'mira', password: null, subject: null, role, confinement: isConfined ? WEB : null },
        ...{ createdAt: 0, createdBy: '' },
      },
    },
  };
};
const local: Credential = { scheme: 'none', isLocal: true };
const stranger: Credential = { scheme: 'none', isLocal: false };
const proxied = (role: 'read' | 'write' | null): Credential => ({ scheme: 'proxy', name: 'jo', role });

type Asked = Partial<Omit<AccessQuestion, 'needs' | 'credential'>> & Partial<AccessQuestion['needs']>;
const decide = (credential: Credential, asked: Asked = {}) => {
  const { role = 'read', isChange = false, isConfinable = true, origin = 'unsaid', hasConfiguredToken = false } = asked;
  const needs = { role, isChange, isConfinable };
  return decideAccess({ needs, credential, origin, hasConfiguredToken }, { idleMs: IDLE }, NOW);
};

const change: Asked = { role: 'write', isChange: true };
const own: Asked = { ...change, origin: 'own' };

describe('who is let in', () => {
  test.each<[string, Credential, Asked, string]>([
    ['a program on this machine, at first', local, { role: 'admin', isChange: true }, 'local'],
    ['a page of the hub that is opened there', local, { ...own, role: 'admin' }, 'local'],
    ['the configured token', bearer('configured'), { role: 'admin', hasConfiguredToken: true }, 'configured_token'],
    ['a stored token', bearer(token()), change, 'token'],
    ['a stored token that a page of another site has', bearer(token()), { ...change, origin: 'foreign' }, 'token'],
    ['a stored token to its last moment', bearer(token({ expiresAt: NOW + 1 })), change, 'token'],
    ['a stored token beside a configured one', bearer(token()), { ...change, hasConfiguredToken: true }, 'token'],
    ['a session', session(), own, 'person'],
    ['a session to its last idle moment', session({ lastSeenAt: NOW - IDLE + 1 }), own, 'person'],
    ['a session that reads needs no proof of its page', session({}, 'missing'), { role: 'read' }, 'person'],
    ['somebody confined, where that is kept', session({ isConfined: true }), { isConfinable: true }, 'person'],
    ['somebody for whom a proxy vouches', proxied('write'), own, 'proxy'],
  ])('%s', (_, credential, asked, kind) => {
    expect(decide(credential, asked)).toMatchObject({ outcome: 'granted', principal: { kind } });
  });
});

describe('who is refused, and why', () => {
  test.each<[AccessRefusal, Credential, Asked]>([
    ['nothing_shown', stranger, { hasConfiguredToken: true }],
    ['nothing_shown', local, { hasConfiguredToken: true }],
    ['not_local', stranger, {}],
    ['unknown_token', bearer('unknown'), {}],
    ['expired_token', bearer(token({ expiresAt: NOW })), {}],
    ['unknown_session', { scheme: 'session', found: undefined, csrf: 'right' }, {}],
    ['expired_session', session({ expiresAt: NOW }), {}],
    ['idle_session', session({ lastSeenAt: NOW - IDLE }), {}],
    ['no_role', proxied(null), {}],
    ['foreign_page', session(), { ...change, origin: 'foreign' }],
    ['foreign_page', session(), { ...change, origin: 'unsaid' }],
    ['foreign_page', proxied('write'), { ...change, origin: 'foreign' }],
    ['foreign_page', proxied('write'), { ...change, origin: 'unsaid' }],
    ['foreign_page', local, { ...change, origin: 'foreign' }],
    ['csrf_missing', session({}, 'missing'), own],
    ['csrf_wrong', session({}, 'wrong'), own],
    ['role_too_low', bearer(token({ role: 'read' })), change],
    ['role_too_low', session({ role: 'write' }), { ...own, role: 'admin' }],
    ['role_too_low', proxied('read'), own],
    ['confined', bearer(token({ confinement: WEB })), { isConfinable: false }],
    ['confined', session({ isConfined: true, role: 'admin' }), { ...own, role: 'admin', isConfinable: false }],
  ])('%s', (reason, credential, asked) => {
    expect(decide(credential, asked)).toMatchObject({ outcome: 'refused', reason });
  });
});
