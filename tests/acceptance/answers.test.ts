import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Answered,
  bodyOf,
  both,
  hmac,
  items,
  PUSH_PATH,
  push,
  request,
  v1,
  wire,
} from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome, SECRET } from '../support/hub.ts';

// Every answer of the webhook route, over a real socket to a real process; one hub for all.
let home: HubHome;
let hub: Hub;
beforeAll(async () => {
  home = makeHubHome({ MONITOR_LIMITS_BURST: '100000' });
  hub = await home.serve();
});
afterAll(async () => {
  const { code, stderr } = await hub.stop();
  await home.remove();
  // Whatever was sent, nothing of it was a fault of the hub.
  expect([code, stderr.match(/"level":"(error|fatal)"/)]).toEqual([0, null]);
  expect(stderr).not.toContain(SECRET);
});

const send = (body: string | Buffer, headers: Record<string, string>, path = PUSH_PATH) =>
  request(`${hub.url}${path}`, { body, headers: { 'content-type': 'application/json', ...headers } });
const counts = (created: number, updated: number, resolved: number, opened: number, moved: number) => ({
  alerts_created: created,
  alerts_updated: updated,
  alerts_resolved: resolved,
  incidents_created: opened,
  incidents_updated: moved,
});
const NONE = counts(0, 0, 0, 0, 0);
const refused = (message: RegExp) => ({ status: 'error', message: expect.stringMatching(message) });

/** Whether the hub knows anything of an instance. */
const known = async (instance: string) => (await items(hub.url, `alerts?instance_id=${instance}`)).length > 0;

function expectError(answer: Answered, status: number, message: RegExp): void {
  expect([answer.status, answer.json]).toEqual([status, expect.objectContaining(refused(message))]);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
}

