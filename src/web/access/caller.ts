import type { IncomingMessage } from 'node:http';
import type { PageOrigin } from '../../core/access/decide.ts';
import { inNetworks } from '../../lib/net/guard.ts';
import { type ClientAddress, createClientAddress } from '../address.ts';
import { flowCookie, sessionCookie } from './cookies.ts';

/** What is known of who sends a request before anybody believes who they are. */
export interface Caller {
  readonly address: string;
  /** What the program calls itself, cut short. */
  readonly agent: string;
  /** Whether it came over TLS, as far as a trusted proxy or the public address tells. */
  readonly isSecure: boolean;
  /** What a browser says of the page that asks. */
  readonly origin: PageOrigin;
  /** The secret of the session that it shows; null for none. */
  readonly session: string | null;
  /** What it keeps of a login that is under way at an issuer; null for none. */
  readonly signOn: string | null;
}

/** Tells what is known of who sends a request. */
export type ReadCaller = (
  request: Pick<IncomingMessage, 'headers' | 'socket'> & Parameters<ClientAddress>[0],
) => Caller;

/** Where people reach the hub, and the proxies whose word counts. */
export interface CallerParts {
  readonly trustedProxies: readonly string[];
  readonly publicUrl: string | undefined;
}

const AGENT_LENGTH = 200;

/** Makes the function. */
export function createReadCaller({ trustedProxies, publicUrl }: CallerParts): ReadCaller {
  const addressOf = createClientAddress(trustedProxies);
  const isTrusted = inNetworks(trustedProxies);
  const known = publicUrl === undefined ? null : new URL(publicUrl);
  return (request) => {
    const { headers, socket } = request;
    const { host = '' } = headers;
    const isPublic = known?.protocol === 'https:' && host.toLowerCase() === known.host;
    const forwarded = String(headers['x-forwarded-proto'] ?? '')
      .split(',')
      .at(-1)
      ?.trim()
      .toLowerCase();
    const isSecure = isPublic || (forwarded === 'https' && isTrusted(socket.remoteAddress ?? ''));
    return {
      address: addressOf(request),
      agent: (headers['user-agent'] ?? '').replaceAll(/[^\x20-\x7e]/g, '').slice(0, AGENT_LENGTH),
      isSecure,
      origin: originOf(headers, host.toLowerCase(), known),
      session: sessionCookie(headers, isSecure),
      signOn: flowCookie(headers, isSecure),
    };
  };
}

/** By the one header that a browser makes itself, whatever proxies do to the name of the host; of older ones by what they have. */
function originOf(headers: IncomingMessage['headers'], host: string, known: URL | null): PageOrigin {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? 'own' : 'foreign';
  const page = headers.origin ?? headers.referer;
  if (page === undefined) return 'unsaid';
  return URL.canParse(page) && [host, known?.host].includes(new URL(page).host) ? 'own' : 'foreign';
}
