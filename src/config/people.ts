import * as z from 'zod';
import type { GroupRole } from '../core/access/groups.ts';
import { ACCESS_ROLES, type AccessRole } from '../core/access/role.ts';
import { duration, type Kind, networks, oneOf } from './kinds.ts';
import { setting } from './setting.ts';

const DAY_S = 86_400;

/** Roles of groups, each as `sre=admin`; the environment separates them by commas. */
function groupRoles(): Kind<readonly GroupRole[]> {
  const error = `must be a list of groups with their roles, such as sre=admin; roles are ${ACCESS_ROLES.join(', ')}`;
  const form = new RegExp(`^[^,]+=(?:${ACCESS_ROLES.join('|')})$`);
  let made: z.ZodType<readonly GroupRole[]> | undefined;
  return {
    get schema() {
      made ??= z.array(z.string({ error }).regex(form, { error }), { error }).transform((pairs) => pairs.map(pairOf));
      return made;
    },
    fromText: (text) =>
      text
        .split(',')
        .map((pair) => pair.trim())
        .filter((pair) => pair !== ''),
  };
}

function pairOf(pair: string): GroupRole {
  const at = pair.lastIndexOf('=');
  return { group: pair.slice(0, at).trim(), role: pair.slice(at + 1) as AccessRole };
}

/** Settings of people who use the hub. */
export const PEOPLE = {
  sessionIdleMs: setting({
    env: 'MONITOR_SESSION_IDLE',
    yaml: 'access.session_idle',
    kind: duration(300, 30 * DAY_S),
    default: 12 * 3600 * 1000,
    defaultText: '12h',
    example: '1h',
    description: 'A session that nobody has used for so long has ended.',
  }),
  sessionLifetimeMs: setting({
    env: 'MONITOR_SESSION_LIFETIME',
    yaml: 'access.session_lifetime',
    kind: duration(300, 365 * DAY_S),
    default: 7 * DAY_S * 1000,
    defaultText: '7d',
    example: '1d',
    description: 'A session ends so long after the login, however much it is used.',
  }),
  proxy: setting({
    env: 'MONITOR_AUTH_PROXY',
    yaml: 'access.proxy',
    kind: oneOf(['oauth2-proxy', 'authelia']),
    example: 'authelia',
    description:
      'Proxy that authenticates people before they reach the hub, whose headers name them: X-Forwarded-User and ' +
      'X-Forwarded-Groups of oauth2-proxy, Remote-User and Remote-Groups of Authelia. Needs MONITOR_AUTH_PROXY_NETWORKS.',
  }),
  proxyNetworks: setting({
    env: 'MONITOR_AUTH_PROXY_NETWORKS',
    yaml: 'access.proxy_networks',
    kind: networks(),
    default: [],
    defaultText: 'none',
    example: '10.0.0.7/32',
    description:
      'Addresses of that proxy; from everybody else its headers count for nothing. Whoever connects from there is never ' +
      'taken for a program of this machine.',
  }),
  groupRoles: setting({
    env: 'MONITOR_GROUP_ROLES',
    yaml: 'access.group_roles',
    kind: groupRoles(),
    default: [],
    defaultText: 'none',
    example: 'sre=admin,dev=write',
    description:
      'Roles (read, write, admin) of groups that the proxy, or single sign-on, tells; * is for everybody. Who is in no ' +
      'group with a role is not let in.',
  }),
};
