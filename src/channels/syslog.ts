import { isIP, type Socket } from 'node:net';
import * as z from 'zod';
import { clip, utf8Bytes } from '../core/notice/clip.ts';
import { type DeliveryResult, notDelivered } from '../core/notice/delivery.ts';
import type { NoticeMessage } from '../core/notice/message.ts';
import type { Tone } from '../core/notice/wording.ts';
import type { Exec } from '../lib/exec.ts';
import { explainDial, type Target } from '../lib/net/dial.ts';
import { type ChannelWorld, type DeliveryContext, defineChannel, OptionError, plainPart, queryOf } from './contract.ts';

const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
] as const;
const LOCAL = ['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'] as const;
const FIRST_LOCAL = 16;

const options = z.strictObject({
  transport: z.enum(['udp', 'tcp', 'tls', 'unix']).default('unix'),
  host: z
    .string()
    .regex(/^[^\s/\p{Cc}]{1,255}$/u, 'must be the name or address of a server')
    .optional(),
  port: z.int().min(1).max(65_535).optional().describe('514, with TLS 6514'),
  path: z
    .string()
    .regex(/^\/[^\0\r\n]{1,107}$/, 'must be the absolute path of a socket')
    .default('/dev/log')
    .describe('Socket of this machine'),
  facility: z.enum([...FACILITIES, ...LOCAL]).default('daemon'),
  framing: z
    .enum(['octets', 'lines'])
    .default('octets')
    .describe('With TCP: counted (RFC 6587), or one message a line'),
});

// What every receiver takes (RFC 5424, 6.1, and RFC 5426, 3.2); by stream receivers take 8 KiB or more.
const LIMITS = { udp: 2048, tcp: 8000, tls: 8000, unix: 2000 } as const;
const SEVERITIES: Readonly<Record<Tone, number>> = { critical: 2, warning: 4, info: 6, resolved: 5, neutral: 5 };
const LEVELS: Readonly<Record<Tone, string>> = {
  critical: 'crit',
  warning: 'warning',
  info: 'info',
  resolved: 'notice',
  neutral: 'notice',
};

/** A syslog server, in the form of RFC 5424, or the one of this machine. */
export const syslog = defineChannel({
  name: 'syslog',
  summary: 'Syslog (RFC 5424) by UDP, TCP or TLS, or the socket of this machine',
  traits: {
    ...{ edits: false, threads: false, keepsIncidents: false, idempotent: false, onResolved: 'tell' },
    ...{ markup: 'plain', rate: { perSecond: 100, burst: 500 } },
  },
  options,
  // syslog+tls://server:6514, syslog:///dev/log
  fromUrl(url) {
    const transport = /\+(\w+):$/.exec(url.protocol)?.[1] ?? (url.host === '' ? 'unix' : 'udp');
    if (url.host === '')
      return { transport, ...(url.pathname.length > 1 && { path: plainPart(url.pathname) }), ...queryOf(url) };
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    return { transport, host, ...(url.port !== '' && { port: Number(url.port) }), ...queryOf(url) };
  },
  bind(chosen, world) {
    const { transport, host, path } = chosen;
    if (transport === 'unix') {
      return { place: path, deliver: (message, context) => byUnix(message, context, chosen, world) };
    }
    if (host === undefined) throw new OptionError('host: name the server, or use the transport unix');
    const target: Target = { host, port: chosen.port ?? (transport === 'tls' ? 6514 : 514) };
    const place = `${transport}://${isIP(host) === 6 ? `[${host}]` : host}:${target.port}`;
    return {
      place,
      async deliver(message, context) {
        const text = lineOf(message, context, chosen, world, LIMITS[transport]);
        try {
          if (transport === 'udp') {
            await world.dial.udp(target, Buffer.from(text), context.signal);
            return { ok: true, answer: 'sent; by UDP nobody hears whether it arrived' };
          }
          const socket = await world.dial[transport](target, context.signal);
          await write(socket, framed(text, transport === 'tls' ? 'octets' : chosen.framing), context.signal);
          return { ok: true, answer: 'sent' };
        } catch (error) {
          const { kind, permanent, reason } = explainDial(error, target);
          return notDelivered(
            kind === 'blocked' ? 'blocked' : kind === 'timeout' ? 'timeout' : 'network',
            permanent,
            reason,
          );
        }
      },
    };
  },
});

