import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { API_ROUTES } from '../support/api-routes.ts';
import { request } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';

// What no text can hold is answered the same by every list and filter, on both engines: 400, and never 5xx. A new route is
// tested by being registered.

const READING = API_ROUTES.filter(({ method, role }) => method === 'GET' && role === 'read');
const LISTS = READING.filter(({ path }) => path.startsWith('/api/v1/') && !path.includes(':'));

const PARAMETERS = [
  ...['limit', 'cursor', 'sort', 'count', 'severity', 'instance_id', 'since', 'status', 'source', 'name', 'label'],
  ...['incident_id', 'matcher', 'filter', 'receiver', 'active', 'channel', 'kind', 'state', 'of', 'anything'],
];
const VALUES = ['%00', 'a%00', '%00b', '%ff', '%ED%A0%80', 'a%3D%00'];
// Cursors that are no text, and texts that are no cursor.
const CURSORS = ['AA', 'gICA', '_w', 'garbage', '***', '%00', Buffer.from('x\0y').toString('base64url')];

describe.each(['sqlite', 'postgres'])('on %s', (engine) => {
  let home: HubHome;
  let hub: Hub;
  let server: SharedPostgres | undefined;
  beforeAll(async () => {
    home = makeHubHome({ MONITOR_CHECKERS: '' });
    server = engine === 'postgres' ? await sharedPostgres() : undefined;
    hub = await home.serve(server === undefined ? {} : { DATABASE_URL: await server.createStore() });
  });
  afterAll(async () => {
    const { stderr } = await hub.stop();
    await home.remove();
    await server?.dropAll();
    // Nothing of it is a failure of the hub.
    expect(stderr.match(/"level":"(error|fatal)".*/)).toBeNull();
  });

  const statusOf = async (path: string) => (await request(`${hub.url}${path}`)).status;

  test.each(READING.map(({ path }) => path.replace(/:\w+/g, 'x')))('%s with NUL and broken UTF-8', async (path) => {
    const other: string[] = [];
    for (const name of PARAMETERS) {
      for (const value of VALUES) {
        const query = `${name}=${value}`;
        const status = await statusOf(`${path}?${query}`);
        if (status !== 400) other.push(`${query}: ${status}`);
      }
    }
    for (const query of ['%00=x', '%ff=x', 'name=a&name=%00']) {
      const status = await statusOf(`${path}?${query}`);
      if (status !== 400) other.push(`${query}: ${status}`);
    }
    expect(other).toEqual([]);
  });

  test.each(LISTS.map(({ path }) => path))('%s with cursors of nothing', async (path) => {
    const other: string[] = [];
    for (const cursor of CURSORS) {
      const status = await statusOf(`${path}?cursor=${cursor}`);
      if (status !== 400) other.push(`${cursor}: ${status}`);
    }
    expect(other).toEqual([]);
  });

  test.each(READING.filter(({ path }) => path.includes(':')).map(({ path }) => path))(
    '%s with NUL in it',
    async (path) => {
      for (const id of ['%00', 'a%00', '%ff', '%ED%A0%80']) {
        expect([id, await statusOf(path.replace(/:\w+/g, id))]).toEqual([id, 400]);
      }
    },
  );
});
