import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { createTarget, lookAt } from '../../../src/endpoints/look.ts';
import { eventually } from '../../support/hub.ts';
import { lookWorld, startServer, startTcp, type TestServer } from '../../support/look-world.ts';
import { trustedServer } from '../../support/trusted-server.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
const kept = <T extends { close(): unknown }>(one: T): T => {
  open.push(one);
  return one;
};
const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
  kept(await startServer(createServer(answer)));
const look = (server: TestServer, path = '/', options: object = {}, conditions = ['[STATUS] == 200', '[BODY] != x']) =>
  lookAt(
    createTarget({ url: `http://127.0.0.1:${server.port}${path}`, options, conditions, timeoutMs: 60_000 }),
    lookWorld(),
  );

test('redirects are followed, counted, and no further than allowed', async () => {
  const server = await serve((request, response) => {
    const left = Number(request.url?.slice(1));
    if (left === 0) return response.end('there');
    return response.writeHead(302, { location: `/${left - 1}` }).end();
  });
  const ten = await look(server, '/10');
  expect([ten.success, ten.look.redirects.length, ten.look.body]).toEqual([true, 10, 'there']);
  const eleven = await look(server, '/11');
  expect(eleven.look.error).toMatchObject({
    reason: 'redirects',
    message: expect.stringContaining('more than 10 times'),
  });
  const one = await look(server, '/2', { client: { max_redirects: 1 } });
  expect(one.look.error?.message).toContain('more than 1 times');
  const judged = await look(server, '/3', { client: { ignore_redirect: true } }, ['[STATUS] == 302']);
  expect([judged.success, judged.look.redirects]).toEqual([true, []]);
});

test('redirects in circles end, whatever their way', async () => {
  const server = await serve((request, response) => {
    const next: Record<string, string> = { '/a': '/b', '/b': '/c', '/c': '/a', '/self': '/self' };
    response.writeHead(307, { location: next[request.url ?? ''] ?? 'ftp://127.0.0.1/' }).end();
  });
  for (const path of ['/a', '/self']) {
    expect((await look(server, path)).look.error).toMatchObject({
      ...{ reason: 'redirects', message: expect.stringContaining('in a circle') },
    });
  }
  expect((await look(server, '/other')).look.error?.message).toContain('redirects to ftp:');
});

test('credentials stay with the server that they are for', async () => {
  const heard: (string | undefined)[] = [];
  const other = await serve((request, response) => {
    heard.push(request.headers.authorization, request.headers.cookie, request.headers['x-key'] as string | undefined);
    response.end('ok');
  });
  const server = await serve((request, response) => {
    if (request.url === '/same') return response.end(request.headers.authorization);
    const location = request.url === '/' ? `http://127.0.0.1:${other.port}/` : '/same';
    return response.writeHead(302, { location }).end();
  });
  const headers = { Authorization: 'Bearer t', Cookie: 'a=b', 'X-Key': 'k' };
  expect((await look(server, '/', { headers })).success).toBe(true);
  expect(heard).toEqual([undefined, undefined, undefined]);
  expect((await look(server, '/here', { headers })).look.body).toBe('Bearer t');
});

test('a bomb of gzip is read up to the bound, and so is a body that never ends', async () => {
  const bomb = gzipSync(Buffer.alloc(200 * 1024 ** 2));
  const server = await serve((request, response) => {
    if (request.url === '/bomb') return response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    if (request.url === '/nested')
      return response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(gzipSync(bomb));
    const chunk = Buffer.alloc(65_536, 'a');
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more).on('error', () => {});
    return more();
  });
  for (const path of ['/bomb', '/nested', '/endless']) {
    const found = await look(server, path);
    expect([path, found.success, found.look.isBodyCut, found.look.body.length]).toEqual([path, true, true, 1024 ** 2]);
  }
  await eventually(() => expect(server.open()).toBe(0));
});

