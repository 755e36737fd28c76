import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  BODY_LIMIT,
  type HttpSettings,
  type JsonPost,
  meaningOf,
  messageIn,
  postJson,
} from '../../../../src/lib/http/client.ts';
import { type Certificate, makeCertificate } from '../../../support/certificates.ts';

const SETTINGS: HttpSettings = {
  userAgent: 'monitor/1.2.3',
  proxy: {},
  allow: 'any',
  timeouts: { connectMs: 120_000, headersMs: 120_000, bodyMs: 120_000 },
};

const open: Server[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen<T extends Server>(server: T): Promise<number> {
  open.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function answering(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(http.createServer(listener))}/in`;
}

function post(url: string, settings: Partial<HttpSettings> = {}, more: Partial<JsonPost> = {}) {
  return postJson({ url: new URL(url), headers: {}, body: '{"a":"é"}', ...more }, { ...SETTINGS, ...settings });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = net.createServer();
  const port = await listen(server);
  open.splice(open.indexOf(server), 1);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('an answer', () => {
  test('2xx: what was sent arrives, what was answered comes back', async () => {
    const seen: Record<string, unknown> = {};
    const url = await answering(async (request, response) => {
      Object.assign(seen, {
        method: request.method,
        path: request.url,
        ...request.headers,
        body: await bodyOf(request),
      });
      response.writeHead(202, { 'X-Id': '7' }).end('{"status":"queued"}');
    });
    const result = await post(`${url}?a=1`, {}, { headers: { 'X-Cluster-Signature': 'ab' } });
    expect(result).toMatchObject({ ok: true, status: 202, body: '{"status":"queued"}', headers: { 'x-id': '7' } });
    expect(seen).toMatchObject({
      method: 'POST',
      path: '/in?a=1',
      'user-agent': 'monitor/1.2.3',
      'content-type': 'application/json',
      'content-length': '10',
      'x-cluster-signature': 'ab',
      body: '{"a":"é"}',
    });
  });

  test.each([
    [400, true],
    [403, true],
    [404, true],
    [413, true],
    [408, false],
    [429, false],
    [500, false],
    [503, false],
  ])('%i is a failure; permanent: %s', async (status, permanent) => {
    const url = await answering((_, response) => {
      response.writeHead(status).end('{"status":"error","message":"the clock is 412 s\\n off"}');
    });
    const result = await post(url);
    expect(result).toMatchObject({ ok: false, kind: 'status', status, permanent });
    expect(result).toMatchObject({ reason: expect.stringMatching(`^HTTP ${status} .+: the clock is 412 s off$`) });
  });

  test('Retry-After in seconds and as a date', async () => {
    let header = '120';
    const url = await answering((_, response) => response.writeHead(429, { 'Retry-After': header }).end());
    expect(await post(url)).toMatchObject({ retryAfterMs: 120_000 });
    header = new Date(Date.now() + 3_600_000).toUTCString();
    const result = await post(url);
    expect('retryAfterMs' in result && result.retryAfterMs).toBeGreaterThan(3_500_000);
    header = 'soon';
    expect(await post(url)).not.toHaveProperty('retryAfterMs');
  });

  test('a redirect is told and not followed', async () => {
    let calls = 0;
    const url = await answering((_, response) => {
      calls += 1;
      response.writeHead(301, { Location: 'https://u:p@other.example/x?token=1' }).end();
    });
    const result = await post(url);
    expect(result).toMatchObject({
      ok: false,
      permanent: true,
      reason: expect.stringContaining('https://other.example/x,'),
    });
    expect(JSON.stringify('reason' in result && result.reason)).not.toMatch(/u:p|token/);
    expect(calls).toBe(1);
  });

  test('no more than the limit is read of an endless one', async () => {
    const url = await answering((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const result = await post(url);
    expect(result.ok && result.body.length).toBe(BODY_LIMIT);
  });
});

describe('no answer', () => {
  test('a closed port', async () => {
    const port = await closedPort();
    expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({
      ok: false,
      kind: 'refused',
      permanent: false,
      reason: expect.stringContaining(`127.0.0.1:${port} refused the connection`),
    });
  });

  test('a name that nobody has', async () => {
    const result = await post('http://nobody.invalid/');
    expect(result).toMatchObject({
      ok: false,
      kind: 'name',
      reason: expect.stringContaining('nobody.invalid:80 cannot be'),
    });
  });

  test.each([
    ['the head', 'gave no answer within 0.05 s', (_: unknown, response: http.ServerResponse) => void response],
    [
      'the body',
      'did not finish',
      (_: unknown, response: http.ServerResponse) => void response.writeHead(200).write('x'),
    ],
  ])('%s comes too late', async (_, text, listener) => {
    const url = await answering(listener as RequestListener);
    const timeouts = { ...SETTINGS.timeouts, ...(text.startsWith('gave') ? { headersMs: 50 } : { bodyMs: 50 }) };
    expect(await post(url, { timeouts })).toMatchObject({
      kind: 'timeout',
      permanent: false,
      reason: expect.stringContaining(text),
    });
  });

  test('a server that never shakes hands', async () => {
    const port = await listen(net.createServer());
    const result = await post(`https://127.0.0.1:${port}/`, { timeouts: { ...SETTINGS.timeouts, connectMs: 50 } });
    expect(result).toMatchObject({
      kind: 'timeout',
      reason: expect.stringContaining('could not connect to'),
    });
  });

  test('a connection that is closed, and one that speaks something else', async () => {
    const closing = await listen(net.createServer((socket) => socket.destroy()));
    expect(await post(`http://127.0.0.1:${closing}/`)).toMatchObject({ kind: 'reset', permanent: false });
    const other = await listen(net.createServer((socket) => socket.end('220 mail ready\r\n')));
    expect(await post(`http://127.0.0.1:${other}/`)).toMatchObject({
      kind: 'protocol',
      reason: expect.stringContaining('HTTP'),
    });
  });

  test('the caller calls it off', async () => {
    const url = await answering(() => {});
    const stop = new AbortController();
    const result = post(url, {}, { signal: stop.signal });
    stop.abort();
    expect(await result).toMatchObject({ ok: false, kind: 'aborted' });
    expect(await post(url, {}, { signal: stop.signal })).toMatchObject({ ok: false, kind: 'aborted' });
  });
});

