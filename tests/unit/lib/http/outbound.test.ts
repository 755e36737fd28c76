import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { HttpSettings } from '../../../../src/lib/http/client.ts';
import { createOutbound, type Outbound, type OutboundRequest } from '../../../../src/lib/http/outbound.ts';
import { addressGuard } from '../../../../src/lib/net/guard.ts';
import { type Certificate, makeCertificate } from '../../../support/certificates.ts';
import { startHttpProxy } from '../../../support/http-proxy.ts';
import { type HttpReceiver, startHttpReceiver } from '../../../support/http-receiver.ts';

// The client of everything that a hub sends, over undici: what undici brings is tried in channels-*; here what we put
// into its connect hook, which a new version of it might go round.
const closing: (() => Promise<unknown>)[] = [];
let folder: string;
let authority: Certificate;
let caFile: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-outbound-'));
  authority = makeCertificate({ name: 'a private authority', isAuthority: true });
  caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.cert);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function client(settings: Partial<HttpSettings> = {}): Outbound {
  const timeouts = { connectMs: 120_000, headersMs: 120_000, bodyMs: 120_000 };
  const made = createOutbound({ userAgent: 'monitor/1.2.3', proxy: {}, allow: 'any', timeouts, ...settings });
  closing.push(() => made.close());
  return made;
}

async function receiver(tls?: Certificate): Promise<HttpReceiver> {
  const started = await startHttpReceiver(tls);
  closing.push(started.close);
  return started;
}

async function proxy(port: number, user?: string) {
  const started = await startHttpProxy(port, user);
  closing.push(started.close);
  return started;
}

const request = (url: string, change: Partial<OutboundRequest> = {}): OutboundRequest => ({
  ...{ method: 'POST', url: new URL(url), headers: { 'x-canary': 'canary' }, body: '{"a":"é"}' },
  signal: new AbortController().signal,
  ...change,
});
const certificate = (change: Partial<Parameters<typeof makeCertificate>[0]> = {}) =>
  makeCertificate({
    ...{ name: 'receiver', issuer: authority, addresses: ['127.0.0.1'], dnsNames: ['receiver.example.com'] },
    ...change,
  });

describe('TLS', () => {
  test('a private authority is trusted by the file that names it', async () => {
    const { url, requests } = await receiver(certificate());
    expect(await client({ caFile }).send(request(`${url}/hook`))).toMatchObject({ ok: true, status: 200 });
    expect(requests).toMatchObject([{ method: 'POST', path: '/hook', body: '{"a":"é"}' }]);
  });

  const FAULTS: readonly (readonly [
    about: string,
    change: Parameters<typeof certificate>[0],
    file: boolean,
    reason: RegExp,
  ])[] = [
    ['an authority that nobody named', {}, false, /authority|issuer/],
    ['a certificate that is its own', { issuer: undefined } as never, true, /self-signed.*MONITOR_CA_FILE/],
    ['a certificate for another host', { addresses: ['127.0.0.2'] }, true, /is for another host/],
    ['a certificate that has expired', { notAfter: new Date(Date.now() - 86_400_000) }, true, /has expired/],
    [
      'a certificate that is not valid yet',
      { notBefore: new Date(Date.now() + 86_400_000 / 2) },
      true,
      /is not valid yet/,
    ],
  ];
  test.each(FAULTS)(
    '%s is refused, nothing is sent, and the reason says what to do',
    async (_, change, hasFile, reason) => {
      const { url, requests } = await receiver(certificate(change));
      const result = await client(hasFile ? { caFile } : {}).send(request(`${url}/canary`));
      expect(result).toMatchObject({ ok: false, kind: 'tls', permanent: false, reason: expect.stringMatching(reason) });
      expect(JSON.stringify(result)).not.toContain('canary');
      expect(requests).toEqual([]);
    },
  );

  test('a server that speaks no TLS', async () => {
    const { port } = await receiver();
    const result = await client({ caFile }).send(request(`https://127.0.0.1:${port}/`));
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('is it an http:// address?') });
  });

  test.each([
    ['that is not there', 'nothing.pem', 'cannot be read'],
    ['that holds none', 'empty.pem', 'holds no certificate'],
  ])('a file of authorities %s', async (_, name, reason) => {
    writeFileSync(join(folder, 'empty.pem'), 'nothing');
    const { url } = await receiver(certificate());
    const result = await client({ caFile: join(folder, name) }).send(request(url));
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });
});

