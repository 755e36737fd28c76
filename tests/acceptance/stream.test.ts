import { get as httpGet, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { items, push, request, wire } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { type SharedPostgres, sharedPostgres } from '../support/shared-postgres.ts';

// Live streams of a real hub over real sockets, on both engines.

interface Stream {
  text(): string;
  events(): { readonly id: string; readonly data: Record<string, unknown> }[];
  readonly response: IncomingMessage;
  readonly ended: Promise<void>;
  close(): void;
}

function open(url: string, headers: Record<string, string> = {}): Promise<Stream> {
  return new Promise((resolve, reject) => {
    httpGet(url, { headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', () => {});
      resolve({
        text: () => text,
        events: () =>
          [...text.matchAll(/^id: (\S+)\ndata: (.*)\n$/gm)].map(([, id = '', data = '']) => ({
            id,
            data: JSON.parse(data),
          })),
        response,
        ended: new Promise((done) => response.on('close', () => done())),
        close: () => void response.destroy(),
      });
    }).on('error', reject);
  });
}

describe.each(['sqlite', 'postgres'])('on %s', (engine) => {
  let home: HubHome;
  let hub: Hub;
  let server: SharedPostgres | undefined;
  let address: string;
  beforeAll(async () => {
    home = makeHubHome({ MONITOR_CHECKERS: '' });
    server = engine === 'postgres' ? await sharedPostgres() : undefined;
    hub = await home.serve(server === undefined ? {} : { DATABASE_URL: await server.createStore() });
    address = `${hub.url}/api/v1/stream`;
  });
  afterAll(async () => {
    await hub.stop();
    await home.remove();
    await server?.dropAll();
  });

  test('events arrive as the API shows them, each with its position', async () => {
    const stream = await open(address);
    expect(stream.response.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8' });
    await eventually(() => expect(stream.text()).toMatch(/^retry: 1000\nid: \S+\n\n/));
    await push(hub.url, 'web-1', [wire('cpu'), wire('disk')]);
    await eventually(() => expect(stream.events().filter(({ data }) => data.subject === 'alert')).toHaveLength(2));
    const [alert] = await items(hub.url, 'alerts?instance_id=web-1');
    const shown = JSON.parse((await request(`${hub.url}/api/v1/alerts/${alert?.id}`, { method: 'GET' })).text);
    expect(stream.events().map(({ data }) => data)).toEqual(expect.arrayContaining(shown.events));
    stream.close();
  });

  test('a stream that is cut goes on behind Last-Event-ID, or last_event_id, and misses nothing', async () => {
    const first = await open(address);
    await push(hub.url, 'web-2', [wire('a')]);
    await eventually(() => expect(first.events().length).toBeGreaterThan(1));
    const seen = first.events();
    const last = seen[0]?.id ?? '';
    first.close();
    await push(hub.url, 'web-2', [wire('b'), wire('c')]);
    const [byHeader, byParameter] = await Promise.all([
      open(address, { 'last-event-id': last }),
      open(`${address}?last_event_id=${last}`),
    ]);
    for (const stream of [byHeader, byParameter]) {
      await eventually(() => {
        const told = stream.events().map(({ data }) => data.seq);
        expect(told.slice(0, seen.length - 1)).toEqual(seen.slice(1).map(({ data }) => data.seq));
        expect(stream.text()).toMatch(/"message":"[^"]*c/);
      });
      expect(new Set(stream.events().map(({ id }) => id)).size).toBe(stream.events().length);
      stream.close();
    }
  });

  test('more events of one commit than are read at a time arrive in full, each once, live and afterwards', async () => {
    const many = 450;
    const matcher = `matcher=${encodeURIComponent('instance_id="many"')}`;
    const [every, own] = await Promise.all([open(address), open(`${address}?${matcher}`)]);
    for (const stream of [every, own]) await eventually(() => expect(stream.text()).toContain('id: '));
    const begun = /id: (\S+)/.exec(every.text())?.[1] ?? '';
    await push(
      hub.url,
      'many',
      Array.from({ length: many }, (_, index) => wire(`m${index}`)),
    );
    const opened = (stream: Stream) =>
      stream
        .events()
        .filter(({ data: { subject, kind, actor } }) => `${subject} ${kind} ${actor}` === 'alert opened cluster:many');
    for (const stream of [every, own, await open(`${address}?last_event_id=${begun}`)]) {
      await eventually(() => expect(opened(stream)).toHaveLength(many));
      const ids = stream.events().map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(new Set(opened(stream).map(({ data }) => data.subject_id)).size).toBe(many);
      stream.close();
    }
  });

  test.each(['x', '99999999999', '99999999:1', '-1', '%00', "1'; DROP TABLE events; --"])(
    'behind %s, which is no place in this history: a reset, and on from now',
    async (position) => {
      const stream = await open(`${address}?last_event_id=${encodeURI(position)}`);
      if (position === '%00' && stream.response.statusCode === 400) return stream.close();
      await eventually(() => expect(stream.text()).toContain('event: reset\n'));
      expect(stream.text()).toContain('"reason":"unknown_position"');
      stream.close();
    },
  );

  test('filters: kinds, subjects and matchers', async () => {
    const only = await open(
      `${address}?subject=alert&matcher=${encodeURIComponent('instance_id="web-4"')}&kind=resolved`,
    );
    const every = await open(address);
    await push(hub.url, 'web-3', [wire('cpu')]);
    await push(hub.url, 'web-4', [wire('cpu'), wire('disk')]);
    await push(hub.url, 'web-3', [wire('cpu', { status: 'resolved' })]);
    await push(hub.url, 'web-4', [wire('disk', { status: 'resolved' })]);
    await eventually(() =>
      expect(every.events().filter(({ data }) => data.subject === 'alert' && data.kind === 'resolved')).toHaveLength(2),
    );
    await eventually(() => expect(only.events().length).toBeGreaterThan(0));
    expect(only.events()).toMatchObject([{ data: { kind: 'resolved', actor: 'cluster:web-4' } }]);
    only.close();
    every.close();
  });

  test.each(['subject=x', 'matcher=%7Bx', 'matcher=a%3D~%22(%22', 'nothing=1'])(
    '?%s is refused with 400',
    async (query) => {
      const { status, json } = await request(`${address}?${query}`, { method: 'GET' });
      expect([status, json?.status]).toEqual([400, 400]);
    },
  );

  test('a stop ends it, and HEAD does not begin one', async () => {
    expect((await request(address, { method: 'HEAD' })).headers['content-type']).toMatch(/^text\/event-stream/);
    const stream = await open(address);
    const { code } = await hub.stop();
    await stream.ended;
    // It was ended, rather than cut off.
    expect([code, stream.response.complete]).toEqual([0, true]);
  });
});