describe('what is not sent at all', () => {
  test.each([
    ['file:///etc/passwd', {}, 'http:// or https://'],
    ['http://user:pass@127.0.0.1/', {}, 'must not hold a user'],
    ['http://127.0.0.1:1/', { 'X-Id': 'a\r\nX-Evil: 1' }, '"X-Id"'],
    ['http://127.0.0.1:1/', { 'X-Id': 'a\nb' }, '"X-Id"'],
    ['http://127.0.0.1:1/', { 'X Id': 'a' }, '"X Id"'],
  ])('%s %j', async (url, headers, text) => {
    const result = await post(url, {}, { headers: headers as Record<string, string> });
    expect(result).toMatchObject({
      ok: false,
      kind: 'invalid',
      permanent: true,
      reason: expect.stringContaining(text),
    });
    expect(JSON.stringify(result)).not.toContain('pass@');
  });

  test('an address that is not allowed, given as such and behind a name', async () => {
    const port = await listen(http.createServer((_, response) => response.end()));
    const allow = (address: string) => !/^127\.|^::1$/.test(address);
    for (const host of ['127.0.0.1', 'localhost', '2130706433']) {
      expect(await post(`http://${host}:${port}/`, { allow })).toMatchObject({ kind: 'blocked', permanent: true });
    }
    expect(await post(`http://127.0.0.1:${port}/`, { allow: () => true })).toMatchObject({ ok: true });
  });
});

