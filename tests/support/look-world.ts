import { createServer, type Server, type Socket } from 'node:net';
import type { LookWorld } from '../../src/endpoints/look.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createExec, type Exec } from '../../src/lib/exec.ts';
import { type AddressGuard, addressGuard } from '../../src/lib/net/guard.ts';
import { createConnector } from '../../src/lib/net/open.ts';
import { createResolve } from '../../src/lib/net/resolve.ts';

/** How the world of a look differs from that of a hub. */
export interface WorldOptions {
  /** Refuses what is not public, as with MONITOR_ENDPOINTS_PRIVATE=0. */
  readonly publicOnly?: boolean;
  readonly allow?: AddressGuard;
  readonly exec?: Exec;
  /** In place of /etc/hosts. */
  readonly hostsFile?: string;
}

/** Makes one with real sockets. */
export function lookWorld({ publicOnly, allow, exec, hostsFile }: WorldOptions = {}): LookWorld {
  const connector = createConnector({
    clock: systemClock,
    resolve: createResolve(hostsFile === undefined ? {} : { hostsFile }),
    allow: publicOnly ? addressGuard([]) : (allow ?? 'any'),
  });
  return {
    clock: systemClock,
    connector,
    exec: exec ?? createExec(),
    userAgent: 'monitor/test',
    domainExpiry: async () => null,
  };
}

/** A server on a free port of 127.0.0.1 that knows which connections are open. */
export interface TestServer {
  readonly port: number;
  /** Connections that are open now, and that were ever opened. */
  readonly open: () => number;
  readonly opened: () => number;
  close(): Promise<void>;
}

/** Starts one: `serve` is given each connection, of the server's own kind. */
export async function startServer(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let opened = 0;
  server.on('connection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    open: () => sockets.size,
    opened: () => opened,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The same of a server that does with a connection what it is told. */
export function startTcp(serve: (socket: Socket) => void): Promise<TestServer> {
  return startServer(
    createServer((socket) => {
      serve(socket);
      // One that is not read does not notice its end.
      socket.resume();
    }),
  );
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const { port, close } = await startTcp(() => {});
  await close();
  return port;
}
