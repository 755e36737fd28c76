import type { IncomingMessage } from 'node:http';
import { type GroupRole, roleOfGroups } from '../../core/access/groups.ts';
import type { AccessRole } from '../../core/access/role.ts';
import { inNetworks } from '../../lib/net/guard.ts';

/** Headers in which a kind of proxy names the person that it has authenticated, and their groups. */
export const PROXY_KINDS = {
  'oauth2-proxy': { user: 'x-forwarded-user', groups: 'x-forwarded-groups' },
  authelia: { user: 'remote-user', groups: 'remote-groups' },
} as const;

/** One of them. */
export type ProxyKind = keyof typeof PROXY_KINDS;

/** What a connection says of a person. */
export type Proxied =
  /** It does not come from such a proxy. */
  | { readonly outcome: 'elsewhere' }
  /** It does, and names nobody. */
  | { readonly outcome: 'nobody' }
  | { readonly outcome: 'person'; readonly name: string; readonly role: AccessRole | null };

/** Reads what a proxy says; what others say in the same headers counts for nothing. */
export type ReadProxy = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => Proxied;

/** Which proxies are believed, and what groups may do; `*` stands for everybody. */
export interface ProxyParts {
  readonly kind: ProxyKind | undefined;
  readonly networks: readonly string[];
  readonly groupRoles: readonly GroupRole[];
}

const NAME = /^[^\p{Cc}]{1,200}$/u;

/** Makes the function. */
export function createReadProxy({ kind, networks, groupRoles }: ProxyParts): ReadProxy {
  const isProxy = inNetworks(networks);
  if (kind === undefined || networks.length === 0) return () => ({ outcome: 'elsewhere' });
  const names = PROXY_KINDS[kind];
  return ({ headers, socket }) => {
    if (!isProxy(socket.remoteAddress ?? '')) return { outcome: 'elsewhere' };
    const user = headers[names.user];
    // A header that comes twice has come from two: nobody knows which is the proxy's.
    if (typeof user !== 'string' || user.includes(',') || !NAME.test(user)) return { outcome: 'nobody' };
    return { outcome: 'person', name: user, role: roleOfGroups(groupsIn(headers[names.groups]), groupRoles) };
  };
}

function groupsIn(header: string | string[] | undefined): readonly string[] {
  return typeof header === 'string' ? header.split(',').map((group) => group.trim()) : [];
}