describe('TLS', () => {
  let folder: string;
  let caFile: string;
  let authority: Certificate;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'monitor-http-'));
    authority = makeCertificate({ name: 'Own CA', isAuthority: true });
    caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, authority.cert);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const serve = async (certificate: Certificate) =>
    listen(https.createServer({ cert: certificate.cert, key: certificate.key }, (_, response) => response.end('{}')));
  const forLocal = { dnsNames: ['localhost'], addresses: ['127.0.0.1'] };

  test('a private authority is trusted when its file is named', async () => {
    const port = await serve(makeCertificate({ name: 'hub', issuer: authority, ...forLocal }));
    expect(await post(`https://localhost:${port}/`, { caFile })).toMatchObject({ ok: true, status: 200 });
    expect(await post(`https://127.0.0.1:${port}/`, { caFile })).toMatchObject({ ok: true, status: 200 });
    expect(await post(`https://127.0.0.1:${port}/`)).toMatchObject({
      ok: false,
      kind: 'tls',
      reason: expect.stringMatching(/issuer that this machine does not know; set MONITOR_CA_FILE/),
    });
  });

  test.each([
    ['signed by itself', {}, /is self-signed.*MONITOR_CA_FILE/],
    ['expired', { notAfter: new Date(Date.now() - 1000) }, /has expired; renew it, or set the clock/],
    ['not yet valid', { notBefore: new Date(Date.now() + 3_600_000) }, /is not valid yet; set the clock/],
    [
      'for another host',
      { dnsNames: ['other.example'], addresses: [] },
      /is for another host \(it names DNS:other\.example\)/,
    ],
  ])('%s', async (what, change, text) => {
    const issuer = what === 'signed by itself' ? {} : { issuer: authority };
    const port = await serve(makeCertificate({ name: 'hub', ...issuer, ...forLocal, ...change }));
    const result = await post(`https://localhost:${port}/`, { caFile });
    expect(result).toMatchObject({ ok: false, kind: 'tls', permanent: false, reason: expect.stringMatching(text) });
  });

  test('from another authority of the same name', async () => {
    const other = makeCertificate({ name: 'Other CA', isAuthority: true });
    const port = await serve(makeCertificate({ name: 'hub', issuer: other, ...forLocal }));
    expect(await post(`https://localhost:${port}/`, { caFile })).toMatchObject({ ok: false, kind: 'tls' });
  });

  test('http where https is asked for', async () => {
    const port = await listen(http.createServer((_, response) => response.end()));
    const result = await post(`https://127.0.0.1:${port}/`, { caFile });
    expect(result).toMatchObject({ kind: 'protocol', reason: expect.stringContaining('does not speak TLS') });
  });

  test('a file of authorities that is not there or holds none', async () => {
    const port = await serve(makeCertificate({ name: 'hub', issuer: authority, ...forLocal }));
    const missing = await post(`https://localhost:${port}/`, { caFile: join(folder, 'none.pem') });
    // The connection that was open by then is not left to the server.
    for (const socket of sockets) await once(socket.resume(), 'close');
    expect(missing).toMatchObject({ kind: 'tls', reason: expect.stringContaining('cannot be read: ENOENT') });
    writeFileSync(join(folder, 'bad.pem'), 'nothing');
    const bad = await post(`https://localhost:${port}/`, { caFile: join(folder, 'bad.pem') });
    expect(bad).toMatchObject({ kind: 'tls', reason: expect.stringContaining('holds no certificate') });
  });

  test('through a proxy, which sees the host and nothing else', async () => {
    const port = await serve(makeCertificate({ name: 'hub', issuer: authority, dnsNames: ['hub.invalid'] }));
    const seen: unknown[] = [];
    const proxy = http.createServer();
    proxy.on('connect', (request, socket) => {
      seen.push(request.url, request.headers['proxy-authorization']);
      const onward = net.connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    });
    const proxyPort = await listen(proxy);
    const result = await post(`https://hub.invalid:${port}/`, {
      caFile,
      proxy: { https: `http://me:s%40e@127.0.0.1:${proxyPort}` },
    });
    expect(result).toMatchObject({ ok: true, status: 200 });
    expect(seen).toEqual([`hub.invalid:${port}`, `Basic ${Buffer.from('me:s@e').toString('base64')}`]);
  });
});

describe('proxies', () => {
  test('an http address is asked of the proxy by its whole URL', async () => {
    const seen: unknown[] = [];
    const port = await listen(
      http.createServer((request, response) => {
        seen.push(request.url, request.headers.host);
        response.end('{}');
      }),
    );
    const result = await post('http://hub.invalid/in?a=1', { proxy: { http: `127.0.0.1:${port}` } });
    expect(result).toMatchObject({ ok: true });
    expect(seen).toEqual(['http://hub.invalid/in?a=1', 'hub.invalid']);
  });

  test('one that is away, and one that says no, are told from the server', async () => {
    const gone = `http://me:hidden@127.0.0.1:${await closedPort()}`;
    const away = await post('http://hub.invalid/', { proxy: { http: gone } });
    expect(away).toMatchObject({
      kind: 'proxy',
      permanent: false,
      reason: expect.stringContaining('refused the connection'),
    });
    expect(JSON.stringify(away)).not.toContain('hidden');
    const proxy = http.createServer();
    proxy.on('connect', (_, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    const port = await listen(proxy);
    const refused = await post('https://hub.invalid/', { proxy: { https: `http://127.0.0.1:${port}` } });
    expect(refused).toMatchObject({ kind: 'proxy', reason: expect.stringContaining('answered 407') });
    const socks = await post('https://hub.invalid/', { proxy: { https: 'socks5://127.0.0.1:1' } });
    expect(socks).toMatchObject({ kind: 'proxy', permanent: true });
  });
});

test.each([
  [200, 'ok'],
  [201, 'ok'],
  [204, 'ok'],
  [301, 'refused'],
  [400, 'refused'],
  [408, 'retry'],
  [425, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [599, 'retry'],
])('%i means %s', (status, meaning) => expect(meaningOf(status)).toBe(meaning));

test.each([
  ['{"message":"clock is off"}', 'clock is off'],
  ['{"error":"no"}', 'no'],
  ['[1]', '[1]'],
  ['null', 'null'],
  ['plain\u0000\u001b[31m text\r\n', 'plain [31m text'],
  ['<!DOCTYPE html><html><title>502 Bad Gateway</title>', '502 Bad Gateway'],
  ['', ''],
])('%j says %j', (body, text) => expect(messageIn(body)).toBe(text));
