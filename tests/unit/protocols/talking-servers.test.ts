import { createSocket } from 'node:dgram';
import { createServer as createHttpServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { Server, Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createDomainExpiry } from '../../../src/endpoints/domain.ts';
import { createTarget, lookAt } from '../../../src/endpoints/look.ts';
import { eventually } from '../../support/hub.ts';
import { lookWorld, startServer, startTcp } from '../../support/look-world.ts';
import { type TrustedServer, trustedServer } from '../../support/trusted-server.ts';

let trust: TrustedServer;
const open: { close(): unknown }[] = [];
beforeAll(() => {
  trust = trustedServer();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => trust.remove());
const kept = <T extends { close(): unknown }>(one: T): T => {
  open.push(one);
  return one;
};
const look = (url: string, options: object = {}, conditions = ['[CONNECTED] == true']) =>
  lookAt(createTarget({ url, options, conditions, timeoutMs: 60_000 }), lookWorld());
const client = () => ({ tls: { ca_file: trust.caFile } });

/** What a server says before TLS: at the connection, and to each thing it hears; `null` begins TLS. */
interface Dialog {
  readonly greeting?: string | Buffer;
  readonly answer: (heard: Buffer) => readonly [said: string | Buffer, thenTls: boolean] | null;
}
const line = (text: string, thenTls = false) => [text, thenTls] as const;
const ldapAnswer = (code: number) =>
  Buffer.from([0x30, 0x0c, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0a, 0x01, code, 0x04, 0, 0x04, 0]);

const smtp: Dialog = {
  greeting: '220-mail.example.com\r\n220 ESMTP\r\n',
  answer: (heard) =>
    /^EHLO/.test(heard.toString()) ? line('250-mail\r\n250-STARTTLS\r\n250 8BITMIME\r\n') : line('220 go\r\n', true),
};
const imap: Dialog = {
  greeting: '* OK IMAP4rev1 ready\r\n',
  answer: () => line('* CAPABILITY IMAP4rev1\r\na OK begin\r\n', true),
};
const pop3: Dialog = { greeting: '+OK POP3 ready\r\n', answer: () => line('+OK begin\r\n', true) };
const ldap: Dialog = { answer: (heard) => (heard.includes('1.3.6.1.4.1.1466.20037') ? [ldapAnswer(0), true] : null) };
const postgres: Dialog = { answer: (heard) => (heard.readUInt32BE(4) === 80877103 ? line('S', true) : null) };

async function dialogServer({ greeting, answer }: Dialog) {
  const { cert, key } = trust.server;
  return kept(
    await startTcp((socket: Socket) => {
      if (greeting !== undefined) socket.write(greeting);
      const hear = (bytes: Buffer) => {
        const [said, thenTls] = answer(bytes) ?? ['', false];
        if (thenTls) socket.removeListener('data', hear);
        socket.write(said);
        if (thenTls) new TLSSocket(socket, { isServer: true, cert, key }).on('error', () => {});
      };
      socket.on('data', hear);
    }),
  );
}

describe('STARTTLS', () => {
  test.each(Object.entries({ smtp, imap, pop3, ldap, postgres }))(
    '%s goes over to TLS, and its certificate is read',
    async (name, dialog) => {
      const server = await dialogServer(dialog);
      const url = `starttls://127.0.0.1:${server.port}`;
      const found = await look(url, { starttls: name, client: client() }, ['[CERTIFICATE_EXPIRATION] > 1h']);
      expect(found).toMatchObject({
        success: true,
        look: { connected: true, error: null, certificate: { subject: 'server' } },
      });
      const stranger = await look(url, { starttls: name });
      expect(stranger).toMatchObject({ success: false, look: { error: { reason: 'tls_incomplete_chain' } } });
      await eventually(() => expect(server.open()).toBe(0));
    },
  );

  test.each<[string, string, Dialog, string]>([
    [
      'smtp',
      'smtp',
      { greeting: '220 mail\r\n', answer: () => line('250-mail\r\n250 SIZE 1\r\n') },
      'does not offer STARTTLS',
    ],
    [
      'smtp that is full',
      'smtp',
      { greeting: '421 too many\r\n', answer: () => null },
      'answered the connection with "421 too many"',
    ],
    [
      'imap',
      'imap',
      { greeting: '* OK ready\r\n', answer: () => line('a BAD what\r\n') },
      'answered STARTTLS with "a BAD what"',
    ],
    ['pop3', 'pop3', { greeting: '+OK\r\n', answer: () => line('-ERR no\r\n') }, 'answered STLS with "-ERR no"'],
    ['ldap', 'ldap', { answer: () => [ldapAnswer(52), false] }, 'LDAP result 52'],
    ['postgres', 'postgres', { answer: () => line('N') }, 'is PostgreSQL without TLS'],
    // Whoever stands between would say more than the one byte before TLS.
    ['postgres with more', 'postgres', { answer: () => line('Sx') }, 'does not speak PostgreSQL'],
  ])('%s without it is down, and says why', async (_, name, dialog, message) => {
    const server = await dialogServer(dialog);
    const found = await look(`starttls://127.0.0.1:${server.port}`, { starttls: name, client: client() });
    expect(found.look).toMatchObject({
      connected: false,
      error: { reason: 'answer', message: expect.stringContaining(message) },
    });
  });
});

test('a name server that cuts its answer is asked again over TCP', async () => {
  const records = 40;
  const answerTo = (question: Buffer, count: number, flags: number) =>
    Buffer.concat([
      question.subarray(0, 2),
      Buffer.from([0x81 | flags, 0x80, 0, 1, 0, count, 0, 0, 0, 0]),
      question.subarray(12),
      ...Array.from({ length: count }, (_, at) =>
        Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, at]),
      ),
    ]);
  const tcp = kept(
    await startTcp((socket) => {
      socket.once('data', (bytes) => {
        const answer = answerTo(bytes.subarray(2), records, 0);
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        // In pieces, the length among them.
        socket.write(length.subarray(0, 1));
        setImmediate(() => socket.write(Buffer.concat([length.subarray(1), answer])));
      });
    }),
  );
  const udp = createSocket('udp4');
  udp.on('message', (bytes, from) => udp.send(answerTo(bytes, 0, 0x02), from.port, from.address));
  await new Promise<void>((resolve) => udp.bind(tcp.port, '127.0.0.1', resolve));
  kept(udp);
  const found = await look(`dns://127.0.0.1:${tcp.port}/example.com`, {}, [
    '[DNS_RCODE] == NOERROR',
    '[BODY] == pat(*192.0.2.39*)',
  ]);
  expect([found.success, found.look.body.split('\n').length, tcp.opened()]).toEqual([true, records, 1]);
});

