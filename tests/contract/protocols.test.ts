import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createTarget, lookAt } from '../../src/endpoints/look.ts';
import { bindTarget, PROTOCOLS, protocolOf } from '../../src/protocols/registry.ts';
import { eventually } from '../support/hub.ts';
import { closedPort, lookWorld, startTcp, type TestServer } from '../support/look-world.ts';
import type { FixtureModule } from '../support/protocol-fixtures.ts';
import { ROOT } from '../support/sources.ts';

const LONG_MS = 200_000;
const CANARY = 'canary-4c1e77-must-not-appear';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const kept = <T extends { close(): Promise<void> }>(one: T): T => {
  open.push(one);
  return one;
};
const fixtureOf = (name: string) => import(`../fixtures/protocols/${name}.ts`) as Promise<FixtureModule>;
const target = (url: string, options: object = {}, timeoutMs = LONG_MS, conditions: readonly string[] = []) =>
  createTarget({ url, options, conditions, timeoutMs });

test('there is a fixture for each protocol, and for nothing else', () => {
  const files = readdirSync(join(ROOT, 'tests/fixtures/protocols')).map((file) => file.replace('.ts', ''));
  expect(files.sort()).toEqual(PROTOCOLS.map(({ name }) => name).sort());
});

test('no scheme belongs to two', () => {
  const schemes = PROTOCOLS.flatMap((one) => one.schemes);
  expect(new Set(schemes).size).toBe(schemes.length);
});

describe.each(PROTOCOLS)('$name', (protocol) => {
  test('sees what is there, and its conditions hold', async () => {
    const fixture = kept(await (await fixtureOf(protocol.name)).start());
    const { url, options, conditions, sees, exec } = fixture;
    const found = await lookAt(target(url, options, LONG_MS, conditions), lookWorld({ ...(exec && { exec }) }));
    expect({ ...found.look, error: found.look.error }).toMatchObject(sees);
    expect(found.conditions).toEqual(conditions.map((condition) => ({ condition, success: true })));
    expect(found.success).toBe(true);
    expect(found.look.timings.totalMs).toBeGreaterThan(0);
  });

  test('shows the value that was seen where a condition does not hold', async () => {
    const fixture = kept(await (await fixtureOf(protocol.name)).start());
    const world = lookWorld({ ...(fixture.exec && { exec: fixture.exec }) });
    const found = await lookAt(target(fixture.url, fixture.options, LONG_MS, ['[CONNECTED] == false']), world);
    expect(found).toMatchObject({
      success: false,
      conditions: [{ condition: '[CONNECTED] (true) == false', success: false }],
    });
  });

  test('leaves alone what is not public where that is asked for', async () => {
    const { urlAt, isTcp } = await fixtureOf(protocol.name);
    const server = kept(await startTcp(() => {}));
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433', '[::ffff:127.0.0.1]', '0x7f.1']) {
      if (!isTcp && /^(\d|0x)/.test(host) && host !== '127.0.0.1') continue;
      const found = await lookAt(target(urlAt(host, server.port)), lookWorld({ publicOnly: true }));
      expect([host, found.look.error?.reason]).toEqual([host, 'blocked']);
      expect(found.look.error?.message).toContain('MONITOR_ENDPOINTS_PRIVATE');
      expect(found.success).toBe(false);
    }
    expect(server.opened()).toBe(0);
  });

  test('knows no name that nobody knows', async () => {
    const { urlAt } = await fixtureOf(protocol.name);
    const found = await lookAt(target(urlAt('no-such-host.invalid', 9)), lookWorld());
    expect(found).toMatchObject({ success: false, look: { connected: false, error: { reason: 'name' } } });
  });

  test('its options are strict, and each is described', () => {
    expect(
      Object.entries(protocol.options.shape).filter(([, one]) => !(one as { description?: string }).description),
    ).toEqual([]);
    expect(() => bindTarget(protocol.example, { nonsense: 1 })).toThrow();
  });

  test('its example and its default conditions can be used', () => {
    expect(protocolOf(protocol.example)?.name).toBe(protocol.name);
    const made = target(protocol.example);
    expect(made.conditions.map(({ text }) => text)).toEqual(protocol.conditions);
  });

  test('has its section in the documentation', () => {
    const text = readFileSync(join(ROOT, 'docs/endpoints.md'), 'utf8');
    for (const scheme of protocol.schemes) expect(text).toContain(`\`${scheme}://`);
  });

  test('tells none of its secrets in an error', async () => {
    const { urlAt } = await fixtureOf(protocol.name);
    const keys = Object.keys(protocol.options.shape);
    const options = {
      ...(keys.includes('headers') && { headers: { Authorization: CANARY } }),
      ...(keys.includes('body') && { body: CANARY }),
    };
    const found = await lookAt(target(urlAt('no-such-host.invalid', 9), options), lookWorld());
    expect(JSON.stringify(found)).not.toContain(CANARY);
  });
});

