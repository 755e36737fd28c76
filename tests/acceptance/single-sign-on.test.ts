import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { CLIENT_SECRET, type Issuer, startIssuer } from '../support/oidc-issuer.ts';

// Single sign-on against a real provider on this machine, as a browser goes through it.

const PUBLIC = 'http://hub.example:8080';
const PASSWORD = 'correct horse battery';
const MIRA = {
  sub: 'u-1',
  preferred_username: 'Mira',
  groups: ['sre'],
  email: 'mira@example.com',
  email_verified: true,
};

let issuer: Issuer;
let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  issuer = await startIssuer(`${PUBLIC}/login/sso/callback`);
  home = makeHubHome({
    MONITOR_PUBLIC_URL: PUBLIC,
    MONITOR_API_TOKEN: 'of-the-operator-0123456789',
    MONITOR_TRUSTED_PROXIES: '127.0.0.1',
    MONITOR_OIDC_ISSUER: issuer.url,
    MONITOR_OIDC_CLIENT_ID: 'monitor',
    MONITOR_OIDC_CLIENT_SECRET: CLIENT_SECRET,
    MONITOR_OIDC_PRIVATE_NETWORKS: '127.0.0.0/8',
    MONITOR_OIDC_ALLOWED: '@example.com,guest@elsewhere.example',
    MONITOR_GROUP_ROLES: 'sre=admin,dev=write',
  });
  hub = await home.serve();
  expect((await home.run(['people', 'add', 'ada'], {}, `${PASSWORD}\n`)).code).toBe(0);
});
beforeEach(() => {
  issuer.person = MIRA;
});
afterAll(async () => {
  await home?.remove();
  await issuer?.close();
});

// Each from an address of its own, for an address may not log in often.
let people = 0;
const get = (path: string, cookie = '', at = hub, address = '') => {
  people += 1;
  const from = address === '' ? `192.0.2.${people % 250}` : address;
  return fetch(`${at.url}${path}`, {
    redirect: 'manual',
    headers: { 'x-forwarded-for': from, ...(cookie !== '' && { cookie }) },
  });
};
const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

/** To the issuer; gives the address there, and the cookie of the login. */
async function begin(next = '/incidents?status=open', at = hub) {
  const answer = await get(`/login/sso?next=${encodeURIComponent(next)}`, '', at);
  expect(answer.status).toBe(303);
  return { to: answer.headers.get('location') ?? '', cookie: cookieOf(answer) };
}

/** The path and query at which the issuer sends back. */
async function through(to: string): Promise<string> {
  const back = await issuer.follow(to);
  expect(back).toMatch(/^http:\/\/hub\.example:8080\/login\/sso\/callback\?/);
  return back.slice(PUBLIC.length);
}

async function logIn(at = hub) {
  const { to, cookie } = await begin('/incidents?status=open', at);
  const answer = await get(await through(to), cookie, at);
  return { answer, session: cookieOf(answer) };
}

const whoIs = async (session: string, at = hub) => {
  const answer = await get('/api/v1/session', session, at);
  return answer.status === 200 ? ((await answer.json()) as Record<string, unknown>) : answer.status;
};

