import { isIP } from 'node:net';
import { isLoopback } from '../lib/http/loopback.ts';
import { inNetworks } from '../lib/net/guard.ts';
import type { RequestHead } from './request.ts';

/** Whether a request comes from a program on this machine. */
export type IsLocal = (request: RequestHead) => boolean;

/** The address that a request comes from. */
export type ClientAddress = (request: RequestHead) => string;

// What proxies, tunnels and clouds add to what they forward, each in its way.
const PROXY_HEADER = new RegExp(
  `^(?:${[
    ...['x-forwarded(?:-.*)?', 'forwarded(?:-for)?', 'via', 'x-real-ip', '(?:x-)?(?:true-)?client-ip', 'x-original-.*'],
    ...['x-(?:cluster-client|remote|proxyuser|appengine-user|envoy-external|azure-client)-?(?:ip|addr|address)'],
    ...['cf-.*', 'cdn-loop', 'fastly-.*', 'fly-.*', 'x-envoy-.*', 'x-amzn-.*', 'x-amz-cf-.*', 'x-azure-.*', 'x-arr-.*'],
    ...['x-cloud-trace-context', 'x-appengine-.*', 'x-vercel-.*', 'x-varnish', 'x-traefik-.*', 'tailscale-.*'],
    ...['x-proxy-.*', 'x-haproxy-.*', 'ngrok-.*', 'max-forwards', 'x-host'],
  ].join('|')})$`,
);

/**
 * Decides whether a request comes from a program on this machine, straight: not through a proxy (which would make the
 * whole world local), not from a page in a browser, and not under a foreign name that was made to point here. A proxy on
 * this machine that forwards under one of `proxyHosts` speaks for this machine all the same: its operator says so.
 */
export function createIsLocal(proxyHosts: readonly string[]): IsLocal {
  const served = new Set(proxyHosts.map((host) => host.toLowerCase()));
  return (request) => {
    const { headers, socket } = request;
    if (!isLoopback(socket.remoteAddress ?? '') || isOfForeignPage(headers)) return false;
    const host = hostOf(headers.host ?? '');
    if (served.has(host)) return true;
    return !isProxied(request) && isLoopback(host);
  };
}

/** HTTP/1.0 is what nginx speaks to what is behind it unless told otherwise, and no program of today by itself. */
function isProxied({ headers, httpVersionMajor, httpVersionMinor }: RequestHead): boolean {
  const isOld = httpVersionMajor < 1 || (httpVersionMajor === 1 && httpVersionMinor < 1);
  return isOld || Object.keys(headers).some((name) => PROXY_HEADER.test(name));
}

/** What browsers say of the page that asks: some of it is on every request of every browser of today. */
function isOfForeignPage(headers: RequestHead['headers']): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none' && site !== 'same-origin') return true;
  // A page of the hub itself says so of what it changes, and old browsers, which do not, are not taken at their word.
  if (headers.origin !== undefined && !(site === 'same-origin' && isOwn(headers.origin, headers.host))) return true;
  const { referer } = headers;
  return referer !== undefined && !isOwn(referer, headers.host);
}

function isOwn(url: string, host: string | undefined): boolean {
  return URL.canParse(url) && new URL(url).host === host?.toLowerCase();
}

function hostOf(header: string): string {
  return header.replace(/:\d*$/, '').toLowerCase();
}

/**
 * The address that a request comes from: of its connection, or where that is a proxy in one of the networks `trusted`,
 * the last address in X-Forwarded-For that is none. What stands before it anybody may have written.
 */
export function createClientAddress(trusted: readonly string[]): ClientAddress {
  const isProxy = inNetworks(trusted);
  return ({ headers, socket }) => {
    let address = socket.remoteAddress ?? '';
    const forwarded = headers['x-forwarded-for'];
    const hops = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',');
    while (isProxy(address)) {
      const hop = addressOf(hops.pop() ?? '');
      if (hop === null) break;
      address = hop;
    }
    return address;
  };
}

/** The address of an entry of X-Forwarded-For, which some proxies write with a port; null where it is none. */
function addressOf(entry: string): string | null {
  const text = entry.trim();
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? (/^[\d.]+:\d+$/.test(text) ? text.split(':')[0] : text) ?? '';
  return isIP(bare) === 0 ? null : bare;
}