const overTcp: string[] = [];
for (const { name } of PROTOCOLS) if (!['udp', 'dns', 'ping'].includes(name)) overTcp.push(name);

describe.each(overTcp)('%s, of a server that is not well', (name) => {
  const look = async (server: TestServer, timeoutMs: number) => {
    const { urlAt } = await fixtureOf(name);
    return lookAt(
      target(urlAt('127.0.0.1', server.port), {}, timeoutMs, ['[CONNECTED] == true', '[BODY] == x']),
      lookWorld(),
    );
  };

  test('is one over TCP', async () => {
    expect((await fixtureOf(name)).isTcp).toBe(true);
  });

  test('is refused', async () => {
    const { urlAt } = await fixtureOf(name);
    const found = await lookAt(target(urlAt('127.0.0.1', await closedPort())), lookWorld());
    expect(found).toMatchObject({ success: false, look: { connected: false, error: { reason: 'refused' } } });
  });

  test('gives up in its time, and leaves no connection, where nothing is said', async () => {
    const server = kept(await startTcp(() => {}));
    const found = await look(server, 300);
    expect(found.look.error).toMatchObject({
      reason: 'timeout',
      message: expect.stringContaining('did not finish within 0.3 s'),
    });
    await eventually(() => expect(server.open()).toBe(0));
  });

  test('is cancelled, and leaves no connection', async () => {
    const server = kept(await startTcp(() => cancel.abort()));
    const cancel = new AbortController();
    const { urlAt } = await fixtureOf(name);
    const wanted = target(urlAt('127.0.0.1', server.port), {}, LONG_MS, ['[BODY] == x']);
    const found = await lookAt(wanted, lookWorld(), cancel.signal);
    expect(found.look.error?.reason).toBe('unavailable');
    await eventually(() => expect(server.open()).toBe(0));
  });

  test('is reset at once', async () => {
    const server = kept(await startTcp((socket) => socket.resetAndDestroy()));
    const found = await look(server, LONG_MS);
    expect(found.success).toBe(false);
    // A reset may come before the connection is known to be there, or when something is written to it.
    if (name !== 'tcp') expect(['reset', 'protocol', 'tls']).toContain(found.look.error?.reason);
  });

  test('is closed at once', async () => {
    const server = kept(await startTcp((socket) => socket.end()));
    expect((await look(server, LONG_MS)).success).toBe(false);
    await eventually(() => expect(server.open()).toBe(0));
  });

  test('says what is nothing of its kind', async () => {
    const server = kept(await startTcp((socket) => socket.end(Buffer.alloc(300_000, 'nonsense\r\n'))));
    const found = await look(server, LONG_MS);
    expect(found.success).toBe(false);
    if (name !== 'tcp') expect(found.look.connected).toBe(false);
    await eventually(() => expect(server.open()).toBe(0));
  });

  test('never ends', async () => {
    const server = kept(
      await startTcp((socket) => {
        const chunk = Buffer.alloc(65_536, 'x');
        const more = () => {
          while (!socket.destroyed && socket.write(chunk));
        };
        socket.on('drain', more);
        more();
      }),
    );
    const found = await look(server, LONG_MS);
    expect(found.success).toBe(false);
    expect(found.look.body.length).toBeLessThanOrEqual(1024 ** 2);
    await eventually(() => expect(server.open()).toBe(0));
  });
});

describe('a URL that nobody can look at', () => {
  test.each([
    ['ftp://a', 'begins with ftp://, which cannot be looked at; '],
    ['htps://a', 'begins with htps://, which cannot be looked at; did you mean https://?'],
    ['file:///etc/passwd', 'begins with file://'],
    ['a.example.com', 'must begin with its scheme'],
    ['http://', 'must be an address'],
    ['udp://a', 'must be udp://HOST:PORT: the port is missing'],
    ['tls://a:443?x', 'without a path'],
    ['ping://a:7', 'there are no ports'],
    ['ping://-f', 'must be ping://HOST'],
    ['dns://192.0.2.53', 'the name that is asked for is missing'],
    ['dns://192.0.2.53/a..b', 'an empty label'],
    ['dns://192.0.2.53/a?type=Q', 'has a type that is not known'],
    ['grpc://a', 'the port is missing'],
    ['starttls://a', 'the port is missing'],
  ])('%s', (url, message) => {
    expect(() => bindTarget(url, {})).toThrow(message);
  });

  test.each([
    ['8.8.8.8', 'dns'],
    ['8.8.8.8:5353', 'dns'],
    ['2001:db8::53', 'dns'],
    ['[2001:db8::53]:5353', 'dns'],
    ['icmp://a', 'ping'],
    ['WSS://a', 'ws'],
    ['grpcs://a', 'grpc'],
    ['ssh://a', 'ssh'],
  ])('%s is one for %s', (url, name) => {
    const options = name === 'dns' ? { dns: { query_name: 'example.com', query_type: 'mx' } } : {};
    expect(bindTarget(url, options).protocol.name).toBe(name);
  });
});
