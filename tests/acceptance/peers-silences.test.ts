import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { leftOut, type Peer, startPeer } from '../support/peers.ts';

// The same requests to a real Alertmanager and to a real hub: what they answer must be the same.
const missing = await leftOut('prometheus-alertmanager');
const only = missing === '' ? test : test.skip;

let home: HubHome;
let hub: Hub;
let peer: Peer;
beforeAll(async () => {
  if (missing !== '') return;
  home = makeHubHome();
  hub = await home.serve();
  const config = JSON.stringify({ route: { receiver: 'monitor' }, receivers: [{ name: 'monitor' }] });
  peer = await startPeer('prometheus-alertmanager', { 'alertmanager.yml': config });
});
afterAll(async () => {
  await peer?.remove();
  await home?.remove();
});

const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
const matcher = (name: string, value: unknown, operator = '=') => ({
  ...{ name, value, isRegex: operator.endsWith('~'), isEqual: operator.startsWith('=') },
});
const silence = (fields: object = {}) => ({
  ...{ matchers: [matcher('a', 'b')], startsAt: at(0), endsAt: at(3600), createdBy: 'me', comment: 'c' },
  ...fields,
});
const NOBODY = '11111111-1111-1111-1111-111111111111';

/** Does something with the API of one of the two; what it gives must not depend on whose it is. */
type Story = (api: ReturnType<typeof apiOf>) => Promise<unknown>;

interface Stored {
  readonly id: string;
  readonly status: { readonly state: string };
  readonly [field: string]: unknown;
}

function apiOf(url: string) {
  const call = async (method: string, path: string, body?: unknown) => {
    const given =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const { status, json, text } = await request(`${url}/api/v2${path}`, { method, ...given });
    return { status, json: json as unknown, text };
  };
  const post = (fields: object) => call('POST', '/silences', silence(fields));
  const create = async (fields: object = {}) => String(((await post(fields)).json as { silenceID: string }).silenceID);
  const get = async (id: string) => (await call('GET', `/silence/${id}`)).json as Stored;
  const stateOf = async (id: string) => (await get(id)).status;
  /** Changes one, and gives whether its id stays, and the states of both. */
  const change = async (before: object, after: (stored: Stored) => object) => {
    const id = await create(before);
    const stored = await get(id);
    const { comment, createdBy, startsAt, endsAt, matchers } = stored;
    const { status, json } = await post({ id, comment, createdBy, startsAt, endsAt, matchers, ...after(stored) });
    const next = String((json as { silenceID?: string }).silenceID);
    return {
      status,
      isSame: next === id,
      before: await stateOf(id),
      after: status === 200 ? await stateOf(next) : null,
    };
  };
  return { call, post, create, get, stateOf, change };
}

const status =
  (story: (api: ReturnType<typeof apiOf>) => Promise<{ status: number }>): Story =>
  async (api) =>
    (await story(api)).status;
/** Status and what is said; of what is created the id differs. */
const posted =
  (fields: object): Story =>
  async (api) => {
    const { status: code, json } = await api.post(fields);
    return [code, code === 200 ? Object.keys(json as object) : json];
  };

