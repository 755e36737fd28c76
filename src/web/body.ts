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
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.pause();
        resolve({ ok: false, reason: 'too_large' });
      } else chunks.push(chunk);
    });
    request.on('end', () =>
      resolve({ ok: true, bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks) }),
    );
    request.on('error', () => resolve({ ok: false, reason: 'cut_off' }));
    request.on('close', () => resolve({ ok: false, reason: 'cut_off' }));
  });
}
