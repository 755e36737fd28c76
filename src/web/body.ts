import type { IncomingMessage } from 'node:http';

/** The whole body, or why there is none. */
export type Body =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: 'too_large' | 'cut_off' };

/** Reads a body of at most `limit` bytes; beyond that it stops reading at once. */
export function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  return new Promise((resolve) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) return resolve({ ok: false, reason: 'too_large' });
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      request.off('data', take).pause();
      resolve({ ok: false, reason: 'too_large' });
    };
    request.on('data', take);
    request.on('end', () =>
      resolve({ ok: true, bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks) }),
    );
    request.on('error', () => resolve({ ok: false, reason: 'cut_off' }));
    request.on('close', () => resolve({ ok: false, reason: 'cut_off' }));
  });
}

// A sender that goes on for longer than this does not read answers.
const DISCARD_BYTES = 64 * 1024 * 1024;
const DISCARD_MS = 10_000;

/**
 * Takes in what is left of a refused request and throws it away; resolves when there is nothing more. A socket that is closed with bytes unread is reset,
 * and a sender that writes its whole body before it reads would never see why it was refused.
 */
export function discardRest(request: IncomingMessage): Promise<void> {
  if (request.complete) return Promise.resolve();
  return new Promise((resolve) => {
    let left = DISCARD_BYTES;
    const cut = setTimeout(() => request.destroy(), DISCARD_MS);
    const done = () => {
      clearTimeout(cut);
      resolve();
    };
    request.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) request.destroy();
    });
    request.on('end', done).on('close', done);
    request.resume();
  });
}
