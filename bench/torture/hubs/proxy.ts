import http from 'node:http';
import { pause } from '../process.ts';

/** A load balancer in front of hubs. */
export interface Proxy {
  readonly port: number;
  /** Requests that each backend has answered, in their order. */
  answered(): readonly number[];
  close(): Promise<void>;
}

interface Backend {
  readonly port: number;
  isUp: boolean;
  answered: number;
}

/** How long a backend may be silent until the request is given up, and the backend for dead. */
const SILENT_MS = 2000;
const LOOK_MS = 100;

/**
 * Gives each request to the next backend in turn, once: what fails is never repeated, the client's connection is cut,
 * and the backend is left out until its /readyz says yes. Like a balancer that thinks a hub dead, it does not take back
 * what it has sent: a hub that was paused finds the request when it wakes.
 */
export async function startProxy(ports: readonly number[]): Promise<Proxy> {
  const backends: Backend[] = ports.map((port) => ({ port, isUp: true, answered: 0 }));
  let turn = 0;
  let over = false;
  const next = () => {
    for (let tries = 0; tries < backends.length; tries += 1) {
      turn = (turn + 1) % backends.length;
      if (backends[turn]?.isUp) return backends[turn];
    }
    return undefined;
  };
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const backend = next();
      if (backend === undefined) {
        response.writeHead(503, { 'retry-after': '1', 'content-length': '0' }).end();
        return;
      }
      const { method, url, headers } = request;
      const fail = () => {
        backend.isUp = false;
        response.destroy();
      };
      ask(backend.port, { method, path: url, headers }, Buffer.concat(parts)).then(({ status, type, body }) => {
        backend.answered += 1;
        response.writeHead(status, { 'content-type': type, 'content-length': body.length }).end(body);
      }, fail);
    });
    request.on('error', () => {});
    response.on('error', () => {});
  });
  const look = async () => {
    while (!over) {
      const down = backends.filter((backend) => !backend.isUp);
      await Promise.all(
        down.map(async (backend) => {
          const ready = await ask(backend.port, { method: 'GET', path: '/readyz' }).catch(() => null);
          if (ready?.status === 200) backend.isUp = true;
        }),
      );
      await pause(LOOK_MS);
    }
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const looking = look();
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    answered: () => backends.map((backend) => backend.answered),
    close: async () => {
      over = true;
      server.closeAllConnections();
      await Promise.all([looking, new Promise((resolve) => server.close(resolve))]);
    },
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

/** One request on a connection of its own; rejects when there is no whole answer in time. */
function ask(port: number, options: http.RequestOptions, body?: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ ...options, host: '127.0.0.1', port, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('close', () => {
        if (!response.complete) return reject(new Error('cut off'));
        const { statusCode: status = 0, headers } = response;
        resolve({ status, type: headers['content-type'] ?? 'text/plain', body: Buffer.concat(parts) });
      });
    });
    request.setTimeout(SILENT_MS, () => request.destroy(new Error('silent')));
    request.on('error', reject);
    request.end(body);
  });
}
