import type { PageName } from './address.ts';

/** Roles, each with all that those before it may do. */
export const ROLES = ['read', 'write', 'admin'] as const;

/** What somebody may do. */
export type Role = (typeof ROLES)[number];

/** Who looks at the pages, as the hub knows them. */
export interface Session {
  /** How they are known: by a log-in, a token, or because they ask from the hub's own machine. */
  readonly kind: string;
  readonly name: string | null;
  readonly role: Role;
  /** What they are confined to, as matchers; null for everything. */
  readonly confined_to: string | null;
  /** What requests carry that change something. */
  readonly csrf_token: string | null;
}

/** Reads what the hub says of who asks; null for what is none. */
export function readSession(value: unknown): Session | null {
  if (typeof value !== 'object' || value === null) return null;
  const { kind, name, role, confined_to: confined, csrf_token: token } = value as Record<string, unknown>;
  if (!ROLES.includes(role as Role)) return null;
  const text = (given: unknown) => (typeof given === 'string' ? given : null);
  return {
    kind: text(kind) ?? '',
    name: text(name),
    role: role as Role,
    confined_to: text(confined),
    csrf_token: text(token),
  };
}

/** Whether who looks may do what this role may. A hub that does not say who asks lets everybody do all that it answers. */
export function mayAs(session: Session | null, role: Role): boolean {
  return session === null || ROLES.indexOf(session.role) >= ROLES.indexOf(role);
}

/** Whether a page, or one tab of it, is for who looks; the hub decides about each request by itself. */
export function mayOpen(session: Session | null, page: PageName, tab?: string): boolean {
  // Where they are logged in themselves, everybody is shown.
  if (page === 'people') return (mayAs(session, 'admin') && !isConfined(session)) || tab === 'sessions';
  return !isConfined(session) || CONFINED_PAGES.includes(page);
}

/** Whether who looks is shown a part of the hub only. */
export function isConfined(session: Session | null): boolean {
  return session !== null && session.confined_to !== null;
}

// What tells of their part to who is confined to one.
const CONFINED_PAGES: readonly PageName[] = [
  ...(['now', 'incidents', 'alerts', 'instances', 'endpoints', 'silences', 'channels'] as const),
];
