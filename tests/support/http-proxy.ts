import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';

/** A proxy on a free port of 127.0.0.1, which carries everything to one server, whatever name it is asked for. */
export interface HttpProxy {
  readonly host: string;
  /** What it was asked: `CONNECT host:port`, or `POST http://…`, and the credentials that came with it. */
  readonly asked: { readonly line: string; readonly credentials: string | undefined }[];
  close(): Promise<void>;
}

/** Starts one in front of the server at `port`; with `user`, it asks for these credentials (`name:password`). */
export async function startHttpProxy(port: number, user?: string): Promise<HttpProxy> {
  const sockets = new Set<Socket>();
  const asked: { line: string; credentials: string | undefined }[] = [];
  const expected = user === undefined ? undefined : `Basic ${Buffer.from(user).toString('base64')}`;
  const server = http.createServer((request, response) => {
    const credentials = request.headers['proxy-authorization'];
    asked.push({ line: `${request.method} ${request.url}`, credentials });
    if (credentials !== expected) return void response.writeHead(407).end();
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const { pathname, search } = new URL(request.url ?? '');
    const onward = http.request({ host: '127.0.0.1', port, method: request.method, path: pathname + search, headers });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  });
  server.on('connect', (request, socket: Socket) => {
    const credentials = request.headers['proxy-authorization'];
    asked.push({ line: `CONNECT ${request.url}`, credentials });
    if (credentials !== expected) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const onward = net.connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
