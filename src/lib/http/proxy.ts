import { BlockList, isIP } from 'node:net';
import { isLoopback } from './loopback.ts';

/** Proxies as HTTP_PROXY, HTTPS_PROXY and NO_PROXY give them. */
export interface ProxySettings {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  /** Hosts that are reached without a proxy, see `bypasses`. */
  readonly no?: string | undefined;
}

/** Host of a URL without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Port of a URL, also where it is the scheme's own. */
export function portOf(url: URL): number {
  return url.port !== '' ? Number(url.port) : url.protocol === 'https:' ? 443 : 80;
}

/**
 * The proxy through which `url` is to be reached, null for none. Throws on a proxy that is no URL. Never one for this
 * machine itself: to a proxy, `localhost` is another, and what is meant for programs here must not travel.
 */
export function proxyFor(url: URL, settings: ProxySettings): URL | null {
  const proxy = url.protocol === 'https:' ? settings.https : settings.http;
  if (proxy === undefined || proxy === '' || isLoopback(hostOf(url)) || bypasses(url, settings.no ?? '')) return null;
  // Common usage leaves the scheme out.
  return new URL(proxy.includes('://') ? proxy : `http://${proxy}`);
}

/**
 * Whether NO_PROXY names the host: `*`, a name (itself and all below it, with or without a leading dot or `*.`), an
 * address, a network (`10.0.0.0/8`), each with `:port` where only that port is meant; separated by commas or spaces.
 */
export function bypasses(url: URL, no: string): boolean {
  const host = hostOf(url).toLowerCase().replace(/\.$/, '');
  return no
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || names(entry, host, portOf(url)));
}

function names(entry: string, host: string, port: number): boolean {
  if (entry.includes('/')) return isInNetwork(entry, host);
  const bare = entry.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return bare === host;
  const [, text = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (only !== undefined && Number(only) !== port) return false;
  const name = text.replace(/^\[(.*)\]$/, '$1').replace(/^\*?\./, '');
  return name !== '' && (host === name || (isIP(host) === 0 && host.endsWith(`.${name}`)));
}

function isInNetwork(entry: string, host: string): boolean {
  const [network = '', bits = ''] = entry.split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(network) === 0 || isIP(host) === 0 || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 'ipv6' ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}
