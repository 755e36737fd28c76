import { lookup as systemLookup } from 'node:dns';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { isIP, type LookupFunction, connect as openTcp, type Socket } from 'node:net';
import { Refusal } from './failure.ts';
import { hostOf, type ProxySettings, portOf, proxyFor } from './proxy.ts';

/** How connections are made. */
export interface Connecting {
  readonly proxy: ProxySettings;
  /** PEM file of authorities trusted beside the public ones. */
  readonly caFile?: string | undefined;
  /** Which addresses may be connected to: checked after the name is resolved, on the very address that is used. */
  readonly allow: 'any' | ((address: string) => boolean);
  /** Aborting it destroys what is under way; its reason is the error then thrown. */
  readonly signal: AbortSignal;
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
    const socket = await dial(url, how);
    return { socket: url.protocol === 'https:' ? await secure(socket, url, how) : socket, plainProxy: null };
  }
  const socket = await dialProxy(proxy, how);
  if (url.protocol === 'http:') return { socket, plainProxy: proxy };
  return { socket: await secure(await tunnel(socket, url, proxy, how), url, how), plainProxy: null };
}

/** The header by which a user is told to a proxy; empty when its URL names none. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '' && proxy.password === '') return {};
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` };
}

async function dialProxy(proxy: URL, how: Connecting): Promise<Socket> {
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    throw new Refusal(
      'proxy',
      `proxies of the kind ${proxy.protocol}// cannot be used, only http:// and https://`,
      true,
    );
  }
  try {
    const socket = await dial(proxy, how);
    return proxy.protocol === 'https:' ? await secure(socket, proxy, how) : socket;
  } catch (error) {
    throw new Refusal('proxy', '', false, { cause: error, via: proxy });
  }
}

function dial(url: URL, how: Connecting): Promise<Socket> {
  const host = hostOf(url);
  if (how.allow !== 'any' && isIP(host) !== 0 && !how.allow(host)) throw blocked(host, host);
  const lookup = how.allow === 'any' ? undefined : guarded(how.allow);
  const socket = openTcp({ host, port: portOf(url), noDelay: true, ...(lookup !== undefined && { lookup }) });
  return until(socket, 'connect', how.signal);
}

async function secure(socket: Socket, url: URL, how: Connecting): Promise<Socket> {
  try {
    const tls = await import('node:tls');
    const host = hostOf(url);
    const ca = how.caFile === undefined ? {} : { ca: [...tls.rootCertificates, await readAuthorities(how.caFile)] };
    const name = isIP(host) === 0 ? { servername: host } : {};
    const secured = tls.connect({ socket, host, ...name, ...ca, ALPNProtocols: ['http/1.1'] });
    return await until(secured, 'secureConnect', how.signal);
  } catch (error) {
    socket.on('error', () => {}).destroy();
    throw error;
  }
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
      const fix = response.statusCode === 407 ? ': it wants a user and a password in its URL' : '';
      refuse(new Refusal('proxy', `it answered ${response.statusCode} to the wish for ${target}${fix}`, false));
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

function guarded(allow: (address: string) => boolean): LookupFunction {
  return (host, options, callback) => {
    systemLookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const allowed = found.filter(({ address }) => allow(address));
      const [first] = allowed;
      if (first === undefined) return callback(blocked(host, found[0]?.address ?? ''), []);
      return options.all ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };
}

function blocked(host: string, address: string): Refusal {
  const at = host === address ? host : `${host} (${address})`;
  return new Refusal('blocked', `${at} is not an address that may be connected to`, true);
}
