import { describe, expect, test } from '@jest/globals';
import {
  bool,
  clusterKey,
  databaseUrl,
  duration,
  httpUrl,
  integer,
  type Kind,
  list,
  oneOf,
  proxyUrl,
  retention,
  secret,
  size,
  text,
} from '../../../src/config/kinds.ts';

/** The value of a text of the environment, or the message that refuses it. */
function read<T>(kind: Kind<T>, written: string): T | string {
  const result = kind.schema.safeParse(kind.fromText(written));
  return result.success ? result.data : (result.error.issues[0]?.message ?? '');
}

describe('times', () => {
  test.each([
    ['60', 60_000],
    ['0', 0],
    ['500ms', 500],
    ['60s', 60_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['90d', 7_776_000_000],
  ])('%s is %d ms', (written, ms) => {
    expect(read(duration(0, 100 * 86_400), written)).toBe(ms);
  });

  test('a bare number in the file counts seconds, too', () => {
    expect(duration(0, 100).schema.parse(60)).toBe(60_000);
  });

  test.each(['5x', '-1', '1.5s', ' 5s', '1e3', 's', '5 m', '101', '2m', '9'.repeat(40)])('%s is refused', (written) => {
    expect(read(duration(1, 100), written)).toBe('must be a time from 1 s to 100 s, such as 60s, 5m or 2h');
  });
});

test.each([
  ['90d', 7_776_000_000],
  ['1s', 1000],
  ['forever', 0],
  ['0', 0],
])('%s is kept for %d ms, and for ever where that is 0', (written, ms) => {
  expect(read(retention(), written)).toBe(ms);
});

test.each(['0d', '500ms', 'always', '-1', '36501d', '1y'])('%s is no time to keep something', (written) => {
  expect(read(retention(), written)).toMatch(/^must be a time from 1 s to 36500 d, such as 90d or 365d, or forever$/);
});

test.each([
  ['1048576', 1_048_576],
  ['512KiB', 524_288],
  ['8MiB', 8_388_608],
])('the size %s is %d bytes', (written, bytes) => {
  expect(read(size(1, 1024 ** 3), written)).toBe(bytes);
});

test.each(['8MB', '0', '2GiB'])('the size %s is refused', (written) => {
  expect(read(size(1, 1024 ** 3), written)).toMatch(/^must be a size/);
});

test.each(['1', 'true', 'TRUE', 'yes', 'on'])('%s is yes', (written) => expect(read(bool(), written)).toBe(true));
test.each(['0', 'false', 'no', 'off'])('%s is no', (written) => expect(read(bool(), written)).toBe(false));
test.each(['2', 'ja', 'constructor'])('%s is neither', (written) =>
  expect(read(bool(), written)).toMatch(/^must be true or false/),
);

test.each(['-1', '65536', '80.5', '0x50', '8e3', 'http'])('%s is no port', (written) => {
  expect(read(integer(0, 65_535), written)).toBe('must be a whole number from 0 to 65535');
});

test('words of a list are separated by commas', () => {
  expect(read(list(), ' cpu, memory ,,disk')).toEqual(['cpu', 'memory', 'disk']);
});

test('a word that is not in the choice is answered with the choice', () => {
  expect(read(oneOf(['json', 'pretty']), 'xml')).toBe('must be one of json, pretty');
});

test.each(['   ', 'a\nb', 'a\u0007b', 'x'.repeat(11)])('%j is no name', (written) => {
  expect(read(text(10), written)).toMatch(/^must be text of 1 to 10 characters/);
});

describe('addresses of hubs', () => {
  test.each([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['https://hub.example.com///', 'https://hub.example.com'],
    ['https://example.com/monitor/', 'https://example.com/monitor'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('%s', (written, value) => expect(read(httpUrl(), written)).toBe(value));

  test.each([
    'hub.example.com',
    'hub:8080',
    'ftp://hub',
    'http://',
    'http:///x',
    'https://user:pass@hub',
    'https://hub?x',
    'https://hub#x',
    'https://h b',
    'https://hub:99999',
  ])('%s is refused', (written) => expect(read(httpUrl(), written)).toMatch(/^must be a base address/));

  test('the address of the route is told from that of the hub', () => {
    expect(read(httpUrl(), 'https://hub/alerts/webhook/cluster/')).toMatch(/leave out/);
  });
});

test('a proxy without a scheme is an HTTP proxy', () => {
  expect(read(proxyUrl(), 'proxy:3128')).toBe('http://proxy:3128');
  expect(read(proxyUrl(), 'socks5://proxy')).toMatch(/^must be the address of a proxy/);
});

describe('secrets', () => {
  test('of 16 bytes are taken and hide themselves', () => {
    const value = secret().schema.parse('0123456789abcdef');
    expect(value.reveal()).toBe('0123456789abcdef');
    expect(`${value} ${JSON.stringify({ value })}`).toBe('[secret] {"value":"[secret]"}');
  });

  test('bytes count, not characters', () => expect(secret().schema.parse('ääääääää').bytes).toBe(16));

  test.each(['0123456789abcde', ' '.repeat(32)])('%j is too weak', (written) => {
    expect(read(secret(), written)).toMatch(/at least 16 bytes/);
  });

  test("an instance's key is an id and a secret", () => {
    const key = clusterKey().schema.parse('k7.0123456789abcdef.x');
    expect([key.id, key.secret.reveal()]).toEqual(['k7', '0123456789abcdef.x']);
    for (const wrong of ['0123456789abcdef', '.0123456789abcdef', 'k7.', 'k7.short', 'k 7.0123456789abcdef']) {
      expect(read(clusterKey(), wrong)).toMatch(/<id>\.<secret>/);
    }
  });

  test('a database is PostgreSQL', () => {
    expect(databaseUrl().schema.parse('postgres://u:p@db/monitor').reveal()).toBe('postgres://u:p@db/monitor');
    expect(read(databaseUrl(), 'mysql://db/monitor')).toMatch(/postgres:\/\//);
  });
});
