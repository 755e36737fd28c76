import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../lib/http/loopback.ts';

// What proxies add, each in its way, and what a browser says of the page that asks.
const FOREIGN = /^(?:x-forwarded-.*|x-real-ip|forwarded|via|origin)$/;

/**
 * Whether a request comes from a program on this machine, straight: not through a proxy (which would make the whole
 * world local), not from a page in a browser (Origin), and not under a foreign name that was made to point here.
 */
export function isLocalRequest(request: IncomingMessage): boolean {
  const { headers, socket } = request;
  if (!isLoopback(socket.remoteAddress ?? '')) return false;
  if (Object.keys(headers).some((name) => FOREIGN.test(name))) return false;
  const host = headers.host ?? '';
  return isLoopback(host.replace(/:\d+$/, ''));
}
