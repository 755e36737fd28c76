import http from 'node:http';
import { Secret } from '../../../src/lib/crypto/secret.ts';
import { HEADERS, signV1 } from '../../../src/lib/crypto/signature.ts';
import { pause } from '../process.ts';
import { PATH } from '../requests.ts';

/** How good agents fared. */
export interface Fares {
  /** Milliseconds from the first byte of a push to the end of its answer. */
  readonly latencies: readonly number[];
  /** Answers other than 200, by status; 0 is none at all. */
  readonly failures: Readonly<Record<number, number>>;
}

/** An instance key as `monitor keys create` prints it. */
export interface Key {
  readonly id: string;
  readonly secret: string;
}

const EVERY_MS = 100;
const ALERTS = 3;

/** Pushes by good agents, each with its key and at its own pace, until `over`. */
export async function runAgents(port: number, keys: readonly Key[], over: () => boolean): Promise<Fares> {
  const latencies: number[] = [];
  const failures: Record<number, number> = {};
  await Promise.all(
    keys.map(async (key, index) => {
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      await pause((index * EVERY_MS) / keys.length);
      for (let turn = 0; !over(); turn += 1) {
        const began = performance.now();
        const status = await push(agent, port, key, bodyOf(index, turn));
        const took = performance.now() - began;
        latencies.push(took);
        if (status !== 200) failures[status] = (failures[status] ?? 0) + 1;
        await pause(Math.max(1, EVERY_MS - took));
      }
      agent.destroy();
    }),
  );
  return { latencies, failures };
}

/** Name of a good agent's instance. */
export function instanceOf(index: number): string {
  return `good-${index}`;
}

/** Checks that go up and down, as they do. */
function bodyOf(index: number, turn: number): Buffer {
  const alerts = Array.from({ length: ALERTS }, (_, check) => ({
    ...{ fingerprint: `check-${check}`, name: `Check ${check}`, severity: 'warning' },
    status: (turn + check) % 20 === 0 ? 'resolved' : 'firing',
    labels: { checker: `check-${check}` },
    annotations: { message: `${turn % 100} %` },
  }));
  const instance = instanceOf(index);
  return Buffer.from(
    JSON.stringify({ source: 'cluster', instance_id: instance, hostname: instance, version: '1.0', alerts }),
  );
}

function push(agent: http.Agent, port: number, key: Key, body: Buffer): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    [HEADERS.key]: key.id,
    [HEADERS.signature]: signV1(new Secret(key.secret), body),
  };
  return new Promise((resolve) => {
    const options = { agent, port, host: '127.0.0.1', method: 'POST', path: PATH, headers, timeout: 30_000 };
    const request = http.request(options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', () => resolve(0));
    });
    request.on('error', () => resolve(0)).on('timeout', () => request.destroy());
    request.end(body);
  });
}
