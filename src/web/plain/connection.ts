import type { Socket } from 'node:net';
import type { Answering } from '../connections.ts';
import type { AlreadyRead } from '../paced/connection.ts';
import type { Reply } from '../reply.ts';
import type { WriteReply } from './reply.ts';
import { type PlainRequest, readPlainRequest } from './request.ts';

/** What a connection needs of its server. */
export interface PlainParts {
  /** The answer to a request; null where it is for Node's server. */
  readonly answer: (request: PlainRequest) => Promise<Reply> | null;
  /** Gives the connection to Node's server, for good, with what has been read from it. */
  readonly handOver: (read: AlreadyRead) => void;
  /** A request is under way. */
  readonly begin: (answering: Answering) => void;
  /** Whether the answer is the last one of its connection. */
  readonly stopping: () => boolean;
  readonly write: WriteReply;
  readonly onFailure: (error: unknown) => void;
  /** How long a connection may send nothing at first. */
  readonly silenceMs: number;
  /** How long nothing may move on it later. */
  readonly idleMs: number;
}

// Bytes of answers, beyond what the kernel keeps, that a client may leave unread.
const MOST_UNREAD = 256 * 1024;

const SILENT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/**
 * Answers the plain requests of a connection, one after the other, without Node's server, which takes twice as long to read
 * such a request and to write its answer as all the rest of the front does. The first request that is anything else, or
 * that comes before the last one is answered, goes there together with the connection.
 */
export function takePlainRequests(socket: Socket, parts: PlainParts): void {
  const answering = { writableFinished: true, destroyed: false, isQuiet: true as const };
  let early: Buffer[] = [];
  let hasEnded = false;
  let hasBegun = false;

  const onData = (bytes: Buffer) => {
    if (!answering.writableFinished) {
      early.push(bytes);
      socket.pause();
      return;
    }
    const request = readPlainRequest(bytes);
    const reply = request === null ? null : parts.answer(request);
    if (reply === null) return leave(bytes);
    if (!hasBegun) {
      hasBegun = true;
      socket.setTimeout(parts.idleMs);
      parts.begin(answering);
    }
    answering.writableFinished = false;
    reply.then(onReply, (error: unknown) => {
      parts.onFailure(error);
      socket.destroy();
    });
  };
  const onReply = (reply: Reply) => {
    answering.writableFinished = true;
    if (socket.destroyed) return;
    const isLast = parts.stopping() || (hasEnded && early.length === 0);
    parts.write(socket, reply, isLast);
    // Who goes on asking and reads no answer would have them all kept here.
    if (socket.writableLength > MOST_UNREAD) return void socket.destroy();
    if (isLast) socket.end();
    else if (early.length > 0) leave(restOf());
  };
  /** All that has come while an answer was under way. */
  const restOf = () => {
    for (let more = socket.read() as Buffer | null; more !== null; more = socket.read()) early.push(more);
    const bytes = Buffer.concat(early);
    early = [];
    return bytes;
  };
  const leave = (bytes: Buffer) => {
    socket.off('data', onData).off('end', onEnd).off('error', onError).off('timeout', onTimeout).setTimeout(0);
    if (hasBegun) parts.begin({ writableFinished: true, destroyed: false });
    parts.handOver({ bytes, hasEnded });
  };
  const onEnd = () => {
    hasEnded = true;
    if (answering.writableFinished) socket.end();
  };
  // Its own end follows.
  const onError = () => {};
  const onTimeout = () => {
    if (hasBegun) socket.destroy();
    else socket.end(SILENT, () => socket.destroy());
  };
  socket.on('data', onData).on('end', onEnd).on('error', onError).on('timeout', onTimeout);
  socket.setTimeout(parts.silenceMs);
}