test('who has a role there is logged in here, with that role, and led on', async () => {
  const { answer, session } = await logIn();
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/incidents?status=open']);
  expect(answer.headers.get('set-cookie')).toMatch(/^monitor=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
  const who = await whoIs(session);
  expect(who).toMatchObject({ kind: 'person', name: 'mira', role: 'admin', confined_to: null });
  // Logged out as anybody else.
  const { csrf_token: csrf } = who as { readonly csrf_token: string };
  const out = await fetch(`${hub.url}/api/v1/logout`, {
    method: 'POST',
    headers: {
      ...{ cookie: session, 'x-csrf-token': csrf },
      ...{ 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    },
    body: '{"everywhere":true}',
  });
  expect(out.status).toBe(200);
  expect(await whoIs(session)).toBe(401);
});

test('another role holds from the next login, and who is removed is out at once', async () => {
  issuer.person = { ...MIRA, sub: 'u-2', preferred_username: 'Jo', groups: ['dev', 'others'] };
  const first = await logIn();
  expect(await whoIs(first.session)).toMatchObject({ name: 'jo', role: 'write' });
  issuer.person = { ...issuer.person, groups: 'sre', preferred_username: 'jo.b' };
  const second = await logIn();
  expect(await whoIs(second.session)).toMatchObject({ name: 'jo.b', role: 'admin' });
  expect((await home.run(['people', 'remove', 'jo.b'])).code).toBe(0);
  expect([await whoIs(first.session), await whoIs(second.session)]).toEqual([401, 401]);
});

test('asks with PKCE, a state and a nonce that are new each time', async () => {
  const [one, other] = [new URL((await begin()).to).searchParams, new URL((await begin()).to).searchParams];
  expect(Object.fromEntries(one)).toMatchObject({
    ...{ client_id: 'monitor', response_type: 'code', code_challenge_method: 'S256', scope: 'openid profile email' },
    redirect_uri: `${PUBLIC}/login/sso/callback`,
  });
  for (const name of ['state', 'nonce', 'code_challenge']) {
    expect(one.get(name)).toMatch(/^[\w-]{43}$/);
    expect(one.get(name)).not.toBe(other.get(name));
  }
});

const NOT_LET_IN = 'You are not let in here by single sign-on';
test.each([
  ['no group with a role', { groups: ['others'] }, 'no_role'],
  ['no groups at all', { groups: undefined }, 'no_role'],
  ['groups that are no texts', { groups: [{ sre: 1 }, null, 7] }, 'no_role'],
  ['an address that nobody has verified', { email_verified: false }, 'email_unverified'],
  ['an address that is verified in words', { email_verified: 'true' }, 'email_unverified'],
  ['an address elsewhere', { email: 'mira@example.com.evil.example' }, 'email_not_allowed'],
  ['an address that only begins so', { email: '@example.com@evil.example' }, 'email_not_allowed'],
  ['no name', { preferred_username: undefined }, 'no_name'],
  ['a name that is none', { preferred_username: '<script>alert(1)</script>' }, 'no_name'],
  ['a name that is a list', { preferred_username: ['mira'] }, 'no_name'],
  ['the name of somebody with a password', { preferred_username: 'ADA' }, 'name_of_another'],
])('%s is not let in, with one text and the reason in the log', async (_, claims, reason) => {
  issuer.person = { ...MIRA, sub: `u-${reason}`, ...claims } as typeof MIRA;
  const { answer } = await logIn();
  expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
  const page = await answer.text();
  expect(page).toContain(NOT_LET_IN);
  expect(page).not.toContain('<script>');
  await eventually(() =>
    expect(hub.lines().findLast(({ msg }) => msg.includes('was not let in'))).toMatchObject({ reason }),
  );
});

test('an address of the list is let in from anywhere', async () => {
  issuer.person = {
    ...MIRA,
    sub: 'u-9',
    preferred_username: 'guest',
    email: 'Guest@elsewhere.example',
    groups: ['dev'],
  };
  expect(await whoIs((await logIn()).session)).toMatchObject({ name: 'guest', role: 'write' });
});

test('an answer that was not asked for in this browser, or comes twice, or was changed, logs nobody in', async () => {
  const { to, cookie } = await begin();
  const other = await begin();
  const back = await through(to);
  const refused: [string, string][] = [
    [back, ''],
    [back, other.cookie],
    [back, `${cookie.split('.')[0]}`],
    [back.replace(/state=[\w-]+/, 'state='), cookie],
    [back.replace(/state=[\w-]+/, ''), cookie],
    [`${back}&state=other`, cookie],
    ['/login/sso/callback', cookie],
    ['/login/sso/callback?error=access_denied', cookie],
  ];
  for (const [path, shown] of refused) {
    const answer = await get(path, shown);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([400, null]);
    expect(await answer.text()).toContain('was not begun in this browser');
  }
  // With the right state, what the issuer vouches for is what counts.
  const state = new URL(to).searchParams.get('state') ?? '';
  const swapped = cookie.split('.').with(1, 'n'.repeat(43)).join('.');
  const wrong: [string, string][] = [
    [`/login/sso/callback?error=access_denied&state=${state}&iss=${encodeURIComponent(issuer.url)}`, cookie],
    [back.replace(/code=[\w-]+/, 'code=other'), cookie],
    [back.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fother.example'), cookie],
    [back, swapped],
  ];
  for (const [path, shown] of wrong) {
    const answer = await get(path, shown);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null]);
    expect(await answer.text()).toContain('Single sign-on did not succeed');
  }
  // The code is spent.
  expect((await get(back, cookie)).status).toBe(401);
  expect(JSON.stringify(hub.lines())).not.toContain(new URL(back, PUBLIC).searchParams.get('code'));
});

test.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/a\r\nSet-Cookie: x=y'])(
  'leads nowhere but to a page of the hub: %j',
  async (next) => {
    const { to, cookie } = await begin(next);
    const answer = await get(await through(to), cookie);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
  },
);