type Options = z.output<typeof options>;

function framed(text: string, framing: Options['framing']): string {
  return framing === 'octets' ? `${Buffer.byteLength(text)} ${text}` : `${text}\n`;
}

/** The message on one line, without what a receiver could take for the next one. */
function textOf({ wording, rendered }: DeliveryContext, most: number): string {
  const { headline, remarks, items, more, evidence, links } = wording;
  const parts = [
    headline,
    ...remarks,
    ...items,
    ...(more > 0 ? [`and ${more} more`] : []),
    ...evidence.map(({ name, value }) => `${name}: ${value}`),
    ...links.map(({ label, url }) => `${label}: ${url}`),
  ];
  const whole = (rendered.text ?? parts.join('; ')).replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return clip(whole, most, utf8Bytes);
}

function lineOf(
  message: NoticeMessage,
  context: DeliveryContext,
  { facility }: Options,
  { hostname }: ChannelWorld,
  most: number,
): string {
  const number = (FACILITIES as readonly string[]).indexOf(facility);
  const code = number >= 0 ? number : FIRST_LOCAL + (LOCAL as readonly string[]).indexOf(facility);
  const host = hostname.replace(/[^\x21-\x7e]/g, '').slice(0, 255) || '-';
  const time = new Date(message.at).toISOString();
  const head = `<${code * 8 + SEVERITIES[context.wording.tone]}>1 ${time} ${host} monitor - ${message.phase} - `;
  return head + textOf(context, most - head.length);
}

/** Hands all of it to the system, and waits until the other end has closed too, or has had time to refuse. */
function write(socket: Socket, text: string, signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(2_000)]);
  return new Promise((resolve, reject) => {
    const stop = () => socket.destroy();
    patience.addEventListener('abort', stop, { once: true });
    socket.once('error', reject).once('close', () => {
      patience.removeEventListener('abort', stop);
      return signal.aborted ? reject(signal.reason) : resolve();
    });
    socket.resume().end(text);
  });
}

/** The local daemon: by a stream where it listens for one, else by `logger`, for Node.js has no datagrams of this kind. */
async function byUnix(
  message: NoticeMessage,
  context: DeliveryContext,
  chosen: Options,
  world: ChannelWorld,
): Promise<DeliveryResult> {
  const { path, facility } = chosen;
  try {
    const socket = await world.dial.unix(path, context.signal);
    await write(socket, `${lineOf(message, context, chosen, world, LIMITS.unix)}\n`, context.signal);
    return { ok: true, answer: 'sent' };
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (code !== 'EPROTOTYPE')
      return notDelivered('network', false, `${path} cannot be written to (${code || 'failed'})`);
    return byLogger(
      textOf(context, LIMITS.unix),
      `${facility}.${LEVELS[context.wording.tone]}`,
      path,
      world.exec,
      context.signal,
    );
  }
}

async function byLogger(
  text: string,
  priority: string,
  path: string,
  exec: Exec,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  try {
    const argv = ['logger', '-u', path, '-p', priority, '-t', 'monitor', '--socket-errors=on'] as const;
    const { code, stderr } = await exec([...argv], { timeoutMs: 5_000, signal, input: `${text}\n` });
    if (code === 0) return { ok: true, answer: 'sent by logger' };
    return notDelivered('unavailable', false, `logger ended with ${code}: ${stderr.trim()}`);
  } catch (error) {
    return notDelivered(
      'blocked',
      false,
      `${(error as Error).message}; it writes to ${path}, where only datagrams are taken`,
    );
  }
}
