import { isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Clock } from '../clock.ts';
import { trusted } from '../http/connect.ts';
import { Refusal } from '../http/failure.ts';
import { certificateFacts, FAULT_TEXTS } from './certificate.ts';
import { type Connector, type Place, type Secured, type TlsOptions, UntrustedCertificate } from './connector.ts';
import type { AddressGuard } from './guard.ts';
import type { HostAddress } from './names.ts';
import { connectFirst } from './race.ts';
import type { Resolve } from './resolve.ts';

/** How endpoints are reached. */
export interface ConnectorSettings {
  readonly clock: Clock;
  readonly resolve: Resolve;
  /** Which addresses may be contacted. */
  readonly allow: 'any' | AddressGuard;
  /** PEM file of authorities trusted beside the public ones. */
  readonly caFile?: string | undefined;
}

/** Contexts of TLS that are kept: to read all public authorities again takes longer than a look. */
const CONTEXTS = 64;

/** Makes the door. */
export function createConnector({ clock, resolve, allow, caFile }: ConnectorSettings): Connector {
  const contexts = new Map<string, Promise<SecureContext>>();
  const since = (at: number) => clock.monotonic() - at;

  const addresses = async ({ host, family }: Omit<Place, 'port'>, signal: AbortSignal) => {
    const found = (await resolve(host, signal)).filter((one) => family === undefined || one.family === family);
    if (found.length === 0) throw new Refusal('name', `${host} has no address of IPv${family ?? 4}`, false);
    const allowed = found.filter(({ address }) => allow === 'any' || allow(address));
    if (allowed.length === 0) throw blocked(host, found);
    return allowed;
  };

  const contextOf = (options: TlsOptions): Promise<SecureContext> => {
    const { ca, crl, cert, key } = options;
    const name = JSON.stringify([ca, crl, cert, key]);
    const kept = contexts.get(name);
    if (kept !== undefined) return kept;
    const made = makeContext(options, caFile);
    const oldest = contexts.keys().next();
    if (contexts.size >= CONTEXTS && !oldest.done) contexts.delete(oldest.value);
    contexts.set(name, made);
    // A file that cannot be read now may be there at the next look.
    made.catch(() => contexts.delete(name));
    return made;
  };

  return {
    addresses,
    async open(place, signal) {
      const began = clock.monotonic();
      const found = await addresses(place, signal);
      const dnsMs = since(began);
      const resolved = clock.monotonic();
      const { socket, address } = await connectFirst(found, place.port, signal);
      guardErrors(socket, signal);
      return { socket, ip: plain(address), dnsMs, connectMs: since(resolved) };
    },
    async secure(socket, host, options, signal) {
      const began = clock.monotonic();
      const context = await contextOf(options);
      const { connect } = await import('node:tls');
      const wanted = options.serverName ?? host;
      const secured = connect({
        socket,
        host: wanted,
        ...(isIP(wanted) === 0 ? { servername: wanted } : {}),
        secureContext: context,
        // Judged below, so that an expired certificate still says when it did.
        rejectUnauthorized: false,
        ...(options.protocols === undefined ? {} : { ALPNProtocols: [...options.protocols] }),
      });
      await shaken(secured, signal);
      const certificate = certificateFacts(secured);
      if (certificate?.fault != null && options.insecure !== true) {
        secured.destroy();
        const text = FAULT_TEXTS[certificate.fault];
        const code = certificate.fault === 'invalid' ? ` (${String(secured.authorizationError)})` : '';
        throw new UntrustedCertificate(`the certificate of ${host} ${text}${code}`, certificate);
      }
      const protocol = typeof secured.alpnProtocol === 'string' ? secured.alpnProtocol : '';
      return { socket: secured, tlsMs: since(began), certificate, protocol } satisfies Secured;
    },
    async ask(place, bytes, signal) {
      const began = clock.monotonic();
      const [first] = await addresses(place, signal);
      const dnsMs = since(began);
      const { address, family } = first as HostAddress;
      const { createSocket } = await import('node:dgram');
      const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
      return new Promise((done, fail) => {
        const settle = (act: () => void) => {
          signal.removeEventListener('abort', stop);
          socket.removeAllListeners('error').on('error', () => {});
          socket.close();
          act();
        };
        const stop = () => settle(() => fail(signal.reason));
        socket.once('error', (error) => settle(() => fail(error)));
        socket.once('message', (answer) => settle(() => done({ ip: plain(address), dnsMs, bytes: answer })));
        if (signal.aborted) return stop();
        signal.addEventListener('abort', stop, { once: true });
        // Connected, so that only this address is heard, and a port that is closed is told.
        socket.connect(place.port, address, () => socket.send(bytes));
      });
    },
  };
}

async function makeContext({ ca, crl, cert, key }: TlsOptions, caFile: string | undefined): Promise<SecureContext> {
  const { createSecureContext, rootCertificates } = await import('node:tls');
  const own = ca === undefined ? [] : [ca];
  const authorities = caFile === undefined ? [...rootCertificates, ...own] : [...(await trusted(caFile)), ...own];
  try {
    return createSecureContext({
      ...(caFile === undefined && ca === undefined ? {} : { ca: authorities }),
      ...(crl === undefined ? {} : { crl: listsIn(crl) }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
  } catch (error) {
    throw new Refusal('tls', `a file of client.tls cannot be used: ${(error as Error).message}`, true);
  }
}

/** OpenSSL reads the first list of a text alone. */
function listsIn(pem: string): string[] {
  return pem.match(/-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/g) ?? [pem];
}

/** Aborting ends the connection, whoever holds it by then; an error that nobody waits for must not end the process. */
function guardErrors(socket: Socket, signal: AbortSignal): void {
  const stop = () => socket.destroy();
  socket.on('error', () => {});
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', stop));
}

function shaken(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', stop);
      socket.removeListener('secureConnect', done).removeListener('error', fail).removeListener('close', closed);
      socket.on('error', () => {});
      act();
    };
    const done = () => settle(resolve);
    const fail = (error: Error) => {
      socket.destroy();
      settle(() => reject(signal.aborted ? signal.reason : error));
    };
    const stop = () => fail(signal.reason as Error);
    const closed = () => fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    socket.once('secureConnect', done).once('error', fail).once('close', closed);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}

function blocked(host: string, found: readonly HostAddress[]): Refusal {
  const address = found[0]?.address ?? '';
  const at = host === address ? host : `${host} (${address})`;
  const fix = 'endpoints may be on such networks unless MONITOR_ENDPOINTS_PRIVATE is 0';
  return new Refusal('blocked', `${at} is not a public address, so it is not contacted; ${fix}`, true);
}

/** A mapped IPv4 address as the IPv4 one. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
