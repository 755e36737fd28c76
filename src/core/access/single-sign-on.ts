import { PERSON_NAME, personName } from './account.ts';
import { type GroupRole, roleOfGroups } from './groups.ts';
import type { AccessRole } from './role.ts';

/** What an issuer says of somebody, as it says it. */
export type Claims = Readonly<Record<string, unknown>>;

/** Who is let in, and as what. */
export interface SignOnRules {
  /** Claim that holds the name. */
  readonly nameClaim: string;
  /** Claim that holds the groups. */
  readonly groupsClaim: string;
  readonly groupRoles: readonly GroupRole[];
  /** Addresses, and domains as `@example.com`; empty for everybody whom the issuer knows. */
  readonly allowed: readonly string[];
}

/** Who it is, or why they are not let in. */
export type SignOnVerdict =
  | { readonly outcome: 'person'; readonly name: string; readonly subject: string; readonly role: AccessRole }
  | {
      readonly outcome: 'refused';
      readonly reason: 'no_subject' | 'no_name' | 'email_unverified' | 'email_not_allowed' | 'no_role';
    };

const LONGEST = 500;

/** Decides by what the issuer has said; only what it has verified counts. */
export function decideSignOn(issuer: string, claims: Claims, rules: SignOnRules): SignOnVerdict {
  const refused = (reason: Extract<SignOnVerdict, { outcome: 'refused' }>['reason']) =>
    ({ outcome: 'refused', reason }) as const;
  const { sub } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > LONGEST) return refused('no_subject');
  const given = claims[rules.nameClaim];
  const name = typeof given === 'string' ? personName(given) : '';
  if (!PERSON_NAME.test(name)) return refused('no_name');
  // A name that is an address is one as little as the other while nobody has seen that it is theirs.
  const reliesOnEmail = rules.nameClaim === 'email' || rules.allowed.length > 0;
  if (reliesOnEmail && claims.email_verified !== true) return refused('email_unverified');
  if (!isAllowed(claims.email, rules.allowed)) return refused('email_not_allowed');
  const role = roleOfGroups(groupsOf(claims[rules.groupsClaim]), rules.groupRoles);
  return role === null ? refused('no_role') : { outcome: 'person', name, subject: `${issuer} ${sub}`, role };
}

function isAllowed(email: unknown, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true;
  if (typeof email !== 'string') return false;
  const address = email.toLowerCase();
  const domain = address.slice(address.lastIndexOf('@'));
  return allowed.some((one) => [address, domain].includes(one.toLowerCase()));
}

/** Groups as a list, or as one text; what is neither is none. */
function groupsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return [claim];
  return Array.isArray(claim) ? claim.filter((group) => typeof group === 'string') : [];
}