test('a body that is packed wrongly, or too often, is told', async () => {
  const server = await serve((request, response) => {
    const encoding = request.url === '/often' ? 'gzip, gzip, gzip, gzip' : request.url === '/odd' ? 'rot13' : 'gzip';
    response.writeHead(200, { 'content-encoding': encoding }).end('no gzip');
  });
  const errors = await Promise.all(
    ['/', '/often', '/odd'].map(async (path) => (await look(server, path)).look.error?.message),
  );
  expect(errors).toEqual([
    expect.stringContaining('cannot be unpacked'),
    expect.stringContaining('too many times'),
    expect.stringContaining('not known here (rot13)'),
  ]);
});

test('a thousand headers are read, and a head without an end is not', async () => {
  const server = await serve((_, response) => {
    for (let at = 0; at < 1000; at += 1) response.setHeader(`x-header-${at}`, 'v'.repeat(100));
    response.end('ok');
  });
  expect((await look(server)).success).toBe(true);
  const endless = kept(
    await startTcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const line = Buffer.from(`x: ${'y'.repeat(60_000)}\r\n`);
      const more = () => {
        while (!socket.destroyed && socket.write(line));
      };
      socket.on('drain', more);
      more();
    }),
  );
  const found = await look(endless);
  expect(found.look.error).toMatchObject({ reason: 'protocol', message: expect.stringContaining('more than 1 MiB') });
  await eventually(() => expect(endless.open()).toBe(0));
});

test('what came of a body before the connection was reset is shown, and is down', async () => {
  const server = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('the beginning', () => response.socket?.resetAndDestroy());
  });
  const found = await look(server);
  expect(found).toMatchObject({ success: false, look: { status: 200, error: { reason: 'reset' } } });
});

test('answers without a body, early answers, and a body without a length are read', async () => {
  const raw: Readonly<Record<string, string>> = {
    '/204': 'HTTP/1.1 204 No Content\r\n\r\n',
    '/early': 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    '/until-close': 'HTTP/1.0 200 OK\r\n\r\nuntil the end',
    '/latin':
      'HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=iso-8859-1\r\ncontent-length: 2\r\n\r\n\u00e4\u00f6',
  };
  const server = kept(
    await startTcp((socket) => {
      socket.once('data', (bytes) => {
        const [, path = ''] = /^GET (\S+)/.exec(bytes.toString()) ?? [];
        socket.end(Buffer.from(raw[path] ?? '', 'latin1'));
      });
    }),
  );
  const seen = await Promise.all(
    Object.keys(raw).map(async (path) => {
      const { look: one } = await look(server, path);
      return [one.status, one.body, one.error];
    }),
  );
  expect(seen).toEqual([
    ...[
      [204, '', null],
      [200, 'ok', null],
      [200, 'until the end', null],
      [200, '\u00e4\u00f6', null],
    ],
  ]);
});

test('HTTP/2 is spoken where it is asked for, and said to be missing where it is not there', async () => {
  const trust = trustedServer();
  const { cert, key } = trust.server;
  const h2 = createSecureServer({ cert, key, allowHTTP1: true }, (request, response) =>
    response.end(request.httpVersion),
  );
  h2.on('sessionError', () => {});
  const server = kept(await startServer(h2 as unknown as Server));
  const plain = kept(await startServer(createHttpsServer({ cert, key }, (_, response) => response.end())));
  const over = (at: TestServer, version: string) =>
    lookAt(
      createTarget({
        url: `https://127.0.0.1:${at.port}`,
        options: { client: { http_version: version, tls: { ca_file: trust.caFile } } },
        ...{ conditions: ['[STATUS] == 200', '[BODY] != x'], timeoutMs: 60_000 },
      }),
      lookWorld(),
    );
  const spoken = await Promise.all(['2', 'auto', '1.1'].map(async (version) => (await over(server, version)).look));
  expect(spoken.map(({ version, body, error }) => [version, body, error])).toEqual([
    ...[
      ['HTTP/2', '2.0', null],
      ['HTTP/2', '2.0', null],
      ['HTTP/1.1', '1.1', null],
    ],
  ]);
  expect((await over(plain, '2')).look.error).toEqual({
    ...{ reason: 'protocol', message: expect.stringContaining('does not speak HTTP/2') },
  });
  expect((await over(plain, 'auto')).look.version).toBe('HTTP/1.1');
  trust.remove();
});