describe('200', () => {
  test('committed, with what it changed', async () => {
    const first = await push(hub.url, 'a1', [wire('cpu'), wire('disk', { severity: 'critical' })]);
    expect([first.status, first.json]).toEqual([200, { status: 'success', ...counts(2, 0, 0, 1, 0) }]);
    const second = await push(hub.url, 'a1', [wire('cpu'), wire('disk', { status: 'resolved' }), wire('new')]);
    expect(second.json).toEqual({ status: 'success', ...counts(1, 1, 1, 0, 1) });
    expect((await push(hub.url, 'a1', [])).json).toEqual({ status: 'success', ...NONE });
    expect((await push(hub.url, 'a1', [wire('unseen', { status: 'resolved' })])).json).toEqual({
      status: 'success',
      ...NONE,
    });
  });

  test('partial: the valid ones are kept, the others named', async () => {
    const alerts = [wire('good'), { labels: 'x' }, 'no object', wire('also good')];
    const { status, json } = await push(hub.url, 'a2', alerts);
    expect([status, json]).toEqual([
      200,
      {
        status: 'partial',
        ...counts(2, 0, 0, 1, 0),
        errors: [
          { path: 'alerts[1].labels', message: 'must be an object' },
          { path: 'alerts[2]', message: 'must be an object' },
        ],
      },
    ]);
    expect(await items(hub.url, 'alerts?instance_id=a2')).toHaveLength(2);
  });

  test.each([
    ['bare hex', (body: string) => v1(body)],
    ['sha256=', (body: string) => ({ 'x-cluster-signature': `sha256=${hmac(SECRET, body)}` })],
    ['capitals', (body: string) => ({ 'x-cluster-signature': hmac(SECRET, body).toUpperCase() })],
    ['both versions', (body: string) => both(body)],
    ['version 2 alone', (body: string) => ({ ...both(body), 'x-cluster-signature': '' })],
    ['a clock 299 s behind', (body: string) => both(body, { timestamp: String(Math.floor(Date.now() / 1000) - 299) })],
    ['a clock 299 s ahead', (body: string) => both(body, { timestamp: String(Math.floor(Date.now() / 1000) + 299) })],
  ])('signed: %s', async (name, headers) => {
    const body = bodyOf('a3', wire(name));
    expect((await send(body, headers(body))).json).toMatchObject({ status: 'success', alerts_created: 1 });
  });

  test.each([
    '/alerts/webhook/cluster',
    '/alerts/webhook/cluster/',
    '/alerts/webhook/cluster/?x=1',
    '/alerts/webhook/cluster?x',
  ])('at %s, without a redirect', async (path) => {
    const body = bodyOf('a4', wire(path));
    const signed = both(body, { path: path.replace(/\?.*/, '') });
    expect(await send(body, signed, path)).toMatchObject({ status: 200, json: { alerts_created: 1 } });
  });

  test('an identical submission is answered as the first time and changes nothing', async () => {
    const body = bodyOf('a5', wire('cpu'), 'no object');
    const headers = both(body);
    const first = await send(body, headers);
    expect(first.json).toMatchObject({ status: 'partial', ...counts(1, 0, 0, 1, 0) });
    const before = (await items(hub.url, 'alerts?instance_id=a5'))[0];
    const again = await Promise.all([send(body, headers), send(body, headers), send(body, headers)]);
    for (const answer of again) expect([answer.status, answer.text]).toEqual([200, first.text]);
    expect((await items(hub.url, 'alerts?instance_id=a5'))[0]).toEqual(before);
    expect(before).toMatchObject({ occurrences: 1 });
  });

  test('GET: ready, with and without the slash, and HEAD', async () => {
    const ready = { status: 'ok', message: 'Alert webhook endpoint is ready', driver: 'cluster' };
    for (const path of [PUSH_PATH, PUSH_PATH.slice(0, -1), `${PUSH_PATH}?`]) {
      expect(await request(`${hub.url}${path}`)).toMatchObject({ status: 200, json: ready });
    }
    expect(await request(`${hub.url}${PUSH_PATH}`, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    // Who brings something by GET must not be told that all is well.
    expect(await request(`${hub.url}${PUSH_PATH}?x=1`)).toMatchObject({ status: 405 });
  });
});

describe('400', () => {
  const envelope = { source: 'cluster', instance_id: 'b1', alerts: [] };
  test.each<[string, string | Buffer, RegExp]>([
    ['not JSON', '{"source":', /^the body is not JSON$/],
    ['nothing', '', /^the body is not JSON$/],
    ['JSON and more', '{} {}', /^the body is not JSON$/],
    [
      'bytes that are no text',
      Buffer.from([0xff, 0xfe, 0x00]),
      /^the body is not utf-16le, as its byte order mark says$/,
    ],
    ['a list', '[]', /must be a JSON object/],
    ['null', 'null', /must be a JSON object/],
    ['another source', JSON.stringify({ ...envelope, source: 'generic' }), /^source must be "cluster"$/],
    [
      'no instance',
      JSON.stringify({ ...envelope, instance_id: undefined }),
      /^instance_id must be a non-blank string$/,
    ],
    ['a blank instance', JSON.stringify({ ...envelope, instance_id: ' ' }), /^instance_id must be/],
    ['no list', JSON.stringify({ ...envelope, alerts: {} }), /^alerts must be a list$/],
    ['none valid', JSON.stringify({ ...envelope, alerts: [1, null] }), /^no alert of this push is valid$/],
  ])('%s', async (_, body, message) => {
    const answer = await send(body, v1(body));
    expectError(answer, 400, message);
    expect(answer.json?.errors).toEqual(
      expect.arrayContaining([{ path: expect.any(String), message: expect.stringMatching(/\S/) }]),
    );
    expect(await known('b1')).toBe(false);
  });

  test.each(['/alerts/webhook/nosuch/', '/alerts/webhook/Cluster/', '/alerts/webhook/__proto__'])(
    'an unknown driver: %s',
    async (path) => {
      const body = bodyOf('b2', wire('x'));
      expectError(await send(body, both(body, { path }), path), 400, /^Unknown driver/);
      expectError(await request(`${hub.url}${path}`), 400, /^Unknown driver/);
    },
  );
});

describe('403', () => {
  const body = bodyOf('c1', wire('x'));
  const right = hmac(SECRET, body);
  const at = (seconds: number) => both(body, { timestamp: String(Math.floor(Date.now() / 1000) + seconds) });
  test.each<[string, () => Record<string, string>, RegExp]>([
    ['missing', () => ({}), /X-Cluster-Signature is missing/],
    ['empty', () => ({ 'x-cluster-signature': '' }), /X-Cluster-Signature is missing/],
    ['wrong', () => v1(body, 'a secret of somebody else!'), /^X-Cluster-Signature does not match/],
    ['of another body', () => v1(`${body} `), /does not match/],
    ['truncated', () => ({ 'x-cluster-signature': right.slice(0, 63) }), /does not match/],
    ['wrong in capitals', () => ({ 'x-cluster-signature': hmac('x', body).toUpperCase() }), /does not match/],
    ['wrong behind sha256=', () => ({ 'x-cluster-signature': `sha256=${hmac('x', body)}` }), /does not match/],
    ['right behind sha1=', () => ({ 'x-cluster-signature': `sha1=${right}` }), /does not match/],
    ['wrong in version 2', () => ({ ...both(body, { secret: 'x' }), ...v1(body) }), /V2 does not match/],
    ['signed for another path', () => both(body, { path: '/alerts/webhook/cluster' }), /V2 does not match/],
    ['clock 302 s behind', () => at(-302), /clock is 30\d s behind the hub's, more than 300 s: correct the clock/],
    ['clock 302 s ahead', () => at(302), /clock is 30\d s ahead of the hub's/],
    ['version 2 cut out', () => ({ ...at(0), 'x-cluster-signature-v2': '' }), /X-Cluster-Signature-V2 is missing/],
    ['an unknown key', () => both(body, { key: 'k0' }), /^X-Cluster-Key is unknown/],
    [
      'an unknown key, rightly signed by the shared secret',
      () => ({ ...at(0), 'x-cluster-key': 'k0' }),
      /X-Cluster-Key/,
    ],
  ])('%s', async (_, headers, message) => {
    const answer = await send(body, headers());
    expectError(answer, 403, message);
    expect(answer.text).not.toContain(SECRET);
    expect(await known('c1')).toBe(false);
  });

  test('a nonce reused with another body', async () => {
    const nonce = 'nonce-used-twice';
    const [one, two] = [bodyOf('c2', wire('x')), bodyOf('c3', wire('x'))];
    expect((await send(one, both(one, { nonce }))).status).toBe(200);
    expectError(await send(two, both(two, { nonce })), 403, /^X-Cluster-Nonce was used before/);
    expect(await known('c3')).toBe(false);
  });

  test('the signature is judged before the body is looked at', async () => {
    for (const wrong of ['not JSON', '['.repeat(200), bodyOf('', 1)]) {
      expectError(await send(wrong, {}), 403, /X-Cluster-Signature is missing/);
    }
  });
});

describe('405 and 415', () => {
  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'])('%s', async (method) => {
    const answer = await request(`${hub.url}${PUSH_PATH}`, { method, headers: { 'content-length': '0' } });
    expectError(answer, 405, /POST/);
    expect(answer.headers.allow).toBe('GET, HEAD, POST');
  });

  test('a compressed body', async () => {
    expectError(await send('x', { 'content-encoding': 'gzip' }), 415, /without Content-Encoding/);
  });
});

describe('413', () => {
  const MIB = 1024 * 1024;
  /** A push of exactly so many bytes. */
  const sized = (bytes: number) => {
    const empty = bodyOf('d1', wire('x', { annotations: { message: '' } }));
    return bodyOf('d1', wire('x', { annotations: { message: 'm'.repeat(bytes - empty.length) } }));
  };

  test('1 MiB is taken, one byte more is not', async () => {
    expect(sized(MIB)).toHaveLength(MIB);
    expect((await send(sized(MIB), v1(sized(MIB)))).status).toBe(200);
    expectError(await send(sized(MIB + 1), v1(sized(MIB + 1))), 413, /at most 1048576 bytes/);
  });

  test('the same in chunks, without a Content-Length', async () => {
    const chunked = (bytes: number) =>
      new Promise<string>((resolve, reject) => {
        const body = sized(bytes);
        const socket = createConnection(Number(new URL(hub.url).port), '127.0.0.1');
        let text = '';
        socket.setEncoding('utf8').on('data', (data: string) => {
          text += data;
        });
        socket.once('error', reject).once('close', () => resolve(text));
        const head = `POST ${PUSH_PATH} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n`;
        socket.write(`${head}X-Cluster-Signature: ${hmac(SECRET, body)}\r\n\r\n`);
        for (let from = 0; from < body.length; from += 65_536) {
          const part = body.slice(from, from + 65_536);
          socket.write(`${part.length.toString(16)}\r\n${part}\r\n`);
        }
        socket.write('0\r\n\r\n');
      });
    expect(await chunked(MIB)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await chunked(MIB + 1)).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('64 levels are taken, 65 are not', async () => {
    // The body is the first level, its list of alerts the second, the alert the third, its metrics the fourth.
    const nested = (depth: number) => {
      const value: unknown = JSON.parse('['.repeat(depth - 4) + ']'.repeat(depth - 4));
      return bodyOf('d2', wire('x', { metrics: { value } }));
    };
    expect((await send(nested(64), v1(nested(64)))).status).toBe(200);
    expectError(await send(nested(65), v1(nested(65))), 413, /at most 64 deep/);
  });

  test('1,000 alerts are taken, 1,001 are not', async () => {
    const many = (count: number) =>
      push(
        hub.url,
        'd3',
        Array.from({ length: count }, (_, index) => wire(`${index}`)),
      );
    expectError(await many(1001), 413, /at most 1000 alerts, this one 1001/);
    expect(await known('d3')).toBe(false);
    expect((await many(1000)).json).toMatchObject({ status: 'success', alerts_created: 1000, incidents_created: 1 });
  });
});

describe('429', () => {
  test('with Retry-After, for the one credential, and then again 200', async () => {
    const other = makeHubHome({ MONITOR_LIMITS_REQUESTS_PER_SECOND: '1', MONITOR_LIMITS_BURST: '3' });
    try {
      const { url } = await other.serve();
      const answers = await Promise.all(Array.from({ length: 8 }, () => push(url, 'e1', [wire('x')])));
      const statuses = answers.map((answer) => answer.status).toSorted();
      expect(statuses.slice(0, 3)).toEqual([200, 200, 200]);
      expect(statuses.at(-1)).toBe(429);
      for (const answer of answers.filter((one) => one.status === 429)) {
        expectError(answer, 429, /^too many requests from this credential$/);
        expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      }
      expect((await push(url, 'e2', [wire('x')])).status).toBe(200);
      // A request without a right signature takes nothing from anybody.
      for (let index = 0; index < 5; index += 1) await push(url, 'e3', [wire('x')], { secret: 'wrong' });
      expect((await push(url, 'e3', [wire('x')])).status).toBe(200);
    } finally {
      await other.remove();
    }
  });
});
