import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from './cluster-push.ts';

/** One request of amtool, without what differs from run to run: ids are `<id 1>`, `<id 2>`, times `+3600s` from now. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** A call of amtool, and what it asks for. */
export interface RecordedCall {
  readonly args: readonly string[];
  readonly asks: readonly Asked[];
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Names for ids in the order in which they were first seen. */
export function createIdNames() {
  const known: string[] = [];
  return {
    nameOf: (id: string) => {
      if (!known.includes(id)) known.push(id);
      return `<id ${known.indexOf(id) + 1}>`;
    },
    idOf: (name: string) => known[Number(/\d+/.exec(name)?.[0]) - 1] ?? '11111111-1111-1111-1111-111111111111',
  };
}

type IdNames = ReturnType<typeof createIdNames>;

/** What differs from run to run is named. */
export function normalised<T>(value: T, { nameOf }: IdNames, now: number): T {
  const named = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'string' || !TIME.test(inner)) return inner;
    // The zero time of Go is no time.
    return inner.startsWith('0001') ? inner : `${Math.round((Date.parse(inner) - now) / 60_000) * 60}s from now`;
  }).replaceAll(UUID, (id) => nameOf(id));
  return JSON.parse(named) as T;
}

/** What was named is as it would be now. */
export function realised<T>(value: T, { idOf }: IdNames, now: number): T {
  const real = JSON.stringify(value, (_, inner: unknown) => {
    const seconds = typeof inner === 'string' ? /^(-?\d+)s from now$/.exec(inner)?.[1] : undefined;
    return seconds === undefined ? inner : new Date(now + Number(seconds) * 1000).toISOString();
  }).replaceAll(/<id \d+>/g, (name) => idOf(name));
  return JSON.parse(real) as T;
}

/** A server before a hub that notes what it is asked. */
export async function startRecorder(hubUrl: string) {
  let asks: Asked[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', async () => {
      const body = Buffer.concat(chunks);
      const { method = '', url = '', headers } = incoming;
      asks.push({ method, path: url, body: body.length === 0 ? null : JSON.parse(body.toString('utf8')) });
      const { accept = '', 'content-type': type } = headers;
      const answer = await request(`${hubUrl}${url}`, {
        ...{ method, headers: { accept, ...(type !== undefined && { 'content-type': type }) } },
        ...(body.length > 0 && { body }),
      });
      response.writeHead(answer.status, { 'content-type': answer.headers['content-type'] ?? 'application/json' });
      response.end(answer.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken: () => {
      const taken = asks;
      asks = [];
      return taken;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Runs amtool against an address, as a person would. */
export function runAmtool(
  url: string,
  args: readonly string[],
  input = '',
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('amtool', [`--alertmanager.url=${url}`, ...args], {
      env: { PATH: process.env.PATH ?? '', HOME: '/' },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject).once('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}
