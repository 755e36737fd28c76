import { connect } from 'node:http2';
import type { Socket } from 'node:net';
import type { Place } from '../net/connector.ts';

/** A question to the health service of a gRPC server, on a connection that is open. */
export interface HealthQuestion {
  readonly socket: Socket;
  readonly place: Place;
  readonly isTls: boolean;
  readonly service: string;
  readonly userAgent: string;
  readonly signal: AbortSignal;
}

/** What it answers. */
export interface HealthAnswer {
  /** Of gRPC, 0 for fine. */
  readonly code: number;
  readonly message: string;
  /** null when there is none. */
  readonly status: string | null;
}

const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
const LIMIT = 4096;

/** Calls `grpc.health.v1.Health/Check`. Rejects with the error of the connection, or the reason of the signal. */
export function checkHealth({
  socket,
  place,
  isTls,
  service,
  userAgent,
  signal,
}: HealthQuestion): Promise<HealthAnswer> {
  return new Promise((resolve, reject) => {
    const host = place.host.includes(':') ? `[${place.host}]` : place.host;
    const session = connect(`${isTls ? 'https' : 'http'}://${host}:${place.port}`, { createConnection: () => socket });
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', stop);
      session.on('error', () => {}).destroy();
      act();
    };
    const stop = () => settle(() => reject(signal.reason));
    const fail = (error: Error) => settle(() => reject(error));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    const closed = Object.assign(new Error('closed'), { code: 'ECONNRESET' });
    session.once('error', fail).once('close', () => fail(closed));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': userAgent,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let fields: Readonly<Record<string, unknown>> = {};
    const note = (headers: object) => {
      fields = { ...fields, ...headers };
    };
    stream.on('response', note).on('trailers', note).on('error', fail);
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > LIMIT) return fail(Object.assign(new Error('too much'), { code: 'HPE_INVALID' }));
      chunks.push(chunk);
    });
    stream.once('end', () => settle(() => resolve(answerIn(fields, Buffer.concat(chunks)))));
    stream.end(questionBytes(service));
  });
}

/** A message of gRPC: no compression, its length, and HealthCheckRequest with `service` as its field 1. */
function questionBytes(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a]), varint(name.length), name]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}

function answerIn(fields: Readonly<Record<string, unknown>>, body: Buffer): HealthAnswer {
  const http = Number(fields[':status'] ?? 0);
  const given = fields['grpc-status'];
  // Without a code it is no gRPC server; 14 is UNAVAILABLE, 2 UNKNOWN.
  const code = given === undefined ? (http === 200 ? 2 : 14) : Number(given);
  const told = String(fields['grpc-message'] ?? (given === undefined ? `HTTP ${http} without a code of gRPC` : ''));
  // HealthCheckResponse: field 1 is the status, left out for UNKNOWN.
  const status =
    code !== 0 || body.length < 5 ? null : body[5] === 0x08 ? (STATUSES[body[6] ?? 0] ?? 'UNKNOWN') : 'UNKNOWN';
  return {
    code,
    message: decoded(told)
      .replaceAll(/[^\x20-\x7e]+/g, ' ')
      .slice(0, 200),
    status,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
