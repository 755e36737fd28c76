import type { Socket } from 'node:net';

/** What was read. */
export interface Received {
  readonly bytes: Buffer;
  /** Whether the limit was reached. */
  readonly isCut: boolean;
}

/** How much is read, and until when. */
export interface Receiving {
  /** Bytes that are read at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Whether what came so far is all that is wanted; left out, the first piece is. */
  readonly isWhole?: (bytes: Buffer) => boolean;
  /** Called when the first byte has come. */
  readonly first?: () => void;
}

/** Reads until `isWhole`, the limit, or the end of the connection. Rejects with its error, or with the reason of the signal. */
export function receive(socket: Socket, { limit, signal, isWhole = () => true, first }: Receiving): Promise<Received> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', stop);
      socket.removeListener('data', take).removeListener('error', fail);
      socket.removeListener('end', end).removeListener('close', end);
      // Whatever else comes waits, or comes to nothing: it must not end the process.
      socket.pause().on('error', () => {});
      act();
    };
    const end = () => settle(() => resolve({ bytes: Buffer.concat(chunks), isCut: false }));
    const fail = (error: Error) => settle(() => reject(error));
    const stop = () => settle(() => reject(signal.reason));
    const take = (chunk: Buffer) => {
      if (size === 0) first?.();
      chunks.push(chunk);
      size += chunk.length;
      if (size < limit && !isWhole(Buffer.concat(chunks))) return;
      const bytes = Buffer.concat(chunks).subarray(0, limit);
      settle(() => resolve({ bytes, isCut: size > limit || (size === limit && !isWhole(bytes)) }));
    };
    if (signal.aborted) return reject(signal.reason);
    if (socket.destroyed) return resolve({ bytes: Buffer.alloc(0), isCut: false });
    signal.addEventListener('abort', stop, { once: true });
    socket.on('data', take).once('error', fail).once('end', end).once('close', end).resume();
  });
}
