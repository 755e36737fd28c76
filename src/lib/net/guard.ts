import { BlockList, isIP } from 'node:net';

/** Whether an address, without brackets, may be connected to. */
export type AddressGuard = (address: string) => boolean;

/** Special-purpose networks (IANA registries, RFC 6890) that nothing public lives in. */
const RESERVED: readonly string[] = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
  // Unspecified, loopback and IPv4-compatible; mapped; NAT64 (RFC 6052, 8215); discard; Teredo, ORCHID, benchmarking;
  // documentation; 6to4; segment routing; unique local; link-local; site-local; multicast.
  ...['::/96', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23'],
  ...['2001:db8::/32', '2002::/16', '3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];

/** Whether a text is a network such as `10.0.0.0/8` or `fd00::/8`, or a single address. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32));
}

/**
 * Allows public addresses, and those in `networks`: private, loopback, link-local, multicast and reserved ones are
 * refused, and so are IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4, Teredo), for what they reach is
 * decided elsewhere. A form in an allowed network must still carry a public or an allowed IPv4 address.
 */
export function addressGuard(networks: readonly string[]): AddressGuard {
  const reserved = listOf(RESERVED);
  const allowed = listOf(networks.filter(isNetwork));
  const mayReach = (address: string, family: Family) =>
    allowed[family].check(address, family) || !reserved[family].check(address, family);
  return (text) => {
    const address = text.replace(/%.*$/, '');
    const family = isIP(address);
    if (family === 0) return false;
    if (family === 4) return mayReach(address, 'ipv4');
    const { inner, isMapped } = innerOf(address);
    if (inner === null) return mayReach(address, 'ipv6');
    // A mapped address is the IPv4 one itself: its network in IPv4's own form allows it, too.
    if (isMapped && allowed.ipv4.check(inner, 'ipv4')) return true;
    return allowed.ipv6.check(address, 'ipv6') && mayReach(inner, 'ipv4');
  };
}

/** Whether an address lies in one of `networks`; a mapped IPv4 address is the IPv4 one. */
export function inNetworks(networks: readonly string[]): (address: string) => boolean {
  const lists = listOf(networks.filter(isNetwork));
  // A list makes an object of each address that it is asked for, and most hubs trust none.
  if (networks.length === 0) return () => false;
  return (text) => {
    const address = text.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
    const family = isIP(address);
    if (family === 0) return false;
    return family === 4 ? lists.ipv4.check(address, 'ipv4') : lists.ipv6.check(address, 'ipv6');
  };
}

type Family = 'ipv4' | 'ipv6';

/** One list a family: Node takes IPv4 addresses for mapped ones, and would find them in the networks of those. */
function listOf(networks: readonly string[]): Readonly<Record<Family, BlockList>> {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    lists[family].addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  return lists;
}

/** The IPv4 address that an IPv6 one carries; null for none. */
function innerOf(address: string): { readonly inner: string | null; readonly isMapped: boolean } {
  const groups = groupsOf(address);
  const zero = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0);
  const at = (index: number, mask = 0) => dotted((groups[index] ?? 0) ^ mask, (groups[index + 1] ?? 0) ^ mask);
  const isMapped = zero(0, 5) && groups[5] === 0xffff;
  if (isMapped || (zero(0, 4) && groups[4] === 0xffff && groups[5] === 0)) return { inner: at(6), isMapped };
  // ::1 and :: are addresses of their own.
  if (zero(0, 6)) return { inner: groups[6] === 0 && (groups[7] ?? 0) <= 1 ? null : at(6), isMapped };
  if (groups[0] === 0x64 && groups[1] === 0xff9b) return { inner: at(6), isMapped };
  if (groups[0] === 0x2002) return { inner: at(1), isMapped };
  if (groups[0] === 0x2001 && groups[1] === 0) return { inner: at(6, 0xffff), isMapped };
  return { inner: null, isMapped };
}

function dotted(high: number, low: number): string {
  return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}

function groupsOf(address: string): readonly number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const pair = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16);
    return `${pair(a, b)}:${pair(c, d)}`;
  });
  const [head = '', tail] = hex.split('::');
  const read = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  if (tail === undefined) return read(head);
  const [left, right] = [read(head), read(tail)];
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
}