test('who begins logins without end is refused, and others are not', async () => {
  const statuses = new Set<number>();
  for (let n = 0; n < 100 && !statuses.has(429); n += 1)
    statuses.add((await get('/login/sso', '', hub, '198.51.100.1')).status);
  expect([...statuses]).toEqual([303, 429]);
  expect((await get('/login/sso', '', hub, '198.51.100.2')).status).toBe(303);
});

test('the page for logging in offers it, and says nothing of it where there is none', async () => {
  expect(await (await get('/login?next=/alerts')).text()).toContain('href="/login/sso?next=%2Falerts"');
  const plain = makeHubHome();
  try {
    const other = await plain.serve();
    expect(await (await get('/login', '', other)).text()).not.toContain('/login/sso');
    for (const path of ['/login/sso', '/login/sso/callback?code=a&state=b']) {
      const answer = await get(path, '', other);
      expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('no single sign-on')]);
    }
  } finally {
    await plain.remove();
  }
});

test('a hub starts, takes passwords and says so while the issuer is away, and goes on when it is back', async () => {
  const port = Number(new URL(issuer.url).port);
  await issuer.close();
  const second = makeHubHome({
    MONITOR_PUBLIC_URL: PUBLIC,
    ...{ MONITOR_OIDC_ISSUER: issuer.url, MONITOR_OIDC_CLIENT_ID: 'public' },
    ...{ MONITOR_OIDC_PRIVATE_NETWORKS: '127.0.0.0/8', MONITOR_GROUP_ROLES: '*=read' },
  });
  try {
    const other = await second.serve();
    const away = await get('/login/sso', '', other);
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '60']);
    expect(await away.text()).toContain('log in with a password');
    expect(await other.line('the issuer cannot be reached')).toMatchObject({ issuer: issuer.url });
    expect((await get('/login', '', other)).status).toBe(200);
    issuer = await startIssuer(`${PUBLIC}/login/sso/callback`, port);
    issuer.person = { ...MIRA, sub: 'u-7', groups: undefined };
    expect(await whoIs((await logIn(other)).session, other)).toMatchObject({ name: 'mira', role: 'read' });
  } finally {
    await second.remove();
  }
});

test('an issuer in a network that is not public is only asked where that is allowed', async () => {
  const third = makeHubHome({
    MONITOR_PUBLIC_URL: PUBLIC,
    ...{ MONITOR_OIDC_ISSUER: issuer.url, MONITOR_OIDC_CLIENT_ID: 'monitor', MONITOR_GROUP_ROLES: '*=read' },
  });
  try {
    const other = await third.serve();
    expect((await get('/login/sso', '', other)).status).toBe(503);
    expect(String((await other.line('the issuer cannot be reached')).problem)).toContain('not a public address');
  } finally {
    await third.remove();
  }
});

test.each([
  [{ MONITOR_OIDC_ISSUER: 'https://login.example.com' }, ['MONITOR_OIDC_CLIENT_ID', 'MONITOR_GROUP_ROLES']],
  [{ MONITOR_OIDC_ISSUER: 'http://login.example.com' }, ['MONITOR_OIDC_ISSUER: must be the address of an issuer']],
  [{ MONITOR_OIDC_ISSUER: 'https://a:b@login.example.com' }, ['MONITOR_OIDC_ISSUER: must be the address of an issuer']],
])('settings that do not go together are named: %j', async (env, expected) => {
  const { code, stderr } = await home.run(['config', 'check'], {
    ...{ MONITOR_OIDC_CLIENT_ID: '', MONITOR_GROUP_ROLES: '', ...env },
  });
  expect(code).not.toBe(0);
  for (const text of expected) expect(stderr).toContain(text);
});
