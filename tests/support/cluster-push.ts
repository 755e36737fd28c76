import { createHmac, randomBytes } from 'node:crypto';
import http, { type IncomingHttpHeaders } from 'node:http';
import { SECRET } from './hub.ts';

/** What a hub answered. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; null when it is none. */
  readonly json: Record<string, unknown> | null;
}

/** Path of pushes. */
export const PUSH_PATH = '/alerts/webhook/cluster/';

/** One request over a connection of its own. */
export function request(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answered> {
  const { method = options.body === undefined ? 'GET' : 'POST', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = http.request(url, { method, agent: false, headers: { ...length, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject).once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parse(text) });
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** An alert of the wire format. */
export function wire(fingerprint: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    fingerprint,
    name: `Check ${fingerprint}`,
    status: 'firing',
    severity: 'warning',
    started_at: '2026-03-29T12:00:00Z',
    labels: { checker: fingerprint },
    annotations: { message: `${fingerprint} is bad` },
    metrics: { value: 95.2 },
    ...fields,
  };
}

/** Body of a push. */
export function bodyOf(instanceId: string, ...alerts: readonly unknown[]): string {
  return JSON.stringify({
    source: 'cluster',
    instance_id: instanceId,
    hostname: `${instanceId}.example`,
    version: '1.0',
    alerts,
  });
}

/** How a push is signed; what is left out is as it should be. */
export interface Signing {
  readonly secret?: string;
  readonly timestamp?: string;
  readonly nonce?: string;
  readonly path?: string;
  /** Name of an instance key. */
  readonly key?: string;
}

/** HMAC-SHA-256 as hex, made without this project's sources. */
export function hmac(secret: string, body: string | Buffer): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** Header of version 1. */
export function v1(body: string | Buffer, secret = SECRET): Record<string, string> {
  return { 'x-cluster-signature': hmac(secret, body) };
}

/** Headers of both versions, as our agent sends them. */
export function both(body: string, signing: Signing = {}): Record<string, string> {
  const { secret = SECRET, path = PUSH_PATH, key } = signing;
  const { timestamp = String(Math.floor(Date.now() / 1000)), nonce = randomBytes(16).toString('hex') } = signing;
  return {
    ...v1(body, secret),
    ...(key !== undefined && { 'x-cluster-key': key }),
    'x-cluster-timestamp': timestamp,
    'x-cluster-nonce': nonce,
    'x-cluster-signature-v2': hmac(secret, `v2:${timestamp}:${nonce}:POST:${path}:${body}`),
  };
}

/** Pushes alerts of an instance, signed by both versions. */
export function push(url: string, instanceId: string, alerts: readonly unknown[], signing: Signing = {}) {
  const body = bodyOf(instanceId, ...alerts);
  return request(`${url}${PUSH_PATH}`, { body, headers: both(body, signing) });
}

/** A list or a thing of the API; throws when it is not answered with 200. */
export async function ask(url: string, path: string, token?: string): Promise<Record<string, unknown>> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { status, json, text } = await request(`${url}/api/v1/${path}`, { headers });
  if (status !== 200 || json === null) throw new Error(`${status}: ${text}`);
  return json;
}

/** Items of a list of the API. */
export async function items(url: string, path: string): Promise<Record<string, unknown>[]> {
  return (await ask(url, path)).items as Record<string, unknown>[];
}
