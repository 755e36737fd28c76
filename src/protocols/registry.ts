import { nearest } from '../core/nearest.ts';
import { type LookAt, type Protocol, TargetError } from './contract.ts';
import { dns } from './dns.ts';
import { grpc } from './grpc.ts';
import { http } from './http.ts';
import { ping } from './ping.ts';
import { ssh } from './ssh.ts';
import { starttls } from './starttls.ts';
import { tcp } from './tcp.ts';
import { tls } from './tls.ts';
import { udp } from './udp.ts';
import { ws } from './ws.ts';

/** Every protocol there is. */
export const PROTOCOLS: readonly Protocol[] = [http, tcp, udp, tls, starttls, dns, ping, ws, ssh, grpc];

/** An endpoint's protocol with its URL and options bound. */
export interface BoundTarget {
  readonly protocol: Protocol;
  readonly look: LookAt;
}

/** The protocol of a URL by its scheme, undefined when there is none; `dns` options make any URL one of a name server. */
export function protocolOf(url: string, options: object = {}): Protocol | undefined {
  const [, scheme = ''] = /^([a-z0-9+.-]+):/i.exec(url) ?? [];
  const wanted = 'dns' in options && scheme !== 'dns' ? 'dns' : scheme.toLowerCase();
  return PROTOCOLS.find(({ schemes }) => schemes.includes(wanted));
}

/** Binds a URL and its options. Throws TargetError, also for a scheme that there is none of, and ZodError. */
export function bindTarget(url: string, options: object): BoundTarget {
  const protocol = protocolOf(url, options);
  if (protocol === undefined) throw new TargetError(noProtocol(url));
  return { protocol, look: protocol.bind(url, options) };
}

function noProtocol(url: string): string {
  const known = PROTOCOLS.flatMap(({ schemes }) => schemes);
  const [, scheme] = /^([a-z0-9+.-]+):\/\//i.exec(url) ?? [];
  if (scheme === undefined) return 'must begin with its scheme, such as https:// or tcp://';
  const word = nearest(scheme, known);
  const fix = word === null ? `there are ${known.map((one) => `${one}://`).join(', ')}` : `did you mean ${word}://?`;
  return `begins with ${scheme}://, which cannot be looked at; ${fix}`;
}
