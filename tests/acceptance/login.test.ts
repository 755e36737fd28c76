import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';

// Two hubs on one store: what one of them, or a command, ends is refused by the other with the next request.
const PASSWORD = 'correct horse battery';
const NEW_PASSWORD = 'a wholly other phrase';
const API_TOKEN = 'of-the-operator-0123456789';

let server: SharedPostgres;
let home: HubHome;
let hubs: readonly [Hub, Hub];
beforeAll(async () => {
  server = await sharedPostgres();
  home = makeHubHome({ DATABASE_URL: await server.createStore(), MONITOR_API_TOKEN: API_TOKEN });
  hubs = [await home.serve(), await home.serve({ INSTANCE_ID: 'hub-2' })];
  for (const [name, role] of [
    ['mira', 'admin'],
    ['jo', 'write'],
    ['eve', 'read'],
  ] as const)
    expect((await home.run(['people', 'add', name, '--role', role], {}, `${PASSWORD}\n`)).code).toBe(0);
});
afterAll(async () => {
  await home?.remove();
  await server?.dropAll();
});

interface Session {
  readonly cookie: string;
  readonly csrf: string;
}

const post = (hub: Hub, path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${hub.url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function logIn(name: string, password = PASSWORD, hub = hubs[0], cookie = ''): Promise<Session> {
  const response = await post(hub, '/api/v1/login', { name, password }, cookie === '' ? {} : { cookie });
  expect(response.status).toBe(200);
  const { csrf_token: csrf } = (await response.json()) as { readonly csrf_token: string };
  const set = response.headers.get('set-cookie') ?? '';
  expect(set).toMatch(/^monitor=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/);
  return { cookie: set.split(';')[0] ?? '', csrf };
}

const reads = async ({ cookie }: Session) =>
  Promise.all(hubs.map(async (hub) => (await fetch(`${hub.url}/api/v1/alerts`, { headers: { cookie } })).status));
const changes = ({ cookie, csrf }: Session, headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' }) => ({
  ...{ cookie, 'x-csrf-token': csrf, ...headers },
});

describe('logging in', () => {
  test('says who that is on every hub, and what they may do', async () => {
    const session = await logIn('  MIRA ');
    for (const hub of hubs) {
      const response = await fetch(`${hub.url}/api/v1/session`, { headers: { cookie: session.cookie } });
      expect(await response.json()).toEqual({
        ...{ kind: 'person', name: 'mira', role: 'admin', confined_to: null, csrf_token: session.csrf },
      });
    }
  });

  test('by the page needs no script, and leads on to a path of the hub alone', async () => {
    const page = await fetch(`${hubs[0].url}/login?next=/incidents`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('name="next" value="/incidents"');
    const send = (next: string, password: string) =>
      fetch(`${hubs[0].url}/login`, {
        ...{ method: 'POST', redirect: 'manual', headers: { 'sec-fetch-site': 'same-origin' } },
        body: new URLSearchParams({ name: 'mira', password, next }),
      });
    const done = await send('/incidents', PASSWORD);
    expect([done.status, done.headers.get('location')]).toEqual([303, '/incidents']);
    expect(done.headers.get('set-cookie')).toMatch(/^monitor=/);
    expect((await send('//evil.example', PASSWORD)).headers.get('location')).toBe('/');
    const wrong = await send('/incidents', 'wrong');
    expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([401, null]);
    expect(await wrong.text()).toContain('Name or password is wrong, or too many tries. Wait 30 s.');
  });

  test('tells nobody whether there is a person, also once there were too many tries', async () => {
    const answers = async (name: string) => {
      const found: string[] = [];
      for (let n = 0; n < 8; n += 1) {
        const response = await post(hubs[1], '/api/v1/login', { name, password: 'not this one' });
        const headers = [...response.headers].filter(([header]) => header !== 'date');
        found.push(JSON.stringify([response.status, headers, await response.json()]));
      }
      return found;
    };
    const known = await answers('eve');
    expect(known.map((one) => Number(one.slice(1, 4)))).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect(await answers('nobody-of-this-name')).toEqual(known);
  });

  test('is refused to pages of other sites', async () => {
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'http://evil.example' }, { origin: 'null' }]) {
      const asked = await post(hubs[0], '/api/v1/login', { name: 'mira', password: PASSWORD }, headers);
      expect(asked.status).toBe(403);
    }
  });

  test('takes no session from the browser: what it showed before is of no use afterwards', async () => {
    const first = await logIn('jo');
    const second = await logIn('jo', PASSWORD, hubs[1], first.cookie);
    expect(second.cookie).not.toBe(first.cookie);
    expect([await reads(first), await reads(second)]).toEqual([
      [401, 401],
      [200, 200],
    ]);
    const planted = `monitor=${'x'.repeat(43)}`;
    expect((await logIn('jo', PASSWORD, hubs[0], planted)).cookie).not.toBe(planted);
    expect(await reads({ cookie: planted, csrf: '' })).toEqual([401, 401]);
  });
});

