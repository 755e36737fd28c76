import { gzipSync } from 'node:zlib';
import { Secret } from '../../../src/lib/crypto/secret.ts';
import { HEADERS, signV1 } from '../../../src/lib/crypto/signature.ts';
import { PATH } from '../requests.ts';

/** What an attacker holds. */
export interface Loot {
  readonly port: number;
  /** The key of one instance, `evil`. */
  readonly key: { readonly id: string; readonly secret: string };
  /** The secret that pushes share, and that of a driver. */
  readonly secret: string;
  /** Of the API. */
  readonly token: string;
}

/** One way to take a hub for oneself. */
export interface Attack {
  readonly name: string;
  /** What the attacker needs for it. */
  readonly who: 'key' | 'secret' | 'token' | 'stranger';
  readonly connections: number;
  /** Requests of a connection, one after the other, over and over. */
  requests(loot: Loot, connection: number): readonly Buffer[];
  /** Milliseconds between two bytes; left out, all at once. */
  readonly dripMs?: number;
  /** The answers are left unread, and the next request is not held back for them. */
  readonly isDeaf?: true;
}

const MIB = 1024 * 1024;

function post(path: string, body: Buffer, headers: Readonly<Record<string, string>> = {}): Buffer {
  const lines = Object.entries({ 'Content-Type': 'application/json', ...headers }).map((pair) => pair.join(': '));
  const head = [`POST ${path} HTTP/1.1`, 'Host: hub', `Content-Length: ${body.length}`, ...lines].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]);
}

function get(path: string, token: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer ${token}\r\n\r\n`);
}

function push(instance: string, alerts: readonly unknown[]): Buffer {
  return Buffer.from(
    JSON.stringify({ source: 'cluster', instance_id: instance, hostname: 'h', version: '1.0', alerts }),
  );
}

const withKey = ({ key }: Loot, body: Buffer) =>
  post(PATH, body, { [HEADERS.key]: key.id, [HEADERS.signature]: signV1(new Secret(key.secret), body) });
const withSecret = ({ secret }: Loot, body: Buffer) =>
  post(PATH, body, { [HEADERS.signature]: signV1(new Secret(secret), body) });

const alert = (fingerprint: string, fields: object = {}) => ({ fingerprint, name: 'n', status: 'firing', ...fields });
const list = <T>(length: number, make: (index: number) => T) => Array.from({ length }, (_, index) => make(index));

const NOTHING = Buffer.from(`[${list(300_000, () => '[]').join(',')}]`);
const FILTER = encodeURIComponent(`v=~"(a?){400}a{400}b"`);

/** Every way, those of a credential first. */
export const ATTACKS: readonly Attack[] = [
  {
    ...{ name: 'large pushes', who: 'key', connections: 20 },
    requests: (loot, connection) => [
      withKey(
        loot,
        push(
          'evil',
          list(1000, (i) => alert(`l${connection}-${i}`, { annotations: { m: 'x'.repeat(640) } })),
        ),
      ),
    ],
  },
  {
    ...{ name: 'many alerts in few bytes', who: 'key', connections: 20 },
    requests: (loot, connection) => [
      withKey(
        loot,
        push(
          'evil',
          list(1000, (i) => ({ fingerprint: `s${connection}${i}` })),
        ),
      ),
    ],
  },
  {
    ...{ name: 'alerts of a megabyte', who: 'key', connections: 20 },
    requests: (loot, connection) =>
      list(5, (i) =>
        withKey(loot, push('evil', [alert(`m${connection}-${i}`, { labels: { v: 'a'.repeat(1_000_000) } })])),
      ),
  },
  {
    ...{ name: 'thousands of labels and figures', who: 'key', connections: 20 },
    requests: (loot) => {
      const many = Object.fromEntries(list(40_000, (i) => [`n${i}`, i]));
      return [
        withKey(loot, push('evil', [alert('labels', { labels: many })])),
        withKey(loot, push('evil', [alert('figures', { metrics: many })])),
      ];
    },
  },
  {
    ...{ name: 'deep and broken JSON', who: 'key', connections: 20 },
    requests: (loot) => [
      withKey(loot, Buffer.from('['.repeat(MIB))),
      withKey(loot, Buffer.from(`{"source":"cluster","alerts":${'{"a":'.repeat(60)}`)),
      withKey(loot, NOTHING),
    ],
  },
  {
    ...{ name: 'new alerts without end', who: 'key', connections: 20 },
    requests: (loot, connection) =>
      list(40, (i) =>
        withKey(
          loot,
          push(
            'evil',
            list(100, (j) => alert(`n${connection}-${i}-${j}-${process.pid}`)),
          ),
        ),
      ),
  },
  {
    ...{ name: 'invented instances', who: 'secret', connections: 20 },
    requests: (loot, connection) => list(300, (i) => withSecret(loot, push(`ghost-${connection}-${i}`, [alert('g')]))),
  },
  {
    ...{ name: 'lists, and slow filters', who: 'token', connections: 20 },
    requests: ({ token }) => [
      get('/api/v2/alerts', token),
      get('/api/v2/alerts/groups', token),
      get(`/api/v2/alerts?filter=${FILTER}`, token),
      get('/api/v1/alerts?limit=500', token),
      get('/api/v1/alerts?limit=500&label=v%3Dx&count=1', token),
    ],
  },
  {
    ...{ name: 'lists that nobody reads', who: 'token', connections: 100, isDeaf: true },
    requests: ({ token }) => [get('/api/v2/alerts', token), get('/api/v1/alerts?limit=500', token)],
  },
  {
    ...{ name: 'large bodies with a wrong signature', who: 'stranger', connections: 20 },
    requests: () => [post(PATH, Buffer.alloc(MIB, 'x'), { [HEADERS.signature]: '0'.repeat(64) })],
  },
  {
    ...{ name: 'bodies that cost much to parse', who: 'stranger', connections: 20 },
    requests: () => [
      post('/alerts/webhook/', NOTHING),
      post('/v2/enqueue', Buffer.from(`{"routing_key":"${'x'.repeat(900_000)}"}`)),
      post('/alerts/webhook/', Buffer.from(list(120_000, (i) => `${i}=1`).join('&')), {
        'Content-Type': 'application/x-www-form-urlencoded',
      }),
    ],
  },
  {
    ...{ name: 'compressed bombs', who: 'stranger', connections: 20 },
    requests: () => [post(PATH, gzipSync(Buffer.alloc(64 * MIB)), { 'Content-Encoding': 'gzip' })],
  },
  {
    ...{ name: 'slow bodies', who: 'stranger', connections: 1000, dripMs: 500 },
    requests: () => [post(PATH, Buffer.alloc(MIB, 'x'), { [HEADERS.signature]: '0'.repeat(64) })],
  },
  {
    ...{ name: 'slow heads', who: 'stranger', connections: 1000, dripMs: 500 },
    requests: () => [Buffer.from(`GET /healthz HTTP/1.1\r\nHost: hub\r\n${'X-A: b\r\n'.repeat(1000)}\r\n`)],
  },
  {
    ...{ name: 'connections that say nothing', who: 'stranger', connections: 5000 },
    requests: () => [],
  },
  {
    ...{ name: 'answers that nobody reads', who: 'stranger', connections: 100, isDeaf: true },
    requests: () => [
      Buffer.from('GET /api/health HTTP/1.1\r\nHost: hub\r\n\r\n'.repeat(200)),
      post(PATH, Buffer.from('{}')),
    ],
  },
];