const STORIES: readonly (readonly [string, Story])[] = [
  ...['matchers', 'startsAt', 'endsAt', 'createdBy', 'comment'].map(
    (field) => [`without ${field}`, posted({ [field]: undefined })] as const,
  ),
  ['with no matcher', posted({ matchers: [] })],
  ...['name', 'value', 'isRegex', 'isEqual'].map(
    (field) =>
      [`a matcher without ${field}`, posted({ matchers: [{ ...matcher('a', 'b'), [field]: undefined }] })] as const,
  ),
  ['a time that is null', posted({ startsAt: null })],
  ['an empty object', async ({ call }) => (await call('POST', '/silences', {})).json],
  ['null', async ({ call }) => (await call('POST', '/silences', null)).json],
  ['an empty comment and author', posted({ comment: '', createdBy: '' })],
  ['a field more', posted({ annotations: { a: 'b' } })],
  ['a=""', posted({ matchers: [matcher('a', '')] })],
  ['a=~".*"', posted({ matchers: [matcher('a', '.*', '=~')] })],
  ['a!="x"', posted({ matchers: [matcher('a', 'x', '!=')] })],
  ['a!~"x.+"', posted({ matchers: [matcher('a', 'x.+', '!~')] })],
  ['a pattern that is none', status(({ post }) => post({ matchers: [matcher('a', '(', '=~')] }))],
  ['look-ahead', status(({ post }) => post({ matchers: [matcher('a', '(?=a)', '=~')] }))],
  ['a name of digits', posted({ matchers: [matcher('1a', 'b')] })],
  ['no name', posted({ matchers: [matcher('', 'b')] })],
  ['a value that is a number', status(({ post }) => post({ matchers: [matcher('a', 5)] }))],
  ['matchers that are a text', status(({ post }) => post({ matchers: 'x' }))],
  ['a time that is none', status(({ post }) => post({ startsAt: 'yesterday' }))],
  ['a list', status(({ call }) => call('POST', '/silences', []))],
  ['an end before the start', posted({ startsAt: at(100), endsAt: at(50) })],
  ['an end that has passed', posted({ startsAt: at(-100), endsAt: at(-50) })],
  ['an id that nobody has', posted({ id: NOBODY })],
  ['an id that is none', posted({ id: 'x' })],
  ['an empty id', posted({ id: '' })],
  ['to get one that is not there', status(({ call }) => call('GET', `/silence/${NOBODY}`))],
  ['to get an id that is none', async ({ call }) => (await call('GET', '/silence/x')).json],
  ['to end an id that is none', async ({ call }) => (await call('DELETE', '/silence/x')).json],
  ['another method', status(({ call }) => call('PUT', '/silences', {}))],
  ['another end', ({ change }) => change({}, () => ({ endsAt: at(7200) }))],
  ['another comment and author', ({ change }) => change({}, () => ({ comment: 'x', createdBy: 'you' }))],
  ['another start', ({ change }) => change({}, () => ({ startsAt: at(-500) }))],
  ['other matchers', ({ change }) => change({}, () => ({ matchers: [matcher('a', 'c')] }))],
  ['an end that has passed, of an active one', ({ change }) => change({}, () => ({ endsAt: at(-5) }))],
  ['pending, another start', ({ change }) => change({ startsAt: at(500) }, () => ({ startsAt: at(600) }))],
  ['pending, a start that has passed', ({ change }) => change({ startsAt: at(500) }, () => ({ startsAt: at(-5) }))],
  ['pending, other matchers', ({ change }) => change({ startsAt: at(500) }, () => ({ matchers: [matcher('a', 'c')] }))],
  [
    'one that is over',
    async ({ create, call, post, stateOf }) => {
      const id = await create();
      const first = (await call('DELETE', `/silence/${id}`)).status;
      const second = (await call('DELETE', `/silence/${id}`)).status;
      const again = await post({ id });
      return [first, second, again.status, (again.json as { silenceID: string }).silenceID === id, await stateOf(id)];
    },
  ],
  [
    'what a filter finds, and in which order',
    async ({ create, call }) => {
      const team = (value: string, operator = '=') => ({
        matchers: [matcher('team', value, operator), matcher('x', 'y')],
      });
      const ids = [
        await create({ ...team('a'), endsAt: at(9000), comment: 'late' }),
        await create({ ...team('a'), endsAt: at(4000), comment: 'early' }),
        await create({ ...team('a'), startsAt: at(500), comment: 'pending' }),
        await create({ ...team('a', '=~'), comment: 'pattern' }),
        await create({ ...team('a'), comment: 'over' }),
      ];
      await call('DELETE', `/silence/${ids[4]}`);
      const found = async (query: string) =>
        ((await call('GET', `/silences?${query}`)).json as { comment: string }[]).map(({ comment }) => comment);
      const filters = ['team="a"', 'team=~"a"', 'team=~"a|b"', 'team!="b"', 'nobody=""', 'team="a"&filter=x="y"'];
      return Promise.all(filters.map((filter) => found(`filter=${filter.replaceAll('"', '%22')}`)));
    },
  ],
  ['a filter that is none', status(({ call }) => call('GET', '/silences?filter=a'))],
  ['a filter whose pattern is none', status(({ call }) => call('GET', '/silences?filter=a%3D~%22(%22'))],
  ['a receiver whose pattern is none', status(({ call }) => call('GET', '/alerts?receiver=('))],
];

describe(`silences, beside an Alertmanager${missing}`, () => {
  only.each(STORIES)('%s', async (_name, story) => {
    expect(await story(apiOf(hub.url))).toEqual(await story(apiOf(peer.url)));
  });

  only('alerts under silences, by every combination of what is asked for', async () => {
    const told = await Promise.all(
      [hub.url, peer.url].map(async (url) => {
        const { call, create } = apiOf(url);
        await call(
          'POST',
          '/alerts',
          ['1', '2'].map((n) => ({ labels: { alertname: 'Story', n } })),
        );
        for (const { id } of (await call('GET', '/silences')).json as Stored[]) await call('DELETE', `/silence/${id}`);
        await create({ matchers: [matcher('alertname', 'Story'), matcher('n', '1')] });
        const words = ['true', 'false'];
        const queries = words.flatMap((active) =>
          words.flatMap((silenced) =>
            words.map((inhibited) => ({ active, silenced, inhibited, unprocessed: 'false' })),
          ),
        );
        const seen = async (query: Record<string, string>) => {
          const { json } = await call('GET', `/alerts?filter=alertname%3DStory&${new URLSearchParams(query)}`);
          return (json as { labels: { n: string }; status: { state: string; silencedBy: string[] } }[])
            .map(({ labels, status: { state, silencedBy } }) => `${labels.n} ${state} ${silencedBy.length}`)
            .toSorted();
        };
        // Alertmanager counts a silence some moments after it was created.
        for (let tries = 0; tries < 100 && (await seen({ silenced: 'false' })).length !== 1; tries += 1)
          await new Promise((resolve) => setTimeout(resolve, 20));
        return Promise.all(queries.map(seen));
      }),
    );
    expect(told[0]).toEqual(told[1]);
    expect(told[0]?.[0]).toEqual(['1 suppressed 1', '2 active 0']);
  });
});
