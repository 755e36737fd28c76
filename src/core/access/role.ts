/** What somebody may do: look; act on alerts, incidents and silences; manage tokens, people and the hub itself. Each includes those before it. */
export const ACCESS_ROLES = ['read', 'write', 'admin'] as const;
/** One of them. */
export type AccessRole = (typeof ACCESS_ROLES)[number];

/** Whether a role includes the one that is needed. */
export function includesRole(role: AccessRole, needed: AccessRole): boolean {
  return ACCESS_ROLES.indexOf(role) >= ACCESS_ROLES.indexOf(needed);
}

/** The highest of some roles; null for none. */
export function highestRole(roles: readonly AccessRole[]): AccessRole | null {
  return ACCESS_ROLES.findLast((role) => roles.includes(role)) ?? null;
}
