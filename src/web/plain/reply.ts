import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Reply } from '../reply.ts';

/** Writes an answer as Node's server would, in one piece; the last one of a connection says so. */
export type WriteReply = (socket: Socket, reply: Reply, isLast: boolean) => void;

const JSON_TYPE = 'Content-Type: application/json; charset=utf-8\r\n';
const CLOSE = 'Connection: close\r\n\r\n';

/** Writes answers of connections that stay open without a request for `idleMs`. */
export function replyWriter(now: () => number, idleMs: number): WriteReply {
  const stay = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(idleMs / 1000)}\r\n\r\n`;
  let second = -1;
  let date = '';
  const dateLine = () => {
    const present = Math.floor(now() / 1000);
    if (present !== second) date = `Date: ${new Date(present * 1000).toUTCString()}\r\n`;
    second = present;
    return date;
  };
  return (socket, { status, body, headers }, isLast) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const length = Buffer.byteLength(text);
    const own = headers === undefined ? '' : linesOf(headers);
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Length: ${length}\r\n`;
    const whole = `${head}${body === undefined ? '' : JSON_TYPE}${own}${dateLine()}${isLast ? CLOSE : stay}${text}`;
    // As many bytes as characters: then no byte of it is looked at again.
    socket.write(whole, length === text.length ? 'latin1' : 'utf8');
  };
}

function linesOf(headers: Readonly<Record<string, string>>): string {
  let lines = '';
  for (const name in headers) {
    const line = `${name}: ${headers[name]}`;
    if (/[^\t -~]/.test(line)) throw new Error(`the header ${name} of an answer cannot be sent`);
    lines += `${line}\r\n`;
  }
  return lines;
}