test('a WebSocket over TLS, and one that refuses to be one', async () => {
  const { createHash } = await import('node:crypto');
  const { cert, key } = trust.server;
  const wss = createTlsServer({ cert, key }, (socket) => {
    socket
      .on('error', () => {})
      .once('data', (bytes) => {
        const asked = /sec-websocket-key: (\S+)/i.exec(bytes.toString())?.[1] ?? '';
        const proof = createHash('sha1').update(`${asked}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
        const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${proof}\r\n\r\n`;
        socket.write(Buffer.concat([Buffer.from(head), Buffer.from([0x81, 2]), Buffer.from('hi')]));
      });
  });
  wss.on('tlsClientError', () => {});
  const server = kept(await startServer(wss));
  const found = await look(`wss://127.0.0.1:${server.port}/`, { client: client() }, [
    '[CONNECTED] == true',
    '[BODY] == hi',
    '[CERTIFICATE_EXPIRATION] > 1h',
  ]);
  expect(found.conditions.filter(({ success }) => !success)).toEqual([]);
  const plain = kept(await startServer(createHttpServer((_, response) => response.writeHead(403).end('no'))));
  const refused = await look(`ws://127.0.0.1:${plain.port}/`);
  expect(refused).toMatchObject({ success: false, look: { status: 403, connected: false } });
});

test('gRPC over TLS, also with a service that does not serve', async () => {
  const { cert, key } = trust.server;
  const grpc = createSecureServer({ cert, key });
  grpc
    .on('sessionError', () => {})
    .on('stream', (stream) => {
      const chunks: Buffer[] = [];
      stream.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const service = Buffer.concat(chunks).subarray(7).toString();
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
        stream.end(Buffer.from([0, 0, 0, 0, 2, 0x08, service === 'well' ? 1 : 2]));
      });
    });
  const server = kept(await startServer(grpc as unknown as Server));
  const of = (service: string) =>
    look(`grpcs://127.0.0.1:${server.port}`, { service, client: client() }, [
      '[CONNECTED] == true',
      '[BODY].status == SERVING',
    ]);
  expect(await of('well')).toMatchObject({ success: true, look: { certificate: { subject: 'server' } } });
  expect(await of('ill')).toMatchObject({ success: false, look: { body: '{"status":"NOT_SERVING"}' } });
});

describe('the end of a domain, by RDAP', () => {
  const day = (text: string) => ({
    events: [
      { eventAction: 'registration', eventDate: '2020-01-01T00:00:00Z' },
      { eventAction: 'Expiration', eventDate: text },
    ],
  });
  const served = async () => {
    const asked: string[] = [];
    const answers: Readonly<Record<string, readonly [number, string]>> = {
      '/domain/example.com': [200, JSON.stringify(day('2030-06-01T00:00:00Z'))],
      '/domain/example.co.uk': [200, JSON.stringify(day('2031-06-01T00:00:00Z'))],
      '/domain/moved.org': [302, '/domain/example.com'],
      '/domain/odd.net': [200, '<html>'],
      '/domain/busy.net': [429, ''],
    };
    const rdap = createHttpServer((request, response) => {
      asked.push(request.url ?? '');
      const [status, body] = answers[request.url ?? ''] ?? [404, ''];
      response.writeHead(status, status === 302 ? { location: body } : {}).end(body);
    });
    const server = kept(await startServer(rdap));
    const { domainExpiry: _, ...deps } = lookWorld();
    const expiry = createDomainExpiry(deps, { service: `http://127.0.0.1:${server.port}` });
    return { asked, expiry: (host: string) => expiry(host, new AbortController().signal) };
  };

  test('is that of the registered name, asked for once', async () => {
    const { asked, expiry } = await served();
    const hosts = ['www.example.com', 'example.com', 'a.b.example.com.', 'www.example.co.uk', 'x.moved.org'];
    const found = [];
    for (const host of hosts) found.push(new Date((await expiry(host)) ?? 0).getUTCFullYear());
    expect(found).toEqual([2030, 2030, 2030, 2031, 2030]);
    expect(asked.filter((path) => path === '/domain/example.com')).toHaveLength(2);
  });

  test('is not known where it cannot be read, and never past', async () => {
    const { asked, expiry } = await served();
    const hosts = ['odd.net', 'busy.net', 'none.example', '127.0.0.1', 'localhost', '::1'];
    expect(await Promise.all(hosts.map(expiry))).toEqual(hosts.map(() => null));
    await expiry('busy.net');
    expect(asked.toSorted()).toEqual(['/domain/busy.net', '/domain/none.example', '/domain/odd.net']);
  });
});
