import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Exec } from '../exec.ts';
import type { Outbound, OutboundRequest } from '../http/outbound.ts';
import type { Dial, Target } from './dial.ts';

/** What would have left this machine. */
export type Recorded =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: 'bytes'; readonly to: string; readonly text: string }
  | {
      readonly kind: 'program';
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly input: string;
    };

/** Doors behind which nothing is: all that goes through is recorded, and answered as if it had arrived. */
export interface RecordedDoors {
  readonly http: Outbound;
  readonly dial: Dial;
  readonly exec: Exec;
  readonly recorded: readonly Recorded[];
}

// What any of the targets answers with, as one: each channel looks for its own.
const ANSWER = {
  ok: true,
  status: 1,
  id: '1',
  ts: '1.1',
  event_id: '$1',
  sid: 'SM1',
  channel: 'C1',
  result: { message_id: 1 },
};

/** Makes them. */
export function createRecordedDoors(): RecordedDoors {
  const recorded: Recorded[] = [];
  const open = async (target: Target | { readonly host: string }) => {
    const to = 'port' in target ? `${target.host}:${target.port}` : target.host;
    return connection((text) => recorded.push({ kind: 'bytes', to, text }));
  };
  return {
    recorded,
    http: {
      send: async ({ method, url, headers, body }: OutboundRequest) => {
        recorded.push({ kind: 'request', method, url: url.href, headers, body: body === null ? '' : body.toString() });
        return { ok: true, status: 200, headers: {}, body: JSON.stringify(ANSWER) };
      },
      close: async () => {},
    },
    dial: {
      tcp: open,
      tls: open,
      upgrade: async (socket) => socket,
      udp: async ({ host, port }, bytes) => {
        recorded.push({ kind: 'bytes', to: `${host}:${port}`, text: bytes.toString() });
      },
      authorities: async () => undefined,
      unix: (path) => open({ host: path }),
    },
    exec: async (argv, { env = {}, input = '' }) => {
      recorded.push({ kind: 'program', argv, env, input });
      return { code: 0, signal: null, stdout: '', stderr: '', timedOut: false };
    },
  };
}

/**
 * A connection to nowhere. It greets and answers as a mail server does, which others do not listen to: then the mail is
 * told, else all that was written.
 */
function connection(tell: (text: string) => void): Socket {
  let written = '';
  let mail: string | null = null;
  const answer = (line: string) => {
    if (/^EHLO/i.test(line)) return '250 preview';
    if (/^DATA/i.test(line)) {
      mail = '';
      return '354 go on';
    }
    return /^QUIT/i.test(line) ? '221 bye' : '250 ok';
  };
  const stream = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _, done) => {
      written += chunk.toString();
      done();
      for (let end = endOf(written, mail !== null); end !== null; end = endOf(written, mail !== null)) {
        const part = written.slice(0, end);
        written = written.slice(end);
        if (mail === null) stream.push(`${answer(part)}\r\n`);
        else {
          tell(part.replace(/\r\n\.\r\n$/, '\n').replaceAll('\r\n', '\n'));
          [mail, written] = [null, ''];
          stream.push('250 ok\r\n');
        }
      }
    },
    final: (done) => {
      if (written.trim() !== '') tell(written);
      stream.push(null);
      done();
    },
  });
  stream.push('220 preview\r\n');
  const self = () => stream;
  return Object.assign(stream, {
    setTimeout: self,
    setKeepAlive: self,
    setNoDelay: self,
    ref: self,
    unref: self,
  }) as unknown as Socket;
}

/** Where the next thing that a mail server answers ends; null while it is not all there. */
function endOf(written: string, isMail: boolean): number | null {
  const [mark, length] = isMail ? ['\r\n.\r\n', 5] : ['\r\n', 2];
  const at = written.indexOf(mark);
  return at === -1 ? null : at + length;
}