describe('a proxy', () => {
  test('http: is asked by the whole address, and told its user; the target is not', async () => {
    const { port, requests } = await receiver();
    const { host, asked } = await proxy(port, 'me:s@e');
    const sent = await client({ proxy: { http: `http://me:s%40e@${host}` } }).send(
      request('http://hooks.invalid/in?a=1'),
    );
    expect(sent).toMatchObject({ ok: true, status: 200 });
    expect(asked).toEqual([
      { line: 'POST http://hooks.invalid/in?a=1', credentials: `Basic ${Buffer.from('me:s@e').toString('base64')}` },
    ]);
    expect(requests).toMatchObject([
      { path: '/in?a=1', headers: { host: 'hooks.invalid', 'x-canary': 'canary' }, body: '{"a":"é"}' },
    ]);
    expect(requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('https: sees the host and nothing else, and TLS goes through it with a private authority', async () => {
    const { port, requests } = await receiver(certificate());
    const { host, asked } = await proxy(port, 'me:secret');
    const sent = await client({ caFile, proxy: { https: `me:secret@${host}` } }).send(
      request('https://receiver.example.com/canary'),
    );
    expect(sent).toMatchObject({ ok: true, status: 200 });
    expect(asked).toMatchObject([{ line: 'CONNECT receiver.example.com:443' }]);
    expect(JSON.stringify(asked)).not.toContain('canary');
    expect(requests).toMatchObject([{ path: '/canary' }]);
  });

  test('the name in the certificate is that of the target, not of the proxy', async () => {
    const { port, requests } = await receiver(certificate());
    const { host } = await proxy(port);
    const sent = await client({ caFile, proxy: { https: host } }).send(request('https://other.example.com/'));
    expect(sent).toMatchObject({ ok: false, kind: 'tls', reason: expect.stringContaining('is for another host') });
    expect(requests).toEqual([]);
  });

  test.each(['http', 'https'])('%s: one that wants a user and a password is named, not the target', async (scheme) => {
    const { port } = await receiver();
    const { host } = await proxy(port, 'me:secret');
    const sent = await client({ proxy: { [scheme]: host } }).send(request(`${scheme}://hooks.invalid/canary`));
    expect(sent).toMatchObject({
      ok: false,
      kind: 'proxy',
      permanent: false,
      reason: expect.stringMatching(/^the proxy 127.*requires a user/),
    });
    expect(JSON.stringify(sent)).not.toContain('canary');
  });

  test('one that is away says that it is the proxy', async () => {
    const sent = await client({ proxy: { http: '127.0.0.1:1' } }).send(request('http://hooks.invalid/'));
    expect(sent).toMatchObject({
      ok: false,
      kind: 'proxy',
      reason: expect.stringContaining('the proxy 127.0.0.1:1 failed'),
    });
  });

  test('is left out for this machine, and for what NO_PROXY names', async () => {
    const { url, port } = await receiver();
    const away = { http: '127.0.0.1:1' };
    expect(await client({ proxy: away }).send(request(url))).toMatchObject({ ok: true });
    const lookup: HttpSettings['lookup'] = (_, __, answer) => answer(null, [{ address: '127.0.0.1', family: 4 }]);
    const named = `http://hooks.example.com:${port}/`;
    expect(await client({ proxy: away, lookup }).send(request(named))).toMatchObject({ ok: false });
    const no = { ...away, no: 'example.com' };
    expect(await client({ proxy: no, lookup }).send(request(named))).toMatchObject({ ok: true });
  });

  test('does not open private addresses: one that is written out is refused before the proxy is asked', async () => {
    const { port } = await receiver();
    const { host, asked } = await proxy(port);
    const guarded = client({ proxy: { http: host, https: host }, allow: addressGuard([]) });
    for (const scheme of ['http', 'https']) {
      const sent = await guarded.send(request(`${scheme}://10.1.2.3/`));
      expect(sent).toMatchObject({
        ok: false,
        kind: 'blocked',
        reason: expect.stringContaining('MONITOR_ALLOW_PRIVATE_TARGETS'),
      });
    }
    expect(asked).toEqual([]);
    expect(await guarded.send(request('http://hooks.invalid/'))).toMatchObject({ ok: true });
  });
});

describe('an address in a private network', () => {
  const at =
    (address: string): HttpSettings['lookup'] =>
    (_, __, answer) =>
      answer(null, [{ address, family: address.includes(':') ? 6 : 4 }]);

  test.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1'])(
    'a name that leads to %s is refused, and the fix is named',
    async (address) => {
      const sent = await client({ allow: addressGuard([]), lookup: at(address) }).send(
        request('http://hooks.example.com/'),
      );
      expect(sent).toMatchObject({
        ...{ ok: false, kind: 'blocked', permanent: true },
        reason: expect.stringContaining('MONITOR_ALLOW_PRIVATE_TARGETS'),
      });
    },
  );

  test('is reached where it is allowed, and a name that changes its mind is asked anew', async () => {
    const { port, requests } = await receiver();
    let address = '127.0.0.1';
    const lookup: HttpSettings['lookup'] = (_, __, answer) => answer(null, [{ address, family: 4 }]);
    const guarded = client({ allow: addressGuard(['127.0.0.1']), lookup });
    const url = `http://hooks.example.com:${port}/`;
    expect(await guarded.send(request(url))).toMatchObject({ ok: true });
    address = '10.0.0.1';
    // The connection that is open stays the one that was allowed; a new one is not made.
    await guarded.close();
    const next = client({ allow: addressGuard(['127.0.0.1']), lookup });
    expect(await next.send(request(url))).toMatchObject({ ok: false, kind: 'blocked' });
    expect(requests).toHaveLength(1);
  });
});

describe('connections', () => {
  test('are kept: requests one after the other share one, and HTTP/1.1 is spoken', async () => {
    const target = await receiver(certificate());
    const one = client({ caFile });
    for (let n = 0; n < 9; n += 1) expect(await one.send(request(target.url))).toMatchObject({ ok: true });
    // The next request may come before the pool has seen that the one before is over.
    expect(target.connections()).toBeLessThanOrEqual(2);
  });

  test('that the server closes while they are idle cost nothing but a new one', async () => {
    const target = await receiver();
    const one = client();
    target.reply = () => ({ headers: { connection: 'close' } });
    for (let n = 0; n < 3; n += 1) expect(await one.send(request(target.url))).toMatchObject({ ok: true });
    expect(target.connections()).toBe(3);
  });

  test('what was called off before, or is called off on the way, ends as such', async () => {
    const target = await receiver();
    target.reply = () => new Promise(() => {});
    const stop = new AbortController();
    const sent = client().send(request(target.url, { signal: stop.signal }));
    stop.abort();
    expect(await sent).toMatchObject({ ok: false, kind: 'aborted' });
    expect(await client().send(request(target.url, { signal: AbortSignal.abort() }))).toMatchObject({
      kind: 'aborted',
    });
  });

  test('a server that takes too long is a time-out with its limit', async () => {
    const target = await receiver();
    target.reply = () => new Promise(() => {});
    const timeouts = { connectMs: 3000, headersMs: 50, bodyMs: 50 };
    expect(await client({ timeouts }).send(request(target.url))).toMatchObject({
      ...{ ok: false, kind: 'timeout' },
      reason: expect.stringContaining('did not answer within 0.05 s'),
    });
  });
});
