import type { LookupAddress } from 'node:dns';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { isIP, type LookupFunction, connect as openTcp, type Socket } from 'node:net';
import { Refusal } from './failure.ts';
import { hostOf, type ProxySettings, portOf, proxyFor } from './proxy.ts';

/** Asks for all addresses of a name, as `dns.lookup` does. */
export type Lookup = (
  host: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

/** How connections are made. */
export interface Connecting {
  readonly proxy: ProxySettings;
  /** PEM file of authorities trusted beside the public ones. */
  readonly caFile?: string | undefined;
  /** What of TLS is otherwise than usual; left out, nothing. */
  readonly tls?: ClientTls | undefined;
  /**
   * Which addresses may be connected to: checked after the name is resolved, on the very address that is used. A proxy
   * is the operator's choice and reached wherever it is; the name of the target is then looked up there.
   */
  readonly allow: 'any' | ((address: string) => boolean);
  /** In place of the system's. */
  readonly lookup?: Lookup | undefined;
  /** Aborting it destroys what is under way; its reason is the error then thrown. */
  readonly signal: AbortSignal;
}

/** How this program is known to a server, and the server to it. */
export interface ClientTls {
  /** PEM files of its certificate and the key of that. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Whether any certificate is taken. */
  readonly isUnverified?: boolean | undefined;
}

/** A way to a server. `plainProxy` is set when the request has to name its whole URL, for an http proxy to carry on. */
export interface Connection {
  readonly socket: Socket;
  readonly plainProxy: URL | null;
}

/** Connects to the server of an http or https URL, through a proxy where one is set, TLS and its checks included. */
export async function connectTo(url: URL, how: Connecting): Promise<Connection> {
  const proxy = proxyFor(url, how.proxy);
  if (proxy === null) {
    const socket = await openSocket({ host: hostOf(url), port: portOf(url) }, how);
    return { socket: url.protocol === 'https:' ? await secure(socket, hostOf(url), how) : socket, plainProxy: null };
  }
  refuseBlocked(hostOf(url), how);
  const socket = await dialProxy(proxy, how);
  if (url.protocol === 'http:') return { socket, plainProxy: proxy };
  return { socket: await secure(await tunnel(socket, url, proxy, how), hostOf(url), how), plainProxy: null };
}

/** The header by which a user is told to a proxy; empty when its URL names none. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '' && proxy.password === '') return {};
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` };
}

/** What a proxy wants that answers 407, to whatever it was asked: the target has not heard of the request. */
export function wantsCredentials(proxy: URL, asked: string): Refusal {
  const cause = new Refusal(
    'proxy',
    `it answered 407 to ${asked}: it requires a user and a password in its URL`,
    false,
  );
  return new Refusal('proxy', '', false, { cause, via: proxy });
}

async function dialProxy(proxy: URL, how: Connecting): Promise<Socket> {
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    throw new Refusal(
      'proxy',
      `proxies of the form ${proxy.protocol}// are not supported, only http:// and https://`,
      true,
    );
  }
  try {
    const target = { host: hostOf(proxy), port: portOf(proxy) };
    const socket = await openSocket(target, { ...how, allow: 'any' });
    return proxy.protocol === 'https:' ? await secure(socket, hostOf(proxy), how) : socket;
  } catch (error) {
    throw new Refusal('proxy', '', false, { cause: error, via: proxy });
  }
}

/** What a connection without a proxy needs. */
export type Direct = Pick<Connecting, 'allow' | 'lookup' | 'signal' | 'caFile' | 'tls'>;

/** Opens a TCP connection to one of the addresses of a host that may be connected to. Rejects as `explain` reads it. */
export async function openSocket(target: { readonly host: string; readonly port: number }, how: Direct) {
  refuseBlocked(target.host, how);
  const lookup = guarded(how);
  const socket = openTcp({ ...target, noDelay: true, ...(lookup !== undefined && { lookup }) });
  return until(socket, 'connect', how.signal);
}

/** Speaks TLS on a connection, and checks that the other end is `host`; `protocols` are those offered by ALPN. */
export async function secure(
  socket: Socket,
  host: string,
  how: Pick<Direct, 'caFile' | 'signal' | 'tls'>,
  protocols: readonly string[] = ['http/1.1'],
): Promise<Socket> {
  try {
    const tls = await import('node:tls');
    const ca = how.caFile === undefined ? {} : { ca: [...(await trusted(how.caFile))] };
    const name = isIP(host) === 0 ? { servername: host } : {};
    const alpn = protocols.length > 0 ? { ALPNProtocols: [...protocols] } : {};
    const secured = tls.connect({ socket, host, ...name, ...ca, ...alpn, ...(await ownTls(how.tls)) });
    return await until(secured, 'secureConnect', how.signal);
  } catch (error) {
    socket.on('error', () => {}).destroy();
    throw error;
  }
}

