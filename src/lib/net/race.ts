import { connect, type Socket } from 'node:net';
import type { HostAddress } from './names.ts';

/** How long one address has before the next is tried beside it (RFC 8305, section 5). */
const HEAD_START_MS = 250;

/**
 * Opens a TCP connection to the first of several addresses that answers; each gets a head start before the next is tried,
 * and the others are given up once one is connected. Rejects with the error of the first, or the reason of the signal.
 */
export function connectFirst(
  addresses: readonly HostAddress[],
  port: number,
  signal: AbortSignal,
): Promise<{ readonly socket: Socket; readonly address: string }> {
  return new Promise((resolve, reject) => {
    const waiting = [...alternating(addresses)];
    const open = new Set<Socket>();
    let timer: NodeJS.Timeout | undefined;
    let first: Error | undefined;
    const settle = (winner: Socket | null, act: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      for (const socket of open) if (socket !== winner) socket.on('error', () => {}).destroy();
      open.clear();
      act();
    };
    const stop = () => settle(null, () => reject(signal.reason));
    const next = () => {
      clearTimeout(timer);
      const one = waiting.shift();
      if (one === undefined) {
        if (open.size === 0) settle(null, () => reject(first ?? new Error('has no address')));
        return;
      }
      const { address } = one;
      const socket = connect({ host: address, port, noDelay: true });
      open.add(socket);
      socket.once('connect', () => {
        socket.removeAllListeners('error');
        settle(socket, () => resolve({ socket, address }));
      });
      socket.once('error', (error) => {
        first ??= error;
        open.delete(socket);
        next();
      });
      if (waiting.length > 0) timer = setTimeout(next, HEAD_START_MS);
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    next();
  });
}

/** The families by turns, beginning with that of the first. */
function* alternating(addresses: readonly HostAddress[]): Iterable<HostAddress> {
  const family = addresses[0]?.family;
  const same = addresses.filter((one) => one.family === family);
  const other = addresses.filter((one) => one.family !== family);
  for (let at = 0; at < Math.max(same.length, other.length); at += 1) {
    for (const list of [same, other]) {
      const one = list[at];
      if (one !== undefined) yield one;
    }
  }
}
