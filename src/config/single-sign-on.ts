import * as z from 'zod';
import { isLoopback } from '../lib/http/loopback.ts';
import { type Kind, list, networks, password, text } from './kinds.ts';
import { setting } from './setting.ts';
import type { Settings } from './settings.ts';

/** An address exactly as the issuer writes it: some end in a slash, and then that belongs to their name. */
function issuer(): Kind<string> {
  const error =
    'must be the address of an issuer such as https://login.example.com/realms/ops, without user name, query or fragment; http:// only for one on this machine';
  let made: z.ZodType<string> | undefined;
  return {
    get schema() {
      made ??= z.string({ error }).refine(isIssuer, { error });
      return made;
    },
    fromText: (given) => given,
  };
}

function isIssuer(address: string): boolean {
  if (!URL.canParse(address) || /[?#\s]/.test(address)) return false;
  const { protocol, username, password: secret, hostname } = new URL(address);
  if (username !== '' || secret !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** Settings of single sign-on by OpenID Connect. */
export const SINGLE_SIGN_ON = {
  issuer: setting({
    env: 'MONITOR_OIDC_ISSUER',
    yaml: 'access.oidc.issuer',
    kind: issuer(),
    example: 'https://login.example.com/realms/ops',
    description:
      'Issuer by which people log in with OpenID Connect, as its own discovery document names it. Needs MONITOR_PUBLIC_URL, ' +
      'MONITOR_OIDC_CLIENT_ID and MONITOR_GROUP_ROLES.',
  }),
  clientId: setting({
    env: 'MONITOR_OIDC_CLIENT_ID',
    yaml: 'access.oidc.client_id',
    kind: text(500),
    example: 'monitor',
    description: 'Name of this hub at the issuer.',
  }),
  clientSecret: setting({
    env: 'MONITOR_OIDC_CLIENT_SECRET',
    yaml: 'access.oidc.client_secret',
    kind: password(),
    secret: true,
    example: 'mE0cA7tqkB3vT1nHf5yJwQxZ8sLr2uPdG6iKoVbN4hE',
    description: 'Secret of this hub at the issuer. Unset, it is a public client, which PKCE alone protects.',
  }),
  scopes: setting({
    env: 'MONITOR_OIDC_SCOPES',
    yaml: 'access.oidc.scopes',
    kind: list(),
    default: ['openid', 'profile', 'email'],
    defaultText: 'openid,profile,email',
    example: 'openid,profile,email,groups',
    description: 'What the hub asks of the issuer. Some tell groups only to who asks for groups.',
  }),
  nameClaim: setting({
    env: 'MONITOR_OIDC_NAME_CLAIM',
    yaml: 'access.oidc.name_claim',
    kind: text(500),
    default: 'preferred_username',
    example: 'email',
    description: 'Claim that holds the name of a person. Of email, only a verified one counts.',
  }),
  groupsClaim: setting({
    env: 'MONITOR_OIDC_GROUPS_CLAIM',
    yaml: 'access.oidc.groups_claim',
    kind: text(500),
    default: 'groups',
    example: 'roles',
    description: 'Claim that holds the groups of a person, whose roles MONITOR_GROUP_ROLES says.',
  }),
  allowed: setting({
    env: 'MONITOR_OIDC_ALLOWED',
    yaml: 'access.oidc.allowed',
    kind: list(),
    default: [],
    defaultText: 'all whose groups have a role',
    example: '@example.com,jo@example.org',
    description: 'Who may log in: verified addresses, and domains of such. Everybody else of the issuer is not let in.',
  }),
  privateNetworks: setting({
    env: 'MONITOR_OIDC_PRIVATE_NETWORKS',
    yaml: 'access.oidc.private_networks',
    kind: networks(),
    default: [],
    defaultText: 'none',
    example: '10.0.0.0/8',
    description: 'Networks that are not public and in which the issuer may be; none unless they are listed.',
  }),
};

/** What is missing for single sign-on, a line each. */
export function signOnProblems({ singleSignOn, links, access }: Settings): string[] {
  if (singleSignOn.issuer === undefined) return [];
  const missing = [
    ['MONITOR_OIDC_CLIENT_ID', singleSignOn.clientId === undefined, 'the name of this hub at the issuer'],
    ['MONITOR_PUBLIC_URL', links.publicUrl === undefined, 'the address to which the issuer sends people back'],
    ['MONITOR_GROUP_ROLES', access.groupRoles.length === 0, 'the roles of groups, such as sre=admin,*=read'],
  ] as const;
  return missing.flatMap(([name, isMissing, what]) =>
    isMissing ? [`${name}: must be set with MONITOR_OIDC_ISSUER: ${what}`] : [],
  );
}