describe('what changes something', () => {
  test('needs a page of the hub and the token of the session', async () => {
    const session = await logIn('mira');
    const create = async (headers: Record<string, string>) =>
      (await post(hubs[0], '/api/v1/tokens', { name: 'x' }, headers)).status;
    const { cookie } = session;
    expect(await create({ cookie })).toBe(403);
    expect(await create({ cookie, 'sec-fetch-site': 'same-origin' })).toBe(403);
    expect(await create(changes(session, { 'sec-fetch-site': 'cross-site' }))).toBe(403);
    expect(await create(changes(session, { origin: 'http://evil.example' }))).toBe(403);
    expect(await create({ ...changes(session), 'x-csrf-token': (await logIn('mira')).csrf })).toBe(403);
    expect(await create(changes(session))).toBe(201);
  });

  test('is done under the name of who asks, whatever the body says', async () => {
    const session = await logIn('jo');
    const silence = { matchers: ['team="x"'], for: '1h', by: 'mira', comment: 'x' };
    const made = await post(hubs[0], '/api/v1/silences', silence, changes(session));
    expect(await made.json()).toMatchObject({ created_by: 'jo' });
  });
});

describe('the end', () => {
  test('of a token comes at once on all hubs, by a command and by the API', async () => {
    const session = await logIn('mira');
    for (const end of ['command', 'api'] as const) {
      const response = await post(hubs[0], '/api/v1/tokens', { name: 'bot', role: 'read' }, changes(session));
      const { id, token } = (await response.json()) as { readonly id: string; readonly token: string };
      const status = () =>
        Promise.all(
          hubs.map(
            async ({ url }) =>
              (await fetch(`${url}/api/v1/alerts`, { headers: { authorization: `Bearer ${token}` } })).status,
          ),
        );
      expect(await status()).toEqual([200, 200]);
      if (end === 'command') expect((await home.run(['tokens', 'revoke', id])).code).toBe(0);
      else await fetch(`${hubs[1].url}/api/v1/tokens/${id}`, { method: 'DELETE', headers: changes(session) });
      expect(await status()).toEqual([401, 401]);
    }
  });

  test('of a session comes at once on all hubs: logged out, everywhere, by an admin, with the password', async () => {
    const [here, there, admin] = [await logIn('jo'), await logIn('jo'), await logIn('mira')];
    await post(hubs[0], '/api/v1/logout', {}, changes(here));
    expect([await reads(here), await reads(there)]).toEqual([
      [401, 401],
      [200, 200],
    ]);
    const more = await logIn('jo');
    await post(hubs[1], '/api/v1/logout', { everywhere: true }, changes(there));
    expect([await reads(there), await reads(more)]).toEqual([
      [401, 401],
      [401, 401],
    ]);
    const last = await logIn('jo');
    await post(hubs[0], '/api/v1/people/jo/logout', {}, changes(admin));
    expect(await reads(last)).toEqual([401, 401]);
    expect(await reads(admin)).toEqual([200, 200]);
  });

  test('of a live stream comes with that of its token or session, on whichever hub it is read', async () => {
    const [session, admin] = [await logIn('jo'), await logIn('mira')];
    const made = await post(hubs[0], '/api/v1/tokens', { name: 'follower' }, changes(admin));
    const { id, token } = (await made.json()) as { readonly id: string; readonly token: string };
    /** Resolves when the hub has ended the stream. */
    const follow = async (headers: Record<string, string>) => {
      const response = await fetch(`${hubs[1].url}/api/v1/stream`, { headers });
      expect(response.status).toBe(200);
      const reader = response.body?.getReader();
      const text = await reader?.read();
      expect(Buffer.from(text?.value ?? '').toString()).toContain('id: ');
      const rest = async () => {
        while ((await reader?.read())?.done === false);
      };
      return { ended: rest(), headers };
    };
    const streams = [await follow({ authorization: `Bearer ${token}` }), await follow({ cookie: session.cookie })];
    await fetch(`${hubs[0].url}/api/v1/tokens/${id}`, { method: 'DELETE', headers: changes(admin) });
    await streams[0]?.ended;
    await post(hubs[0], '/api/v1/logout', {}, changes(session));
    await streams[1]?.ended;
    for (const { headers } of streams)
      expect((await fetch(`${hubs[1].url}/api/v1/stream`, { headers })).status).toBe(401);
  });

  test('of other sessions comes with a new password of their own, of all with one that an admin sets', async () => {
    const [mine, other] = [await logIn('mira', PASSWORD, hubs[1]), await logIn('mira', PASSWORD, hubs[1])];
    const wrong = { password: 'not the present one', new_password: NEW_PASSWORD };
    expect((await post(hubs[1], '/api/v1/password', wrong, changes(mine))).status).toBe(422);
    const right = { ...wrong, password: PASSWORD };
    expect((await post(hubs[1], '/api/v1/password', right, changes(mine))).status).toBe(200);
    expect([await reads(mine), await reads(other)]).toEqual([
      [200, 200],
      [401, 401],
    ]);
    expect((await home.run(['people', 'password', 'mira'], {}, `${PASSWORD}\n`)).code).toBe(0);
    expect(await reads(mine)).toEqual([401, 401]);
  });

  test('of a role comes with the next request', async () => {
    const session = await logIn('jo', PASSWORD, hubs[1]);
    const silence = async () =>
      (await post(hubs[1], '/api/v1/silences', { matchers: ['a="b"'], for: '1h' }, changes(session))).status;
    expect(await silence()).toBe(201);
    await home.run(['people', 'role', 'jo', 'read']);
    expect(await silence()).toBe(403);
    await home.run(['people', 'remove', 'jo']);
    expect(await silence()).toBe(401);
  });
});
