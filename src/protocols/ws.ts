import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { receive } from '../lib/net/receive.ts';
import { BODY_LIMIT, client, familyOf, LookFailure, type Protocol, TargetError, tlsOptions } from './contract.ts';
import { frame, messageIn } from './ws/frames.ts';

const options = z.strictObject({
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'is no name of a header' }),
      z.string({ error: 'must be text' }).regex(/^[^\r\n\0]*$/, { error: 'must be one line; remove the line break' }),
      { error: 'must hold headers in the form "name: value"' },
    )
    .default({})
    .describe('Headers of the request; a value may be env:NAME or file:PATH'),
  body: z.string({ error: 'must be text' }).max(65_536).optional().describe('Text that is sent as a message'),
  client: client(),
});

/** RFC 6455, 4.2.2. */
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const HEAD_LIMIT = 65_536;

/** Servers of WebSocket. */
export const ws: Protocol = {
  name: 'ws',
  schemes: ['ws', 'wss'],
  summary: 'Opens a WebSocket; sends `body` as a message, and reads one where a condition asks for it',
  example: 'wss://live.example.com/socket',
  options,
  conditions: ['[CONNECTED] == true'],
  bind(written, given) {
    const url = URL.canParse(written) ? new URL(written) : null;
    if (url === null || url.hostname === '')
      throw new TargetError('must be an address such as wss://live.example.com/socket');
    const isTls = url.protocol === 'wss:';
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
    const { headers, body, client: how } = options.parse(given);
    return async (wanted, { clock, connector, signal, saw, userAgent }) => {
      const settings = await tlsOptions(how);
      const opened = await connector.open({ host, port, family: familyOf(how) }, signal);
      try {
        saw({ ip: opened.ip, timings: { dnsMs: opened.dnsMs, connectMs: opened.connectMs } });
        let { socket } = opened;
        if (isTls) {
          const secured = await connector.secure(socket, host, { ...settings, protocols: ['http/1.1'] }, signal);
          saw({ certificate: secured.certificate, timings: { tlsMs: secured.tlsMs } });
          socket = secured.socket;
        }
        const key = randomBytes(16).toString('base64');
        const asked = clock.monotonic();
        socket.write(request(url, key, { 'user-agent': userAgent, ...lowerCase(headers) }));
        const first = () => saw({ timings: { firstByteMs: clock.monotonic() - asked } });
        const isWhole = (bytes: Buffer) => bytes.includes('\r\n\r\n');
        const { bytes } = await receive(socket, { limit: HEAD_LIMIT, signal, isWhole, first });
        const end = bytes.indexOf('\r\n\r\n');
        if (end === -1) throw new LookFailure('protocol', 'does not answer in HTTP');
        const status = accepted(bytes.toString('latin1', 0, end), key);
        saw({ status });
        if (status !== 101) throw new LookFailure('answer', `answered with status ${status} in place of 101`);
        saw({ connected: true, version: 'HTTP/1.1' });
        if (body !== undefined) socket.write(frame('text', Buffer.from(body)));
        if (wanted.body) {
          const rest = bytes.subarray(end + 4);
          const early = messageIn(rest);
          const message =
            early ??
            messageIn(
              Buffer.concat([
                rest,
                (
                  await receive(socket, {
                    limit: BODY_LIMIT,
                    signal,
                    isWhole: (more) => messageIn(Buffer.concat([rest, more])) !== null,
                  })
                ).bytes,
              ]),
            );
          if (message === null) throw new LookFailure('reset', 'closed the connection without a message');
          saw({ body: message.toString('utf8') });
        }
        socket.end(frame('close', Buffer.from([0x03, 0xe8])));
      } finally {
        opened.socket.destroy();
      }
    };
  },
};

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function request(url: URL, key: string, headers: Readonly<Record<string, string>>): string {
  const own = {
    host: url.host,
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-key': key,
    'sec-websocket-version': '13',
    origin: `${url.protocol === 'wss:' ? 'https' : 'http'}://${url.host}`,
    ...headers,
  };
  const lines = Object.entries(own).map(([name, value]) => `${name}: ${value}`);
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** Status of the answer; one that agrees without the proof of RFC 6455 throws. */
function accepted(head: string, key: string): number {
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0);
  if (status === 0) throw new LookFailure('protocol', 'does not answer in HTTP');
  const proof = /^sec-websocket-accept:\s*(\S+)\s*$/im.exec(head)?.[1];
  const wanted = createHash('sha1')
    .update(key + MAGIC)
    .digest('base64');
  if (status === 101 && proof !== wanted)
    throw new LookFailure('protocol', 'agrees without the proof of a WebSocket server');
  return status;
}
