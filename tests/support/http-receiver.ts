import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** One request, as it came. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What it answers; a function takes the socket into its own hands. */
export type Reply =
  | { readonly status?: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | ((socket: Socket) => void);

/** A server on a free port of 127.0.0.1 that keeps what it gets. */
export interface HttpReceiver {
  readonly port: number;
  readonly url: string;
  readonly requests: Received[];
  /** Decides each answer. */
  reply: (request: Received) => Reply | Promise<Reply>;
  /** Connections that were opened. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Starts one. */
export async function startHttpReceiver(tls?: { readonly cert: string; readonly key: string }): Promise<HttpReceiver> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = tls === undefined ? http.createServer() : https.createServer(tls);
  // A busy test may come to its next request after the five seconds that Node.js waits: it would be sent into a connection that closes.
  server.keepAliveTimeout = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: HttpReceiver = {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests: [],
    reply: () => ({}),
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on('request', async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const received = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    receiver.requests.push(received);
    const reply = await receiver.reply(received);
    if (typeof reply === 'function') return reply(response.socket as Socket);
    response.writeHead(reply.status ?? 200, reply.headers).end(reply.body ?? '');
  });
  return receiver;
}
