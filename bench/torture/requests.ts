import http from 'node:http';
import { signatureHeaders } from '../../src/agent/target.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Secret } from '../../src/lib/crypto/secret.ts';
import { HEADERS, signV1 } from '../../src/lib/crypto/signature.ts';
import { SECRET } from './process.ts';

/** Where pushes go. */
export const PATH = '/alerts/webhook/cluster/';
const secret = new Secret(SECRET);

/** A push as it goes over the wire; sent twice, it is the same request. */
export interface Push {
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Signs a body: with version 1 only, or with both, each time with a nonce of its own. */
export function sign(body: string | Buffer, version: 1 | 2): Push {
  const common = { 'content-type': 'application/json', 'user-agent': 'monitor/0.0.0-torture' };
  const signature =
    version === 1
      ? { [HEADERS.signature]: signV1(secret, body) }
      : signatureHeaders(body, { clusterSecret: secret }, systemClock);
  return { body, headers: { ...common, ...signature } };
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Longer than any answer may take. */
const TIMEOUT_MS = 15_000;

/** Connections to one hub, kept open. */
export interface Connections {
  /** Sends a push; null when there was no whole answer. Rejects when the hub is alive but silent. */
  post(push: Push): Promise<Answer | null>;
  close(): void;
}

/** At most `width` connections to the hub at this port of 127.0.0.1. */
export function connections(port: number, width = 8): Connections {
  const agent = new http.Agent({ keepAlive: true, maxSockets: width });
  return {
    close: () => agent.destroy(),
    post: ({ body, headers }) =>
      new Promise((resolve, reject) => {
        const length = { 'content-length': String(Buffer.byteLength(body)) };
        const options = {
          agent,
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: PATH,
          headers: { ...headers, ...length },
        };
        const request = http.request(options, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () => {
            clearTimeout(late);
            resolve(response.complete ? { status: response.statusCode ?? 0, body: text } : null);
          });
          response.on('error', () => resolve(null));
          response.on('close', () => resolve(null));
        });
        const late = setTimeout(() => {
          reject(new Error(`a push had no answer within ${TIMEOUT_MS} ms`));
          request.destroy();
        }, TIMEOUT_MS);
        request.on('error', () => {
          clearTimeout(late);
          resolve(null);
        });
        request.end(body);
      }),
  };
}