async function ownTls({ certFile, keyFile, isUnverified = false }: ClientTls = {}) {
  const read = async (path: string) => {
    try {
      return await readFile(path);
    } catch (error) {
      throw new Refusal('tls', `${path} cannot be read: ${(error as Error).message}`, false);
    }
  };
  return {
    ...(certFile !== undefined && { cert: await read(certFile) }),
    ...(keyFile !== undefined && { key: await read(keyFile) }),
    ...(isUnverified && { rejectUnauthorized: false }),
  };
}

/** Certificates of the public authorities and of those in a PEM file. */
export async function trusted(caFile: string): Promise<readonly string[]> {
  const { rootCertificates } = await import('node:tls');
  return [...rootCertificates, await readAuthorities(caFile)];
}

async function readAuthorities(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new Refusal('tls', `the file that MONITOR_CA_FILE names cannot be read: ${error.message}`, false);
  });
  // Node takes any text here and trusts nothing of it.
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new Refusal('tls', `the file that MONITOR_CA_FILE names holds no certificate (PEM): ${path}`, false);
}

function tunnel(socket: Socket, url: URL, proxy: URL, how: Connecting): Promise<Socket> {
  const target = `${url.hostname}:${portOf(url)}`;
  return new Promise((resolve, reject) => {
    const request = http.request({
      createConnection: () => socket,
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyAuthorization(proxy) },
      signal: how.signal,
    });
    const refuse = (cause: unknown) =>
      reject(how.signal.aborted ? how.signal.reason : new Refusal('proxy', '', false, { cause, via: proxy }));
    request.once('connect', (response, tunnelled) => {
      if (response.statusCode === 200) return resolve(tunnelled as Socket);
      tunnelled.destroy();
      const asked = `CONNECT ${target}`;
      if (response.statusCode === 407) return reject(wantsCredentials(proxy, asked));
      refuse(new Refusal('proxy', `it answered ${response.statusCode} to ${asked}`, false));
    });
    request.once('error', refuse);
    request.end();
  });
}

function until(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const stop = () => socket.destroy(signal.reason);
    const settle = () => {
      signal.removeEventListener('abort', stop);
      socket.removeListener('error', fail).removeListener(event, done).removeListener('close', close);
    };
    const done = () => {
      settle();
      resolve(socket);
    };
    const fail = (error: Error) => {
      settle();
      // It is being destroyed: a second error must not end the process.
      socket.on('error', () => {});
      reject(error);
    };
    const close = () => fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    socket.once('error', fail).once(event, done).once('close', close);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function refuseBlocked(host: string, { allow }: Pick<Direct, 'allow'>): void {
  if (allow !== 'any' && isIP(host) !== 0 && !allow(host)) throw blocked(host, host);
}

/** Looks a name up once, and gives only addresses that may be connected to: what it means later does not matter. */
function guarded({ allow, lookup }: Direct): LookupFunction | undefined {
  if (allow === 'any' && lookup === undefined) return undefined;
  return (host, options, callback) => {
    const answer: Parameters<Lookup>[2] = (error, found) => {
      if (error !== null) return callback(error, []);
      const allowed = found.filter(({ address }) => allow === 'any' || allow(address));
      const [first] = allowed;
      if (first === undefined) return callback(blocked(host, found[0]?.address ?? ''), []);
      return options.all ? callback(null, allowed) : callback(null, first.address, first.family);
    };
    const ask = { ...options, all: true } as const;
    if (lookup !== undefined) lookup(host, ask, answer);
    // Loaded only here: it reads the resolver's configuration, and an address needs none.
    else void import('node:dns').then((dns) => dns.lookup(host, ask, answer));
  };
}

function blocked(host: string, address: string): Refusal {
  const at = host === address ? host : `${host} (${address})`;
  const fix = 'if it is meant, add its network to MONITOR_ALLOW_PRIVATE_TARGETS';
  return new Refusal('blocked', `${at} is not a public address, so it is not contacted; ${fix}`, true);
}
