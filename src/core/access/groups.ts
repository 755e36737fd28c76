import { type AccessRole, highestRole } from './role.ts';

/** A group, as a proxy or single sign-on names it, and the role of who is in it; `*` stands for everybody. */
export interface GroupRole {
  readonly group: string;
  readonly role: AccessRole;
}

/** The highest role that groups have; null where none has one. */
export function roleOfGroups(groups: readonly string[], groupRoles: readonly GroupRole[]): AccessRole | null {
  return highestRole(groupRoles.filter(({ group }) => group === '*' || groups.includes(group)).map(({ role }) => role));
}
