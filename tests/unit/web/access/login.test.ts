import { describe, expect, test } from '@jest/globals';
import type { Person } from '../../../../src/core/access/account.ts';
import { createAttempts } from '../../../../src/web/access/attempts.ts';
import { loginRoutes, pathOf } from '../../../../src/web/access/login.ts';
import { loginPage } from '../../../../src/web/access/page.ts';
import { CALLER } from '../../../support/access.ts';

describe('where a login leads on to', () => {
  test.each(['/', '/incidents?status=open&q=a%20b', '/a/b#c', '/alerts?next=//evil'])('%s is of this hub', (next) => {
    expect(pathOf(next)).toBe(next);
  });
  test.each([
    ...['', 'incidents', '//evil.example', '///evil.example', '/\\evil.example', '/\t/evil.example', '/%0d\n/x'],
    ...['https://evil.example', 'javascript:alert(1)', '/ x', '\\\\evil', '/\u0000'],
  ])('%j is not', (next) => {
    expect(pathOf(next)).toBe('/');
  });
});

test('the page shows what it is given as text, and lets nothing run', () => {
  const { page = '', headers } = loginPage(200, '/"><script>alert(1)</script>', '<img src=x onerror=y>', true);
  expect(page).not.toMatch(/<script|<img| onerror=y>/);
  expect(page).toContain('&lt;img');
  expect(page.replaceAll(/&\w+;[^<]*/g, '')).not.toMatch(/ on\w+=| style=/);
  expect(headers?.['Content-Security-Policy']).toMatch(/^default-src 'none';style-src 'sha256-/);
});

describe('tries of passwords', () => {
  const count = (times: number, one: (n: number) => boolean) =>
    Array.from({ length: times }, (_, n) => one(n)).filter((isLet) => isLet).length;

  test('of a name from an address: five, and then one every 30 s', () => {
    const { begin } = createAttempts();
    expect(count(20, () => begin('mira', '192.0.2.1', 0))).toBe(5);
    expect(begin('mira', '192.0.2.1', 29_000)).toBe(false);
    expect(begin('mira', '192.0.2.1', 30_000)).toBe(true);
    expect(begin('mira', '192.0.2.2', 0)).toBe(true);
  });

  test('of an address, whatever the names; all of a /64 are one', () => {
    const { begin } = createAttempts();
    expect(count(60, (n) => begin(`name ${n}`, `2001:db8:0:1::${n.toString(16)}`, 0))).toBe(30);
    expect(begin('x', '2001:db8:0:2::1', 0)).toBe(true);
  });

  test('of a name from everywhere, so many that strangers do not keep its owner out soon', () => {
    const { begin } = createAttempts();
    expect(count(100, (n) => begin('mira', `192.0.2.${n}`, 0))).toBe(60);
  });

  test('do not count where the password was right, and all count that are under way', () => {
    const { begin, succeeded } = createAttempts();
    expect(count(20, () => begin('mira', '::1', 0))).toBe(5);
    for (let n = 0; n < 5; n += 1) succeeded('mira', '::1', 0);
    expect(count(20, () => begin('mira', '::1', 0))).toBe(5);
  });
});

describe('whether there is a person', () => {
  const MIRA: Person = {
    ...{ id: 'p', name: 'mira', password: 'scrypt$mira', subject: null, role: 'admin', confinement: null },
    ...{ createdAt: 0, createdBy: '' },
  };
  // Comes by single sign-on, and has no password.
  const KIM: Person = { ...MIRA, id: 'k', name: 'kim', password: null, subject: 'https://issuer.example kim' };

  /** What logging in answers, and the work that it does for that. */
  const logIn = async (path: '/login' | '/api/v1/login', name: string) => {
    const work: string[] = [];
    const [route] = loginRoutes({
      accounts: {
        findPerson: async (wanted) => {
          work.push('find');
          return [MIRA, KIM].find((one) => one.name === wanted);
        },
        change: async ({ type }) => {
          work.push(`change ${type}`);
          return { outcome: 'refused', reason: 'not_found' };
        },
      },
      passwords: {
        matches: async () => {
          work.push('scrypt');
          return false;
        },
      },
      ...{ attempts: createAttempts(), sessionLifetimeMs: 1000, singleSignOn: null, now: () => 0 },
    }).filter((one) => one.path === path && one.method === 'POST');
    const request = { ...{ params: {}, query: {}, body: { name, password: 'a guess' } }, caller: CALLER };
    const asked = { ...request, idempotencyKey: null, confinement: null, principal: null, header: () => undefined };
    const answers: unknown[] = [];
    for (let n = 0; n < 7; n += 1) answers.push(await route?.answer(asked));
    return { answers, work };
  };

  test.each(['/login', '/api/v1/login'] as const)(
    'shows in no answer of %s, and in none of the work that it does: one hash a try, and none once there were too many',
    async (path) => {
      const nobody = await logIn(path, 'nobody');
      expect(nobody.work).toEqual(Array.from({ length: 5 }, () => ['find', 'scrypt']).flat());
      expect(await logIn(path, 'mira')).toEqual(nobody);
      expect(await logIn(path, 'kim')).toEqual(nobody);
    },
  );
});
