import { lookup as systemLookup } from 'node:dns';
import { isIP, connect as openSocketAt, type Socket } from 'node:net';
import { type Direct, type Lookup, openSocket, secure, trusted } from '../http/connect.ts';
import { type Explained, explain, Refusal } from '../http/failure.ts';

/** Where a connection other than HTTP goes. */
export interface Target {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** The door to servers that do not speak HTTP, under the same guard and the same authorities. All of it rejects as `explainDial` reads it. */
export interface Dial {
  /** Opens a TCP connection. */
  tcp(target: Target, signal: AbortSignal): Promise<Socket>;
  /** Opens a TLS connection. */
  tls(target: Target, signal: AbortSignal): Promise<Socket>;
  /** Speaks TLS on an open connection, as after STARTTLS; the other end must prove to be `host`. */
  upgrade(socket: Socket, host: string, signal: AbortSignal): Promise<Socket>;
  /** Sends one datagram to the first allowed address. */
  udp(target: Target, bytes: Buffer, signal: AbortSignal): Promise<void>;
  /** Certificates of authorities, for libraries that speak TLS themselves; undefined for the public ones alone. */
  authorities(): Promise<readonly string[] | undefined>;
  /** Opens a stream socket of this machine. */
  unix(path: string, signal: AbortSignal): Promise<Socket>;
}

/** How connections are made; the same for all of a process. */
export interface DialSettings extends Omit<Direct, 'signal'> {
  /** Milliseconds to be connected, TLS included. */
  readonly connectMs: number;
}

/** Makes the door. */
export function createDial(settings: DialSettings): Dial {
  const within = async <T>(host: string, signal: AbortSignal, open: (how: Direct) => Promise<T>): Promise<T> => {
    const timeout = new AbortController();
    const seconds = settings.connectMs / 1000;
    const timer = setTimeout(() => {
      timeout.abort(new Refusal('timeout', `could not connect to ${host} within ${seconds} s`, false));
    }, settings.connectMs);
    const both = AbortSignal.any([signal, timeout.signal]);
    try {
      both.throwIfAborted();
      return await open({ ...settings, signal: both });
    } catch (error) {
      throw both.aborted ? both.reason : error;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    tcp: (target, signal) => within(target.host, signal, (how) => openSocket(target, how)),
    tls: (target, signal) =>
      within(target.host, signal, async (how) => secure(await openSocket(target, how), target.host, how, [])),
    upgrade: (socket, host, signal) => within(host, signal, (how) => secure(socket, host, how, [])),
    udp: (target, bytes, signal) => within(target.host, signal, (how) => sendDatagram(target, bytes, how)),
    authorities: async () => (settings.caFile === undefined ? undefined : trusted(settings.caFile)),
    unix: (path, signal) => within(path, signal, (how) => openUnix(path, how.signal)),
  };
}

/** Explains what a `Dial` rejected with; tells nothing but host and port. */
export function explainDial(error: unknown, target: Target): Explained {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return explain(error, `${host}:${target.port}`);
}

async function sendDatagram(target: Target, bytes: Buffer, { allow, lookup }: Direct): Promise<void> {
  const address = isIP(target.host) !== 0 ? target.host : await addressOf(target.host, lookup ?? systemLookup, allow);
  if (allow !== 'any' && !allow(address)) throw blocked(target.host);
  const { createSocket } = await import('node:dgram');
  const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.send(bytes, target.port, address, (error) => (error === null ? resolve() : reject(error)));
    });
  } finally {
    socket.close();
  }
}

function addressOf(host: string, lookup: Lookup, allow: Direct['allow']): Promise<string> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, found) => {
      if (error !== null) return reject(error);
      const first = found.find(({ address }) => allow === 'any' || allow(address));
      return first === undefined ? reject(blocked(host)) : resolve(first.address);
    });
  });
}

function blocked(host: string): Refusal {
  const fix = 'if it is meant, add its network to MONITOR_ALLOW_PRIVATE_TARGETS';
  return new Refusal('blocked', `${host} is not a public address, so it is not contacted; ${fix}`, true);
}

function openUnix(path: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = openSocketAt({ path, signal });
    socket.once('error', reject).once('connect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}
