import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { firstPiece } from './piece.ts';
import type { Turns } from './turns.ts';

/** What has been read from a connection already. */
export interface AlreadyRead {
  readonly bytes: Buffer;
  /** Whether nothing comes after that. */
  readonly hasEnded: boolean;
}

/** A connection whose bytes reach Node's server piece by piece. */
export interface PacedConnection {
  readonly socket: Socket;
  /** What Node's server has in place of the socket. */
  readonly stream: Duplex;
  /** A request has been read from it, which `response` will answer. */
  begin(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * Stands between a socket and Node's server, which by itself reads up to 2 MiB of each connection in one turn of the event
 * loop, and all requests that stand in them, whether or not anybody reads the answers. Here a piece is what belongs to one
 * request, or what came in one read; each waits for its turn among those of all connections, and while a request has no
 * answer yet, what stands behind it is not looked at.
 */
export function paceConnection(socket: Socket, turns: Turns, read: AlreadyRead): PacedConnection {
  let [pending, hasEnded] = [read.bytes, read.hasEnded];
  let [isWanted, isWaiting] = [false, false];
  let current: { readonly request: IncomingMessage; readonly response: ServerResponse } | null = null;

  const isHeld = () => current?.request.complete === true && !current.response.closed;
  const step = () => {
    isWaiting = false;
    if (stream.destroyed || !isWanted) return;
    if (pending.length === 0) return void (hasEnded && stream.push(null));
    if (isHeld()) return;
    const piece = firstPiece(pending);
    pending = pending.subarray(piece.length);
    isWanted = false;
    stream.push(piece);
    if (pending.length === 0) socket.resume();
  };
  const ask = () => {
    const hasSome = pending.length > 0 ? !isHeld() : hasEnded;
    if (isWaiting || !isWanted || !hasSome) return;
    isWaiting = true;
    turns.wait(step);
  };
  const stream: Duplex = new Duplex({
    // One piece at most is kept where the server reads no more for now.
    readableHighWaterMark: 1,
    decodeStrings: false,
    read() {
      isWanted = true;
      ask();
    },
    write: (chunk, encoding, done) => void socket.write(chunk, encoding, done),
    writev(chunks, done) {
      socket.cork();
      chunks.forEach(({ chunk, encoding }, index) => {
        socket.write(chunk, encoding, index === chunks.length - 1 ? done : undefined);
      });
      socket.uncork();
    },
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  if (pending.length > 0) socket.pause();
  socket.on('data', (bytes: Buffer) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    socket.pause();
    ask();
  });
  socket.on('end', () => {
    hasEnded = true;
    ask();
  });
  socket.on('error', (error) => stream.destroy(error)).on('close', () => stream.destroy());
  socket.on('timeout', () => stream.emit('timeout'));
  Object.assign(stream, {
    remoteAddress: socket.remoteAddress,
    setTimeout: (ms: number, onTimeout?: () => void) => {
      socket.setTimeout(ms);
      if (onTimeout !== undefined) stream.once('timeout', onTimeout);
      return stream;
    },
    destroySoon: () => {
      if (stream.writableFinished) stream.destroy();
      else stream.end(() => stream.destroy());
    },
  });
  return {
    socket,
    stream,
    begin(request, response) {
      current = { request, response };
      response.on('close', ask);
    },
  };
}
