import { describe, expect, test } from '@jest/globals';
import { mayOpen, type Session } from '../../../src/dashboard/model/session.ts';
import { createSignIn } from '../../../src/dashboard/model/sign-in.ts';
import type { Answer } from '../../../src/dashboard/wire/answer.ts';

const session = (fields: Partial<Session> = {}): Session => ({
  ...{ kind: 'person', name: 'mira', role: 'admin', confined_to: null, csrf_token: 'a' },
  ...fields,
});
const known = (fields: Partial<Session> = {}): Answer => ({ kind: 'value', value: session(fields), etag: null });
const failed = (status: number, text = 'no'): Answer => ({ kind: 'failed', failure: { status, text } });

function signInWith(answers: Answer[], isFromLogin = false) {
  const left: string[] = [];
  let returns = 0;
  const signIn = createSignIn({
    ask: async () => answers.shift() ?? failed(0),
    here: () => '/alerts?q=a b',
    isFromLogin: () => isFromLogin,
    leave: (href) => void left.push(href),
    onReturn: () => {
      returns += 1;
    },
  });
  return { signIn, left, returns: () => returns };
}

describe('signing in', () => {
  test('whom the hub never knew is led to the login page, once', () => {
    const { signIn, left } = signInWith([]);
    signIn.refused();
    signIn.refused();
    expect([left, signIn.signedOut.get()]).toEqual([['/login?next=%2Falerts%3Fq%3Da%20b'], null]);
  });

  test('who comes from there and is not known is told that the browser kept nothing', () => {
    const { signIn, left } = signInWith([], true);
    signIn.refused();
    expect([left, signIn.signedOut.get()]).toEqual([[], expect.objectContaining({ canLogIn: true })]);
  });

  test('who was known stays, is told, and goes on once they are known again', async () => {
    const { signIn, left, returns } = signInWith([known(), failed(401), known({ csrf_token: 'b' })]);
    expect(await signIn.renew()).toBe(true);
    signIn.refused();
    expect([left, signIn.signedOut.get()?.text]).toEqual([[], 'Signed out.']);
    await signIn.returned();
    expect([signIn.signedOut.get()?.text, returns()]).toEqual(['Signed out.', 0]);
    await signIn.returned();
    expect([signIn.signedOut.get(), returns(), signIn.session.get()?.csrf_token]).toEqual([null, 1, 'b']);
  });

  test('what was refused is worth another try only when the session is another one', async () => {
    const { signIn } = signInWith([known(), known(), known({ csrf_token: 'b' }), failed(0)]);
    const tries = [await signIn.renew(), await signIn.renew(), await signIn.renew(), await signIn.renew()];
    expect(tries).toEqual([true, false, true, false]);
  });

  test.each([
    ['none of your groups has a role here', false],
    ['log in at /login, or set MONITOR_API_TOKEN', true],
  ])('who has no role here is told what the hub says: %s', async (text, canLogIn) => {
    const { signIn } = signInWith([failed(403, text)]);
    await signIn.renew();
    expect(signIn.signedOut.get()).toEqual({ text, canLogIn });
  });
});

describe('pages that are for who looks', () => {
  test.each<[string, Session | null, Parameters<typeof mayOpen>[1], string | undefined, boolean]>([
    ['a hub that does not say who', null, 'people', undefined, true],
    ['an admin', session(), 'people', undefined, true],
    ['a writer', session({ role: 'write' }), 'people', undefined, false],
    ['a writer, of their own sessions', session({ role: 'write' }), 'people', 'sessions', true],
    ['a writer', session({ role: 'write' }), 'channels', undefined, true],
    ['an admin of a part', session({ confined_to: 'team="web"' }), 'people', undefined, false],
    ['an admin of a part', session({ confined_to: 'team="web"' }), 'people', 'sessions', true],
    ['an admin of a part', session({ confined_to: 'team="web"' }), 'now', undefined, true],
    ['an admin of a part', session({ confined_to: 'team="web"' }), 'audit', undefined, false],
    ['an admin of a part', session({ confined_to: 'team="web"' }), 'alerts', undefined, true],
  ])('%s: %s', (_, who, page, tab, may) => expect(mayOpen(who, page, tab)).toBe(may));
});
